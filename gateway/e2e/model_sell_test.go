package e2e

import "pgregory.net/rapid"

// The acts of terminals, one message after the other. Places in the journal are drawn from its end, so that a story
// that lost its beginning still means something.

func (s *story) post(t *rapid.T) int { return rapid.IntRange(0, len(s.posts)-1).Draw(t, "gateway") }

func (s *story) till(t *rapid.T) int { return rapid.IntRange(0, len(s.stans)-1).Draw(t, "terminal") }

// card is mostly a good one: the first four are.
func (s *story) card(t *rapid.T) int {
	return rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 3), rapid.IntRange(0, len(s.cards)-1)).Draw(t, "card")
}

func amount(t *rapid.T) int64 {
	return rapid.SampledFrom([]int64{1_000, 10_000, 30_000, 60_000, 1_000_000, 0}).Draw(t, "amount")
}

// small is an amount that a family mostly has.
func small(t *rapid.T) int64 {
	return rapid.SampledFrom([]int64{1_000, 7_000, 20_000}).Draw(t, "amount")
}

// last draws one of the newest things of a list; false where it is empty.
func last(t *rapid.T, what string, all []letter) (letter, bool) {
	if len(all) == 0 {
		return letter{}, false
	}
	return all[len(all)-1-rapid.IntRange(0, min(len(all), 8)-1).Draw(t, what)], true
}

// purchase is a new one; it stands in the terminal's journal whether it is sent or not.
func (s *story) purchase(t *rapid.T, amount int64) letter {
	l := s.letter(letterPurchase, s.till(t), s.card(t))
	l.amount = amount
	if rapid.IntRange(0, 15).Draw(t, "cash") == 15 {
		l.code = 10_000
	}
	s.journal = append(s.journal, l)
	return l
}

// sell sends a letter that is new, and notes a sale.
func (s *story) sell(post int, l letter) {
	s.sold(s.say(post, l, false))
}

func (s *story) sold(h heard) {
	if h.answer != nil && h.answer.ResponseCode == "00" && (h.kind == letterPurchase || h.kind == letterAdvice) {
		l := h.letter
		l.rrn = h.answer.RRN
		s.sales = append(s.sales, l)
	}
}

func (s *story) buy(t *rapid.T) bool {
	l := s.purchase(t, amount(t))
	s.sell(s.post(t), l)
	return true
}

func (s *story) repeat(t *rapid.T) bool {
	l, found := last(t, "which", s.journal)
	if found {
		if l.kind == letterPurchase && rapid.IntRange(0, 3).Draw(t, "PIN") == 3 {
			l.pin = wrongPIN // a repeat burns no try
		}
		s.sold(s.say(s.post(t), l, rapid.Bool().Draw(t, "flag")))
	}
	return found
}

// repeatOther sends a STAN again with other content.
func (s *story) repeatOther(t *rapid.T) bool {
	l, found := last(t, "which", s.journal)
	if found {
		s.say(s.post(t), s.other(t, l), rapid.Bool().Draw(t, "flag"))
	}
	return found
}

// other changes what identity is compared by, or what it is not.
func (s *story) other(t *rapid.T, l letter) letter {
	what := rapid.SampledFrom([]string{"amount", "DE3", "invoice", "batch"}).Draw(t, "what")
	if l.kind == letterInquiry {
		what = "batch" // it carries nothing else of these
	}
	switch what {
	case "amount":
		l.amount += 1_000
	case "DE3":
		if l.kind == letterPurchase || l.kind == letterReversal && l.code <= 10_000 {
			l.code = 10_000 - l.code
		}
	case "invoice":
		l.invoice = "999999"
	case "batch":
		l.sent++
	}
	return l
}

func (s *story) inquire(t *rapid.T) bool {
	l := s.letter(letterInquiry, s.till(t), s.card(t))
	l.code, l.invoice = 310_000, ""
	s.journal = append(s.journal, l)
	s.say(s.post(t), l, false)
	return true
}

// reversalOf is the reversal of a letter: with its STAN, without its batch.
func reversalOf(l letter) letter {
	l.kind, l.sent = letterReversal, absentBatch
	l.stamped = l.stamped && l.code/10000 == 2
	return l
}

