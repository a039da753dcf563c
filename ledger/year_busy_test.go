package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestYearUnderLoad tells the same year while four terminals redeem, reverse and inquire all the while, also in the
// middle of every job. What the answers said was debited is what the books say, for each family and programme; and the
// books, replayed posting by posting, show that each redemption took from the oldest purse that was open, and from none
// that was closed.
func TestYearUnderLoad(t *testing.T) {
	y := newYear(t, 40)
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	crowd := &crowd{year: y, pace: pace.C, posted: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	defer wait.Wait() // whatever has failed
	defer stop()
	var buyers []*buyer
	for i := range 4 {
		tid := fmt.Sprintf("7007007%d", i)
		y.addTerminal(tid)
		b := &buyer{crowd: crowd, tid: tid, debits: map[account]int64{}, random: rand.New(rand.NewPCG(rand.Uint64(), 0))}
		buyers = append(buyers, b)
		wait.Go(func() { b.shop(ctx) })
	}
	y.rest = func() { crowd.watch(200) }
	y.play()
	stop()
	wait.Wait()
	y.audit()
	y.agree(buyers)
	redemptions, choices := y.replay()
	t.Logf("%d redemptions, %d of them with a choice of purses", redemptions, choices)
	if redemptions < 1000 || choices < 100 {
		t.Error("hardly any load")
	}
}

// crowd is the families' shopping while the office works.
type crowd struct {
	*year
	pace   <-chan time.Time // a message for each tick: the books shall stay small enough to be audited after each step
	posted chan struct{}    // a token for each message, if somebody watches
}

// watch returns when so many more messages were posted.
func (c *crowd) watch(messages int) {
	for range messages {
		<-c.posted
	}
}

// buyer is a terminal at which one family after another shops.
type buyer struct {
	*crowd
	tid    string
	stan   int32
	random *rand.Rand
	sales  []Request
	debits map[account]int64 // what its answers say
}

func (b *buyer) shop(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-b.pace:
		case <-ctx.Done():
			return
		}
		switch b.random.IntN(8) {
		case 0, 1:
			b.undo(ctx)
		case 2:
			b.ask(ctx)
		default:
			b.buy(ctx)
		}
		select {
		case b.posted <- struct{}{}:
		default:
		}
	}
}

// request is the next message of some family that shops.
func (b *buyer) request() (account, Request) {
	f := b.families[2+b.random.IntN(len(b.families)-2)]
	b.stan++
	r := b.redeem(f.card(), b.stan, 1_000*(1+b.random.Int64N(90)))
	r.TID, r.Programme = b.tid, bpnt+int16(b.random.IntN(5)/4)
	return account{f.id, r.Programme}, r
}

// send posts, and posts again what the ledger was too busy for.
func (b *buyer) send(ctx context.Context, r Request) (Result, bool) {
	for {
		result, err := b.year.post(context.WithoutCancel(ctx), r)
		if err == nil {
			return result, true
		}
		if !errors.Is(err, ErrBusy) {
			b.t.Errorf("post: %v", err)
			return result, false
		}
	}
}

func (b *buyer) buy(ctx context.Context) {
	who, r := b.request()
	result, sent := b.send(ctx, r)
	switch {
	case !sent:
	case result.Outcome == OutcomeApproved:
		b.debits[who] += r.Amount
		b.sales = append(b.sales, r)
	case result.Outcome != OutcomeCardLost && result.Outcome < OutcomeInsufficientFunds:
		b.t.Errorf("sale: %v", result.Outcome)
	}
}

func (b *buyer) undo(ctx context.Context) {
	if len(b.sales) == 0 {
		return
	}
	i := b.random.IntN(len(b.sales))
	r := b.sales[i]
	b.sales[i] = b.sales[len(b.sales)-1]
	b.sales = b.sales[:len(b.sales)-1]
	r.Kind, r.Batch, r.PINRequired, r.PINValue = KindReverse, Absent, false, PINNone
	if result, sent := b.send(ctx, r); sent && (result.Outcome != OutcomeReversed || result.Replay) {
		b.t.Errorf("reversal: %+v", result)
	}
	b.debits[account{b.owner(r.PAN), r.Programme}] -= r.Amount
}

func (y *year) owner(card PANKey) int64 {
	for _, f := range y.families {
		f.mu.RLock()
		for _, c := range f.cards {
			if c == card {
				f.mu.RUnlock()
				return f.id
			}
		}
		f.mu.RUnlock()
	}
	return 0
}

