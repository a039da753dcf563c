package e2e

import "time"

// undo is a reversal. It finds the newest original of its key with the same DE3 and amount, of any age unless the
// terminal was reset since; status and PIN play no part. What it cannot find it shuts out by a tombstone.
func (b *books) undo(l letter, now time.Time) reply {
	class, epoch := l.class(), b.tills[l.till].epoch
	newest, x := b.newest(l, class), b.original(l, class, now)
	recent := newest >= 0 && b.rows[newest].epoch >= epoch && now.Sub(b.rows[newest].at) < modelDay
	if x >= 0 {
		if u := b.rows[x].undoing; u >= 0 && b.undoings[u].epoch >= epoch && now.Sub(b.undoings[u].at) < modelDay {
			return reply{code: "00", row: -1, undoing: u, replay: true}
		}
	}
	u := undoing{effect: undoUnmatched, at: now, epoch: epoch}
	switch {
	case x >= 0 && b.rows[x].approved() && b.rows[x].undoing < 0 && class != 'I':
		u = b.takeBack(x, u)
	case recent && newest != x:
		return said("12")
	case recent && !b.rows[x].tomb:
		u.effect = undoNothing
	}
	return b.hear(l, class, x, recent, u)
}

func (b *books) original(l letter, class byte, now time.Time) int {
	for i := len(b.rows) - 1; i >= 0; i-- {
		r := &b.rows[i]
		if r.keyOf(l, class) && r.code == l.code && r.amount == l.amount &&
			(r.epoch >= b.tills[l.till].epoch || now.Sub(r.at) < modelDay) {
			return i
		}
	}
	return -1
}

// takeBack undoes what is approved. It counts in the batch of what it undoes while that is open, else in none.
func (b *books) takeBack(i int, u undoing) undoing {
	x := &b.rows[i]
	h := &b.households[b.cards[x.card].family]
	if open := b.tills[x.till].batch; x.batch == open {
		u.batch = open
	}
	switch {
	case x.class == 'R' && x.stands() == 0, x.class != 'R' && b.undone(x.original):
		return undoing{effect: undoNothing, at: u.at, epoch: u.epoch}
	case x.class == 'R':
		u.back = x.stands()
		h.giveBack(x, u.back)
	default: // the redemption stands again: of the purses that got the money, then of others, then on credit
		u.back = x.amount
		h.pay(&b.rows[x.original], x.amount, x.given)
	}
	u.effect = undoReversed
	return u
}

// hear stores a reversal, and a tombstone where an original may yet come: no late one passes a row of the last day.
func (b *books) hear(l letter, class byte, x int, recent bool, u undoing) reply {
	b.undoings = append(b.undoings, u)
	place := len(b.undoings) - 1
	if x >= 0 && u.effect != undoUnmatched || recent {
		b.rows[x].undoing = place
	}
	if !recent {
		b.rows = append(b.rows, row{
			class: class, till: l.till, card: l.card, stan: l.stan, code: l.code, amount: l.amount, invoice: l.invoice,
			sent: absentBatch, at: u.at, epoch: u.epoch, tomb: true, original: -1, undoing: place,
		})
	}
	return reply{code: "00", row: -1, undoing: place}
}

// absentBatch stands for a DE60 that a message does not carry, as reversals do not.
const absentBatch = -1
