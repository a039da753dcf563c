package linear

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	"golang.org/x/sync/errgroup"

	"bpnt/loadtest"
)

// Report is what became of all accounts that were watched.
type Report struct {
	Accounts   int     `json:"accounts"`
	Cut        int     `json:"accounts_cut"` // of these, how many had more messages than are looked at
	Operations int     `json:"operations"`
	Unanswered int     `json:"unanswered"` // operations that may have happened, or not
	Widest     int     `json:"widest"`     // how many operations of one account were under way at once, at most
	Illegal    int     `json:"illegal"`
	Undecided  int     `json:"undecided"`
	Seconds    float64 `json:"seconds"`
	Stories    []Story `json:"stories,omitempty"` // of the first illegal accounts
}

// storiesMax: one bug makes thousands of illegal accounts, and the first few tell it.
const storiesMax = 3

// verdict is what is known of one account.
type verdict struct {
	history
	cut    bool
	result porcupine.CheckResult
	story  Story
}

// Check searches an order for each account, for at most patience each. What is not decided when ctx ends is undecided.
// No run may be under way.
func (w *Witness) Check(ctx context.Context, patience time.Duration) *Report {
	w.mu.Lock()
	defer w.mu.Unlock()
	return check(ctx, w.accounts, patience)
}

// Check is the same for messages that were kept elsewhere.
func Check(ctx context.Context, seen []loadtest.Seen, patience time.Duration) *Report {
	w := NewWitness()
	for _, s := range seen {
		w.See(s)
	}
	return w.Check(ctx, patience)
}

func check(ctx context.Context, accounts map[int32]*account, patience time.Duration) *Report {
	begun := time.Now()
	r := new(Report)
	var mu sync.Mutex
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for _, family := range slices.Sorted(maps.Keys(accounts)) {
		workers.Go(func() error {
			v := judge(ctx, family, accounts[family], patience)
			mu.Lock()
			defer mu.Unlock()
			r.add(v)
			return nil
		})
	}
	_ = workers.Wait() // no worker fails
	slices.SortFunc(r.Stories, func(a, b Story) int { return cmp.Compare(a.Family, b.Family) })
	r.Seconds = time.Since(begun).Seconds()
	return r
}

// judge searches once more where there is no order, to learn how far one goes.
func judge(ctx context.Context, family int32, a *account, patience time.Duration) verdict {
	v := verdict{history: fold(family, *a), cut: !a.cut.IsZero(), result: porcupine.Unknown}
	if ctx.Err() != nil {
		return v
	}
	v.result = porcupine.CheckOperationsTimeout(v.model(), v.operations(), patience)
	if v.result == porcupine.Illegal {
		_, info := porcupine.CheckOperationsVerbose(v.model(), v.operations(), patience)
		v.story = v.tell(longest(info))
	}
	return v
}

// longest is the longest order that porcupine found, as indices of operations.
func longest(info porcupine.LinearizationInfo) (order []int) {
	for _, partition := range info.PartialLinearizations() {
		for _, found := range partition {
			if len(found) > len(order) {
				order = found
			}
		}
	}
	return order
}

func (r *Report) add(v verdict) {
	r.Accounts++
	r.Operations += len(v.ops)
	r.Widest = max(r.Widest, v.widest())
	if v.cut {
		r.Cut++
	}
	for i := range v.ops {
		if v.ops[i].code == "" {
			r.Unanswered++
		}
	}
	switch v.result {
	case porcupine.Unknown:
		r.Undecided++
	case porcupine.Illegal:
		r.Illegal++
		if len(r.Stories) < storiesMax {
			r.Stories = append(r.Stories, v.story)
		}
	}
}

// widest is how many operations were under way at once, at most; those without answer count while their terminal waited.
func (h history) widest() (most int) {
	type edge struct {
		at    int64
		under int
	}
	var edges []edge
	for i := range h.ops {
		op := &h.ops[i]
		edges = append(edges, edge{op.call, 1}, edge{max(op.call, op.Return.Sub(h.epoch).Nanoseconds()), -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.under, a.under)) })
	under := 0
	for _, e := range edges {
		under += e.under
		most = max(most, under)
	}
	return most
}