func (b *buyer) ask(ctx context.Context) {
	_, r := b.request()
	r.Kind, r.Amount, r.ProcessingCode = KindInquire, 0, 310000
	if result, sent := b.send(ctx, r); sent && result.Outcome != OutcomeApproved && result.Outcome != OutcomeCardLost {
		b.t.Errorf("inquiry: %v", result.Outcome)
	}
}

// agree holds what the answers said against the postings, family by family.
func (y *year) agree(buyers []*buyer) {
	y.t.Helper()
	said := map[account]int64{}
	for _, b := range buyers {
		for who, amount := range b.debits {
			said[who] += amount
		}
	}
	rows, err := y.operator.pool.Query(y.t.Context(), `select case kind when 'R' then from_id else to_id end, programme,
		sum(case kind when 'R' then amount else -amount end) from bpnt.posting where kind in ('R', 'U') group by 1, 2`)
	y.must(0, err)
	var who account
	var amount int64
	y.must(pgx.ForEachRow(rows, []any{&who.family, &who.programme, &amount}, func() error {
		if said[who] != amount {
			y.t.Errorf("family %d, programme %d: the answers say Rp %d, the books Rp %d", who.family, who.programme, said[who], amount)
		}
		delete(said, who)
		return nil
	}))
	for who, amount := range said {
		if amount != 0 {
			y.t.Errorf("family %d, programme %d: Rp %d debited by the answers and not in the books", who.family, who.programme, amount)
		}
	}
}

// replayed is a purse as the postings have made it so far.
type replayed struct {
	period  int32
	balance int64
	open    bool
	opened  time.Time  // of its tranche
	closed  *time.Time // nil where it is open still
}

// spendable tells whether a purse could be spent from for certain at a time; at the moments of opening and closing
// themselves the office was at work.
func (p *replayed) spendable(at time.Time) bool {
	return p.open && p.balance > 0 && p.opened.Before(at) && (p.closed == nil || at.Before(*p.closed))
}

// replay walks through all postings in their order; choices counts redemptions of families with more than one purse to
// spend from.
func (y *year) replay() (redemptions, choices int) {
	y.t.Helper()
	purses := map[account][]*replayed{}
	rows, err := y.operator.pool.Query(y.t.Context(), `select f.at, p.kind::text, p.amount, p.period, p.programme,
		case when p.to_kind in ('P', 'Z') then p.to_id else p.from_id end, t.opened_at, t.closed_at
		from bpnt.posting p join bpnt.flush f on f.bucket = p.bucket and p.message between f.first_message and f.last_message
		left join bpnt.tranche t on p.kind = 'D' and t.id = p.from_id order by p.bucket, p.message, p.line`)
	y.must(0, err)
	var at time.Time
	var opened, closed *time.Time
	var kind string
	var amount int64
	var period int32
	var who account
	y.must(pgx.ForEachRow(rows, []any{&at, &kind, &amount, &period, &who.programme, &who.family, &opened, &closed}, func() error {
		p := purseOf(purses, who, period)
		switch kind {
		case "D":
			p.balance, p.open, p.opened, p.closed = p.balance+amount, true, *opened, closed
		case "R":
			redemptions++
			choices += y.checkChoice(purses[who], p, at)
			p.balance -= amount
		case "U":
			p.balance += amount
		case "X", "Y", "C":
			p.balance, p.open = p.balance-amount, false
		default: // F, H
			p.open = kind == "H"
		}
		if p.balance < 0 {
			y.t.Errorf("%v, period %d: below zero", who, period)
		}
		return nil
	}))
	return redemptions, choices
}

func purseOf(purses map[account][]*replayed, who account, period int32) *replayed {
	for _, p := range purses[who] {
		if p.period == period {
			return p
		}
	}
	p := &replayed{period: period}
	purses[who] = append(purses[who], p)
	return p
}

// checkChoice: the purse is open, and no older one has money that could have been spent.
func (y *year) checkChoice(of []*replayed, p *replayed, at time.Time) (choice int) {
	if !p.open || at.Before(p.opened) || p.closed != nil && at.After(*p.closed) {
		y.t.Errorf("period %d was charged at %s, when it was not open", p.period, at)
	}
	for _, q := range of {
		if q != p && q.spendable(at) {
			choice = 1
			if q.period < p.period {
				y.t.Errorf("period %d was charged at %s while %d had Rp %d", p.period, at, q.period, q.balance)
			}
		}
	}
	return choice
}