// undoable is one of the newest letters that move money.
func (s *story) undoable(t *rapid.T) (letter, bool) {
	var all []letter
	for _, l := range s.journal {
		if l.kind != letterInquiry {
			all = append(all, l)
		}
	}
	return last(t, "which", all)
}

func (s *story) reverse(t *rapid.T) bool {
	l, found := s.undoable(t)
	if found {
		s.sayReversal(t, reversalOf(l))
	}
	return found
}

// sayReversal sends a reversal, and sends it again, over any gateway.
func (s *story) sayReversal(t *rapid.T, l letter) {
	for i := range rapid.IntRange(1, 3).Draw(t, "times") {
		s.say(s.post(t), l, i > 0)
	}
}

func (s *story) reverseOther(t *rapid.T) bool {
	l, found := s.undoable(t)
	if found {
		s.sayReversal(t, s.other(t, reversalOf(l)))
	}
	return found
}

// reverseFirst: the purchase is late. It may come in a later step, as a repeat of what stands in the journal.
func (s *story) reverseFirst(t *rapid.T) bool {
	l := s.purchase(t, small(t))
	s.sayReversal(t, reversalOf(l))
	if rapid.Bool().Draw(t, "late") {
		s.sell(s.post(t), l)
	}
	return true
}

// drop: the answer does not reach the terminal, which reverses.
func (s *story) drop(t *rapid.T) bool {
	l := s.purchase(t, small(t))
	s.say(s.post(t), l, false)
	s.sayReversal(t, reversalOf(l))
	return true
}

// void is of a sale, mostly as its own terminal would send it.
func (s *story) void(t *rapid.T) bool {
	sale, found := last(t, "sale", s.sales)
	if !found {
		return false
	}
	l := s.about(t, letterVoid, 20_000, sale)
	l.amount = sale.amount
	if rapid.IntRange(0, 9).Draw(t, "amount") == 9 {
		l.amount--
	}
	s.record(s.post(t), l)
	return true
}

// about is a letter about a sale, mostly from the terminal that sold.
func (s *story) about(t *rapid.T, kind string, code int, sale letter) letter {
	till := sale.till
	if rapid.IntRange(0, 7).Draw(t, "elsewhere") == 7 {
		till = s.till(t)
	}
	l := s.letter(kind, till, sale.card)
	l.code, l.rrn, l.invoice, l.stamped = code, sale.rrn, sale.invoice, sale.stamped
	return l
}

func (s *story) record(post int, l letter) heard {
	s.journal = append(s.journal, l)
	return s.say(post, l, false)
}

func (s *story) undoVoid(t *rapid.T) bool {
	var voids []letter
	for _, l := range s.journal {
		if l.kind == letterVoid {
			voids = append(voids, l)
		}
	}
	l, found := last(t, "void", voids)
	if found {
		s.sayReversal(t, reversalOf(l))
	}
	return found
}

func (s *story) refund(t *rapid.T) bool {
	sale, found := last(t, "sale", s.sales)
	if found {
		l := s.about(t, letterRefund, 200_000, sale)
		l.amount = rapid.SampledFrom([]int64{sale.amount, sale.amount / 2, 1_000, 0}).Draw(t, "amount")
		s.record(s.post(t), l)
	}
	return found
}

func (s *story) advise(t *rapid.T) bool {
	l := s.letter(letterAdvice, s.till(t), s.card(t))
	l.amount, l.stamped, l.pin = rapid.SampledFrom([]int64{5_000, 60_000, 130_000}).Draw(t, "amount"), true, ""
	s.sold(s.record(s.post(t), l))
	return true
}

const wrongPIN = "654321"

// guess tries wrong PINs, or none, perhaps until the card is locked.
func (s *story) guess(t *rapid.T) bool {
	card, till := s.card(t), s.till(t)
	for range rapid.IntRange(1, 4).Draw(t, "tries") {
		l := s.letter(letterPurchase, till, card)
		l.amount, l.pin = 1_000, ""
		if rapid.IntRange(0, 3).Draw(t, "PIN") < 3 { // drawn as a number: rapid prints what it draws
			l.pin = wrongPIN
		}
		s.record(s.post(t), l)
	}
	return true
}
