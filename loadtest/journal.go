package loadtest

import "math/rand/v2"

// Sale is one purchase as its terminal remembers it.
type Sale struct {
	TID    string `json:"tid"`
	STAN   int32  `json:"stan"`
	Family int    `json:"family"`
	Amount int64  `json:"amount_idr"`
	RRN    string `json:"rrn,omitempty"`
	Fate   Fate   `json:"fate"`
}

// Fate is what became of a purchase, as its terminal sees it.
type Fate string

const (
	// FateApproved: answered 00 and neither reversed nor voided since. The family took its food.
	FateApproved Fate = "approved"
	// FateReversed: a reversal was answered with 00. It counts zero, whatever the purchase's own answer was.
	FateReversed Fate = "reversed"
	// FateVoided: the outlet cancelled it, and was answered 00. It counts zero.
	FateVoided Fate = "voided"
	// FateOpen: neither a final answer nor an answered reversal. It may stand in the books either way.
	FateOpen Fate = "open"
)

// entry is a Sale in the journal of its terminal: 28 bytes, since a run makes millions.
type entry struct {
	steps int32 // of amountStep
	stan  int32
	card  int32
	rrn   [12]byte
	fate  byte
}

// amount is in whole rupiah.
func (e *entry) amount() int64 { return int64(e.steps) * amountStep }

const (
	fateOpen byte = iota
	fateApproved
	fateReversed
	fateDeclined
	fateVoided
)

// journal is one terminal's account. It is used by the terminal alone, and read when the terminal has stopped.
type journal struct {
	entries []entry
	batch   int // index of the open batch's first entry
}

// open notes a purchase before it is sent.
func (j *journal) open(card int, stan int32, amount int64) {
	j.entries = append(j.entries, entry{steps: steps(amount), stan: stan, card: int32(card)})
}

// last is the purchase under way.
func (j *journal) last() *entry { return &j.entries[len(j.entries)-1] }

func (e *entry) approve(rrn [12]byte) { e.fate, e.rrn = fateApproved, rrn }
func (e *entry) reverse()             { e.fate = fateReversed }
func (e *entry) decline()             { e.fate = fateDeclined }
func (e *entry) void()                { e.fate = fateVoided }

// reopen marks an approved purchase whose reversal or void is under way: until that is answered it may stand either way.
func (e *entry) reopen() { e.fate = fateOpen }

// stand marks a purchase that was approved and stands: its void was refused, or reversed.
func (e *entry) stand() { e.fate = fateApproved }

// recent is one of the batch's latest sales that stand, the last one where the draw meets none; the last must stand.
func (j *journal) recent(random *rand.Rand) *entry {
	open := j.entries[j.batch:]
	if e := &open[len(open)-1-random.IntN(min(voidReach, len(open)))]; e.fate == fateApproved {
		return e
	}
	return j.last()
}

// standing are the open batch's sales that count in its totals. It is false where one of them may stand either way.
func (j *journal) standing() (sales []*entry, settled bool) {
	for i := range j.entries[j.batch:] {
		switch e := &j.entries[j.batch+i]; e.fate {
		case fateApproved:
			sales = append(sales, e)
		case fateOpen:
			return nil, false
		}
	}
	return sales, true
}

// full tells whether the open batch holds as many sales as it may.
func (j *journal) full(most int) bool { return len(j.entries)-j.batch >= most }

// blank tells whether nothing was tried in the open batch.
func (j *journal) blank() bool { return len(j.entries) == j.batch }

// nextBatch begins a batch.
func (j *journal) nextBatch() { j.batch = len(j.entries) }

// debits is the sum of what was approved and not reversed, in whole rupiah, and the number of such purchases.
func (j *journal) debits() (sum, count int64) {
	for i := range j.entries {
		if j.entries[i].fate == fateApproved {
			sum += j.entries[i].amount()
			count++
		}
	}
	return sum, count
}

// fates are the words for what Sales shows; a declined purchase moved no money and is left out.
var fates = map[byte]Fate{
	fateOpen: FateOpen, fateApproved: FateApproved, fateReversed: FateReversed, fateVoided: FateVoided,
}

// sales yields what may have moved money, in the order of the terminal.
func (j *journal) sales(o *Outlet, yield func(Sale) bool) bool {
	for i := range j.entries {
		e := &j.entries[i]
		if _, shown := fates[e.fate]; shown && !yield(e.sale(o)) {
			return false
		}
	}
	return true
}

func (e *entry) sale(o *Outlet) Sale {
	return Sale{
		TID: o.TID, STAN: e.stan, Family: int(o.Cards[e.card].Family), Amount: e.amount(), RRN: e.rrnText(), Fate: fates[e.fate],
	}
}

func (e *entry) rrnText() string {
	if e.rrn == [12]byte{} {
		return ""
	}
	return string(e.rrn[:])
}

// account is the account of the whole fleet.
type account struct {
	debits     int64
	approved   int64
	unresolved []Sale
}

func settle(terminals []*terminal) account {
	a := account{unresolved: []Sale{}}
	for _, t := range terminals {
		sum, count := t.journal.debits()
		a.debits += sum
		a.approved += count
		for i := range t.journal.entries {
			if e := &t.journal.entries[i]; e.fate == fateOpen {
				a.unresolved = append(a.unresolved, e.sale(t.outlet))
			}
		}
	}
	return a
}
