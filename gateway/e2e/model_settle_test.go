package e2e

import "pgregory.net/rapid"

// The acts of a terminal's evening.

// settlement names what the model has for the terminal. Where several states are possible it is that of the first.
func (s *story) settlement(till int) letter {
	l := s.letter(letterSettlement, till, 0)
	l.claim = s.worlds[0].due(till)
	return l
}

// evening sends a settlement and opens the terminal's next batch where it was closed.
func (s *story) evening(t *rapid.T, l letter) heard {
	h := s.say(s.post(t), l, false)
	s.closed(h)
	return h
}

func (s *story) closed(h heard) {
	if h.answer != nil && h.answer.ResponseCode == "00" && h.sent == s.batches[h.till] {
		s.batches[h.till]++
	}
}

func (s *story) settle(t *rapid.T) bool {
	l := s.settlement(s.till(t))
	if !l.claim.possible() {
		return false
	}
	s.evenings = append(s.evenings, l)
	s.evening(t, l)
	return true
}

// possible: what DE63 can carry. A batch whose void was undone after the next one began may come to less than nothing.
func (c tally) possible() bool { return c.sales >= 0 && c.salesAmount >= 0 && c.refundsAmount >= 0 }

// settleAgain repeats a settlement, perhaps with other totals or another STAN.
func (s *story) settleAgain(t *rapid.T) bool {
	l, found := last(t, "settlement", s.evenings)
	if !found {
		return false
	}
	switch rapid.SampledFrom([]string{"the same", "totals", "STAN", "trailer"}).Draw(t, "how") {
	case "totals":
		l.claim.salesAmount += 1_000
	case "STAN":
		s.stans[l.till]++
		l.stan = s.stans[l.till]
	case "trailer":
		l.kind = letterTrailer
	}
	s.evening(t, l)
	return true
}

// dispute: the terminal lost count, uploads a sale, or another's, and perhaps forgets the trailer.
func (s *story) dispute(t *rapid.T) bool {
	l := s.settlement(s.till(t))
	l.claim.sales, l.claim.salesAmount = max(l.claim.sales, 0)+1, max(l.claim.salesAmount, 0)+500
	s.evenings = append(s.evenings, l)
	s.evening(t, l)
	if sale, found := last(t, "sale", s.sales); found {
		u := s.letter(letterUpload, l.till, sale.card)
		u.amount, u.rrn, u.code = sale.amount, sale.rrn, sale.code
		s.say(s.post(t), u, false)
	}
	if rapid.IntRange(0, 3).Draw(t, "forgets") < 3 {
		s.stans[l.till]++
		l.kind, l.stan = letterTrailer, s.stans[l.till]
		s.evening(t, l)
	}
	return true
}
