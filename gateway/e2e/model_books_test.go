package e2e

import (
	"slices"
	"time"
)

// books is one state in which the ledger may be, told by the rules of DESIGN D5 and of docs/protocol.md alone: plain
// values, no SQL, nothing of package ledger. Everything is named by its place in a slice, so that a copy is a copy.
type books struct {
	households []household
	cards      []plastic
	tills      []register
	rows       []row
	undoings   []undoing
}

// household is a family's money in its programme.
type household struct {
	purses []purse // by period, the oldest first
	owed   int64   // food handed out on credit, or a void that was undone after its money was spent
}

// purse is one period's money. What is closed takes no debit; what is credited to it goes on to the treasury.
type purse struct {
	period  int32
	balance int64
	repaid  int64 // of the family's debt, out of this purse, and not given back
	closed  bool
	opened  int // the business day, counted from the season's first
}

// plastic is a card: status is "" for a good one, else the DE39 with which it is refused.
type plastic struct {
	family int // -1: nobody's
	status string
	tries  int
}

// register is a terminal as the ledger has it.
type register struct {
	outlet    int
	stays     []int // every outlet in which it ever stood
	suspended bool
	epoch     int // terminal resets
	batch     int
	closed    []closedBatch
	claims    []claim
}

// row is a stored message: its identity, its content, its answer, and what stands of it.
type row struct {
	class    byte // R purchase or advice, V void, N refund, I inquiry
	till     int
	card     int
	stan     int32
	code     int
	amount   int64
	invoice  string
	sent     int // DE60
	at       time.Time
	epoch    int
	tomb     bool // a tombstone: nothing of this identity may be booked
	code39   string
	balance  int64
	known    bool // the answer tells the balance
	stamped  bool // it carried DE12 and DE13
	original int  // of a void or refund: the redemption's row, else -1
	batch    int  // in which it counts
	outlet   int
	parts    []part  // what stands of a redemption, by purse
	owes     int64   // and what of it the family owes
	given    []int32 // of a void or refund: the periods whose purses got something
	undoing  int     // the reversal that was heard of it, -1 for none
	heard    []byte
	rrn      string
}

// part is what a purse pays of a redemption.
type part struct {
	period int32
	amount int64
}

// undoing is a reversal that was heard.
type undoing struct {
	effect string // undoReversed, undoNothing or undoUnmatched
	at     time.Time
	epoch  int
	batch  int   // in which it counts; 0: in none
	back   int64 // what it gave back
	heard  []byte
}

const (
	undoReversed  = "reversed"
	undoNothing   = "no effect"
	undoUnmatched = "unmatched"
)

func (r *row) approved() bool { return !r.tomb && r.code39 == "00" }

func (b *books) clone() *books {
	c := &books{cards: slices.Clone(b.cards), rows: slices.Clone(b.rows), undoings: slices.Clone(b.undoings)}
	for _, h := range b.households {
		h.purses = slices.Clone(h.purses)
		c.households = append(c.households, h)
	}
	for i := range c.rows {
		c.rows[i].parts = slices.Clone(c.rows[i].parts)
	}
	for _, t := range b.tills {
		t.closed, t.claims = slices.Clone(t.closed), slices.Clone(t.claims)
		c.tills = append(c.tills, t)
	}
	return c
}

// spendable is what a family may spend.
func (h *household) spendable() (sum int64) {
	for _, p := range h.purses {
		if !p.closed {
			sum += p.balance
		}
	}
	return sum
}

// take pays from the open purses, those of first before the others and older before newer; what they lack is returned.
func (h *household) take(amount int64, first []int32) (parts []part, short int64) {
	for _, preferred := range []bool{true, false} {
		for i := range h.purses {
			p := &h.purses[i]
			if p.closed || slices.Contains(first, p.period) != preferred {
				continue
			}
			if paid := min(amount, p.balance); paid > 0 {
				p.balance -= paid
				amount -= paid
				parts = append(parts, part{p.period, paid})
			}
		}
	}
	return parts, amount
}

// credit gives to a purse; a closed one passes it on to the treasury.
func (h *household) credit(period int32, amount int64) {
	for i := range h.purses {
		if p := &h.purses[i]; p.period == period && !p.closed {
			p.balance += amount
		}
	}
}

// giveBack returns so much of what stands of a redemption: of the debt first, then to its purses, the newest first. A
// debt that was repaid meanwhile goes to the purses that repaid it. It tells which purses got something of the
// redemption.
func (h *household) giveBack(r *row, amount int64) (given []int32) {
	debt := min(amount, r.owes)
	r.owes -= debt
	amount -= debt
	over := max(debt-h.owed, 0)
	h.owed = max(h.owed-debt, 0)
	slices.SortFunc(r.parts, func(a, b part) int { return int(b.period) - int(a.period) })
	for i := range r.parts {
		back := min(amount, r.parts[i].amount)
		if back == 0 {
			continue
		}
		r.parts[i].amount -= back
		amount -= back
		h.credit(r.parts[i].period, back)
		given = append(given, r.parts[i].period)
	}
	h.giveOver(over)
	return given
}

func (h *household) giveOver(amount int64) {
	for i := len(h.purses) - 1; i >= 0; i-- {
		p := &h.purses[i]
		back := min(amount, p.repaid)
		p.repaid -= back
		amount -= back
		h.credit(p.period, back)
	}
}

// stands is what is left of a redemption.
func (r *row) stands() int64 {
	sum := r.owes
	for _, p := range r.parts {
		sum += p.amount
	}
	return sum
}

// pay makes what a redemption takes from a family stand in its row.
func (h *household) pay(r *row, amount int64, first []int32) {
	parts, short := h.take(amount, first)
	for _, p := range parts {
		r.add(p)
	}
	r.owes += short
	h.owed += short
}

func (r *row) add(p part) {
	for i := range r.parts {
		if r.parts[i].period == p.period {
			r.parts[i].amount += p.amount
			return
		}
	}
	r.parts = append(r.parts, p)
}

// The operator's acts.

// fund gives every family a purse, takes what it owes out of it, and ends older purses where the programme says so.
func (b *books) fund(period int32, amount int64, day int, expireOlder bool) {
	for i := range b.households {
		h := &b.households[i]
		repaid := min(h.owed, amount)
		h.owed -= repaid
		for j := range h.purses {
			if expireOlder {
				h.purses[j].close()
			}
		}
		h.purses = append(h.purses, purse{period: period, balance: amount - repaid, repaid: repaid, opened: day})
	}
}

// expire closes what was opened so many days ago.
func (b *books) expire(day, after int) {
	for i := range b.households {
		for j := range b.households[i].purses {
			if p := &b.households[i].purses[j]; p.opened+after <= day {
				p.close()
			}
		}
	}
}

func (p *purse) close() { p.closed, p.balance = true, 0 }
