package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger"
)

// till is a terminal at work: what it sends, and what it counts for its settlement.
type till struct {
	*wire
	w     *world
	who   iso.Terminal
	stan  int32
	count iso.Totals
}

func (w *world) till(tid string) *till {
	w.t.Helper()
	return &till{wire: w.dial(), w: w, who: terminal(tid), count: iso.Totals{N: 2}}
}

func (k *till) next() int32 {
	k.stan++
	return k.stan
}

// sale is a purchase that was answered, and its number in the books.
type sale struct {
	iso.Outgoing
	rrn string
}

// sell makes a purchase that is approved.
func (k *till) sell(c card, amount int64) sale {
	k.t.Helper()
	stan := k.next()
	o := k.who.Purchase(stan, c.track2, amount, block(k.t, c, testPIN), fmt.Sprintf("%06d", stan))
	a := k.want("purchase", "00", o)
	k.add(0, 1, amount)
	return sale{o, a.RRN}
}

func (k *till) add(pair int, count int32, amount int64) {
	k.count.Pairs[pair].Count += count
	k.count.Pairs[pair].Amount += amount
}

// void cancels a sale and wants this code.
func (k *till) void(what, code string, s sale) iso.Outgoing {
	k.t.Helper()
	o := k.mine(k.who.Void(k.next(), s.Outgoing, s.rrn))
	k.want(what, code, o)
	if code == "00" {
		k.add(0, -1, -s.Amount)
	}
	return o
}

// mine is a message as this terminal sends it, also where it is about another's.
func (k *till) mine(o iso.Outgoing) iso.Outgoing {
	o.TID, o.MID = k.who.TID, k.who.MID
	return o
}

// settle sends the totals that the till counted. Closed, it begins a new batch.
func (k *till) settle(what, code string) *iso.Answer {
	k.t.Helper()
	a := k.want(what, code, k.who.Settlement(k.next(), k.count))
	if code == "00" {
		k.open()
	}
	return a
}

// open begins the terminal's next batch.
func (k *till) open() {
	var number int
	_, _ = fmt.Sscan(k.who.Batch, &number)
	k.who.Batch, k.count = fmt.Sprintf("%06d", number+1), iso.Totals{N: 2}
}

// exceptions are the kinds of all that was noted for people, in order.
func (w *world) exceptions() (kinds []string) {
	w.t.Helper()
	all, err := w.operator.Exceptions(w.t.Context(), ledger.ExceptionFilter{})
	w.check(err)
	for _, e := range all {
		kinds = append(kinds, e.Kind)
	}
	slices.Sort(kinds)
	return kinds
}

func (w *world) wantExceptions(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if got := w.exceptions(); !slices.Equal(got, want) {
		w.t.Errorf("exceptions %v, want %v", got, want)
	}
}

func (w *world) wantBalance(what string, c card, want int64) {
	w.t.Helper()
	if got := w.balance(c.family); got != want {
		w.t.Errorf("%s: balance %d, want %d", what, got, want)
	}
}

// figure is one number of the books, by SQL.
func (w *world) figure(sql string) (n int64) {
	w.t.Helper()
	_, err := fmt.Sscan(w.asOwner("copy ("+sql+") to stdout"), &n)
	w.check(err)
	return n
}

// until waits for a number of the books.
func (w *world) untilFigure(what, sql string, want int64) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4_000 {
		if w.figure(sql) == want {
			return
		}
		<-tick.C
	}
	w.t.Fatalf("waited in vain for %s", what)
}

// another is a second gateway on the same books.
func (w *world) another() *world {
	w.t.Helper()
	second := *w
	second.start()
	return &second
}

// refunding lets a link's outlets give back parts of purchases.
func refunding(c *gateway.Config) { c.Links[0].Refund = true }

// onCredit lets the programme book food that was handed out while the bank was away.
func (w *world) onCredit(family, outlet int64) {
	w.t.Helper()
	w.rule(programmeBPNT, fmt.Sprintf("r.advance_family := %d; r.advance_outlet := %d", family, outlet))
}

func shortly(t testing.TB, full, short int) int {
	t.Helper()
	if testing.Short() {
		return short
	}
	return full
}
