package linear

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"bpnt/loadtest"
)

// Response codes that the model knows; others decline and move nothing.
const (
	approved          = "00"
	insufficientFunds = "51"
	unavailable       = "91"
	systemError       = "96"
	conflict          = "94" // or blocked by a reversal
)

// never is the return of what was not answered: it may happen until the end of time.
const never = math.MaxInt64

// history is one account's operations, ready to be searched.
type history struct {
	family int32
	epoch  time.Time // of call and ret
	ops    []operation
	items  int // sales and voids: each has a fate in the state
}

// operation is one question to the purse: all messages of it up to the first answer.
type operation struct {
	loadtest.Seen
	code      string // as answered; empty where no answer counts
	item      int    // the sale, or the void, whose fate it decides; -1 for an inquiry
	sale      int    // of a void and its reversal
	stored    *said  // of a purchase that was approved or not covered: what its first answer said
	call, ret int64  // nanoseconds since the epoch
}

// said is what repeats of a purchase must be told as well.
type said struct {
	code       string
	balance    int64
	hasBalance bool
}

// itemKey names a sale or a void: a reversal has the STAN of what it reverses.
type itemKey struct {
	tid  string
	stan int32
	void bool
}

// fold makes operations of messages, in the order in which they were sent.
func fold(family int32, a account) history {
	seen := slices.Clone(a.seen)
	slices.SortStableFunc(seen, func(a, b loadtest.Seen) int { return a.Call.Compare(b.Call) })
	f := folder{history: history{family: family, epoch: seen[0].Call}, cut: a.cut, items: map[itemKey]int{}, open: map[openKey]int{}, settled: map[openKey]bool{}}
	for _, s := range seen {
		f.add(s)
	}
	f.end()
	slices.SortStableFunc(f.ops, func(a, b operation) int { return cmp.Compare(a.call, b.call) })
	f.store()
	return f.history
}

type folder struct {
	history
	cut   time.Time
	items map[itemKey]int

	open    map[openKey]int // unanswered operations, by what they ask, so that the next message of the same joins them
	settled map[openKey]bool
}

type openKey struct {
	item int
	kind loadtest.Kind
}

func (f *folder) item(tid string, stan int32, void bool) int {
	k := itemKey{strings.TrimSpace(tid), stan, void}
	i, known := f.items[k]
	if !known {
		i = len(f.items)
		f.items[k] = i
		f.history.items = len(f.items)
	}
	return i
}

func (f *folder) add(s loadtest.Seen) {
	op := operation{Seen: s, code: s.Code, item: -1, sale: -1, call: s.Call.Sub(f.epoch).Nanoseconds(), ret: never}
	if !f.cut.IsZero() && s.Return.After(f.cut) {
		op.code = ""
	}
	switch s.Kind {
	case loadtest.KindPurchase, loadtest.KindReversal:
		op.item = f.item(s.TID, s.STAN, false)
	case loadtest.KindVoid, loadtest.KindVoidReversal:
		op.item = f.item(s.TID, s.STAN, true)
		op.sale = f.item(s.TID, s.Original, false)
	}
	if op.says() {
		op.ret = s.Return.Sub(f.epoch).Nanoseconds()
	}
	if !op.idle() {
		f.put(op)
	}
}

// says tells whether there is an answer that says what became of the message. What a reversal is told but 00 is no final
// word; an inquiry that was not approved says nothing at all.
func (op *operation) says() bool {
	switch op.Kind {
	case loadtest.KindPurchase, loadtest.KindVoid:
		return op.code != ""
	}
	return op.code == approved
}

// idle tells whether a message has no effect and tells nothing.
func (op *operation) idle() bool {
	switch op.Kind {
	case loadtest.KindPurchase:
		return op.code == unavailable || op.code == systemError
	case loadtest.KindVoid:
		return op.code != "" && op.code != approved
	case loadtest.KindInquiry:
		return op.code != approved || !op.HasBalance
	}
	return false
}

// put appends an operation, or lets it join what was asked before and not answered. What was answered for good and is
// asked once more without answer has no effect any more.
func (f *folder) put(op operation) {
	k := openKey{op.item, op.Kind}
	before, waiting := f.open[k]
	switch {
	case f.settled[k] && op.code == "":
		return
	case waiting && (op.code == "" || op.settles()):
		op.call = f.ops[before].call
		f.ops[before] = op
	default:
		f.ops = append(f.ops, op)
		before = len(f.ops) - 1
	}
	switch {
	case op.settles():
		f.settled[k] = true
		delete(f.open, k)
	case op.code == "" && op.item >= 0:
		f.open[k] = before
	}
}

// settles tells whether the answer is one that is kept: asked again, the same is said again.
func (op *operation) settles() bool {
	return op.code == approved || op.Kind == loadtest.KindPurchase && op.code == insufficientFunds
}

// store finds what repeats of a purchase must be told.
func (f *folder) store() {
	first := map[int]*said{}
	for i := range f.ops {
		op := &f.ops[i]
		if op.Kind != loadtest.KindPurchase || !op.settles() {
			continue
		}
		if first[op.item] == nil {
			first[op.item] = &said{op.code, op.Balance, op.HasBalance}
		}
		op.stored = first[op.item]
	}
}

// end lets unanswered purchases and voids end with the first answered reversal: from then on they are blocked, and one
// that comes later can as well come then.
func (f *folder) end() {
	blocked := map[int]int64{}
	for i := range f.ops {
		op := &f.ops[i]
		if op.undoes() && op.code == approved {
			if at, known := blocked[op.item]; !known || op.ret < at {
				blocked[op.item] = op.ret
			}
		}
	}
	for i := range f.ops {
		op := &f.ops[i]
		if at, known := blocked[op.item]; known && op.code == "" {
			op.ret = max(at, op.call)
		}
	}
}

func (op *operation) undoes() bool {
	return op.Kind == loadtest.KindReversal || op.Kind == loadtest.KindVoidReversal
}
