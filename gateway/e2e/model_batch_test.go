package e2e

import "time"

// tally is what a settlement counts: sales and refunds.
type tally struct {
	sales, refunds             int
	salesAmount, refundsAmount int64
}

type closedBatch struct {
	no    int
	claim int // which settlement spoke of it, -1 for none
}

// claim is a settlement that was heard.
type claim struct {
	stan        int32
	sent, epoch int
	at          time.Time
	theirs      tally
	ours        tally
	disputed    bool
	trailer     int32 // the STAN of the trailer that closed it
	trailedAt   time.Time
}

// counted is what a batch holds. Voids, and what is reversed while it is open, count against it.
func (b *books) counted(till, batch int) (sum tally) {
	for i := range b.rows {
		r := &b.rows[i]
		if r.till != till || r.batch != batch || !r.approved() || r.class == 'I' {
			continue
		}
		amount := r.amount
		if r.undoing >= 0 && b.undoings[r.undoing].batch == batch {
			amount -= b.undoings[r.undoing].back
		}
		sum.count(r.class, amount)
	}
	return sum
}

func (t *tally) count(class byte, amount int64) {
	switch {
	case amount == 0:
	case class == 'R':
		t.sales++
		t.salesAmount += amount
	case class == 'V':
		t.sales--
		t.salesAmount -= amount
	default:
		t.refunds++
		t.refundsAmount += amount
	}
}

func (t *tally) add(o tally) {
	t.sales, t.salesAmount = t.sales+o.sales, t.salesAmount+o.salesAmount
	t.refunds, t.refundsAmount = t.refunds+o.refunds, t.refundsAmount+o.refundsAmount
}

// due is what a settlement of now would speak of: the open batch, and what no settlement has settled.
func (b *books) due(till int) (sum tally) {
	t := &b.tills[till]
	for _, c := range t.closed {
		if c.claim < 0 || c.claim == len(t.claims)-1 && t.claims[c.claim].disputed {
			sum.add(b.counted(till, c.no))
		}
	}
	sum.add(b.counted(till, t.batch))
	return sum
}

// settle is a settlement or its trailer, in the order of precedence: outlet, identity, then the batch.
func (b *books) settle(l letter, now time.Time) reply {
	t := &b.tills[l.till]
	if !t.stood(l.outlet) {
		return said("03")
	}
	if i := t.heardBefore(l, now); i >= 0 {
		if l.kind == letterTrailer || t.claims[i].theirs == l.claim {
			return t.claims[i].told(l.kind)
		}
		return said("94")
	}
	last := len(t.claims) - 1
	again := last >= 0 && !t.claims[last].disputed && t.claims[last].sent == l.sent && !b.unspoken(l.till)
	switch {
	case l.kind == letterTrailer:
		return t.trail(last, again, l, now)
	case again && t.claims[last].theirs == l.claim:
		return t.claims[last].told(l.kind)
	case again && l.claim != tally{}:
		return said("79")
	}
	return b.close(l, now)
}

func (t *register) stood(outlet int) bool {
	for _, o := range t.stays {
		if o == outlet {
			return true
		}
	}
	return false
}

// heardBefore finds the settlement with this STAN, of the last day and since the last reset.
func (t *register) heardBefore(l letter, now time.Time) int {
	for i := len(t.claims) - 1; i >= 0; i-- {
		c := &t.claims[i]
		stan, at, sent := c.stan, c.at, c.sent == l.sent
		if l.kind == letterTrailer {
			stan, at, sent = c.trailer, c.trailedAt, true
		}
		if c.epoch == t.epoch && sent && stan == l.stan && now.Sub(at) < modelDay {
			return i
		}
	}
	return -1
}

// told is the answer of a settlement that was decided: the trailer hears that all is well, the settlement whether it
// agreed.
func (c *claim) told(kind string) reply {
	if kind == letterTrailer || c.theirs == c.ours {
		return said("00")
	}
	return said("95")
}

// unspoken tells whether the terminal has anything of which no settlement spoke.
func (b *books) unspoken(till int) bool {
	t := &b.tills[till]
	for _, c := range t.closed {
		if c.claim < 0 {
			return true
		}
	}
	for i := range b.rows {
		if r := &b.rows[i]; r.till == till && r.batch == t.batch && r.approved() && r.class != 'I' {
			return true
		}
	}
	return false
}

func (t *register) trail(last int, again bool, l letter, now time.Time) reply {
	if !again && (last < 0 || !t.claims[last].disputed) {
		return said("77")
	}
	if !again {
		c := &t.claims[last]
		c.disputed, c.trailer, c.trailedAt = false, l.stan, now
	}
	return said("00")
}

// close ends the batch. What was disputed before is spoken of anew.
func (b *books) close(l letter, now time.Time) reply {
	c := claim{
		stan: l.stan, sent: l.sent, epoch: b.tills[l.till].epoch, at: now, theirs: l.claim, ours: b.due(l.till), trailer: -1,
	}
	c.disputed = c.theirs != c.ours
	t := &b.tills[l.till]
	if last := len(t.claims) - 1; last >= 0 && t.claims[last].disputed {
		t.claims[last].disputed = false
		t.reopen(last)
	}
	t.closed = append(t.closed, closedBatch{t.batch, -1})
	t.batch++
	t.claims = append(t.claims, c)
	for i := range t.closed {
		if t.closed[i].claim < 0 {
			t.closed[i].claim = len(t.claims) - 1
		}
	}
	return c.told(l.kind)
}

func (t *register) reopen(claim int) {
	for i := range t.closed {
		if t.closed[i].claim == claim {
			t.closed[i].claim = -1
		}
	}
}

// load is a message of an upload: it moves nothing, and is refused only where its RRN is another terminal's.
func (b *books) load(l letter) reply {
	if i := b.redemption(l.rrn); i >= 0 && b.rows[i].till != l.till {
		return said("25")
	}
	return said("00")
}
