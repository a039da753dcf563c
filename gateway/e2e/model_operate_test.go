package e2e

import (
	"time"

	"bpnt/ledger"

	"pgregory.net/rapid"
)

// The operator's acts, and the clock's.

func (s *story) disburseMore(t *rapid.T) bool {
	s.grant(rapid.SampledFrom([]int64{50_000, 110_000}).Draw(t, "grant"))
	return true
}

// grant funds a further month, in the ledger and in the model. The first programme's older money goes then.
func (s *story) grant(amount int64) {
	period := s.nextPeriod()
	s.fund(s.programme, period, amount)
	s.note("a month of Rp %d is disbursed", amount)
	today := s.today()
	for _, w := range s.worlds {
		w.fund(period, amount, today, s.programme == 1)
	}
}

// expireOld: days after which money ends are the third programme's only.
func (s *story) expireOld(*rapid.T) bool {
	_, err := s.operator.Expire(s.Context(), ledger.Expiry{Reason: "the test"})
	s.check(err)
	s.note("what is older than %d days expires", modelExpiry)
	today := s.today()
	for _, w := range s.worlds {
		if s.programme == 3 {
			w.expire(today, modelExpiry)
		}
	}
	return true
}

// jump: no sum of some jumps is a day or thirty, so that the moments between two messages decide nothing.
func (s *story) jump(t *rapid.T) bool {
	by := rapid.SampledFrom([]time.Duration{10 * time.Hour, 51 * time.Hour, 31 * 24 * time.Hour}).Draw(t, "jump")
	s.later(by)
	s.note("%v pass", by)
	return true
}

func (s *story) blockCard(t *rapid.T) bool {
	i := s.card(t)
	c := &s.worlds[0].cards[i]
	verb, status := ledger.CardBlock, "62"
	switch {
	case c.family < 0, c.status != "" && c.status != "62":
		return false
	case c.status == "62", c.tries > 0:
		verb, status = ledger.CardUnblock, ""
	}
	if len(s.worlds) > 1 && c.tries > 0 {
		return false // the states may differ in the tries, and so in what the operator may do
	}
	_, err := s.operator.ChangeCard(s.Context(), s.cards[i].key, verb, "the test")
	s.check(err)
	s.note("card %s: %s", s.cards[i].name, verb)
	for _, w := range s.worlds {
		w.cards[i].status = status
		if verb == ledger.CardUnblock {
			w.cards[i].tries = 0
		}
	}
	return true
}

// replaceCard ends a card; the family's next one is the last of the cast.
func (s *story) replaceCard(t *rapid.T) bool {
	i := s.card(t)
	old := s.worlds[0].cards[i]
	if old.family < 0 || old.status != "" && old.status != "62" {
		return false
	}
	_, err := s.operator.ChangeCard(s.Context(), s.cards[i].key, ledger.CardLost, "the test")
	s.check(err)
	for _, w := range s.worlds {
		w.cards[i].status = "41"
	}
	s.addCard(old.family, "9912", func(int16) bool { return true })
	s.note("card %s is lost, the family gets card %s", s.cards[i].name, s.cards[len(s.cards)-1].name)
	return true
}

func (s *story) lend(t *rapid.T) bool {
	till := s.till(t)
	to := 1 - s.worlds[0].tills[till].outlet
	s.check(s.operator.MoveTerminal(s.Context(), "edc", s.tid(till), modelMIDs[to], "the test"))
	s.note("EDC %c is lent to outlet %d", 'A'+till, to+1)
	for _, w := range s.worlds {
		r := &w.tills[till]
		r.outlet, r.stays = to, append(r.stays[:len(r.stays):len(r.stays)], to)
	}
	return true
}

func (s *story) suspend(t *rapid.T) bool {
	till := s.till(t)
	suspended := !s.worlds[0].tills[till].suspended
	verb := ledger.TerminalActivate
	if suspended {
		verb = ledger.TerminalSuspend
	}
	s.check(s.operator.ChangeTerminal(s.Context(), "edc", s.tid(till), verb, "the test"))
	s.note("EDC %c: %s", 'A'+till, verb)
	for _, w := range s.worlds {
		w.tills[till].suspended = suspended
	}
	return true
}

// reset: a repair set the terminal's STAN back, and the operator was told. It takes its time: within a minute the
// ledger takes what a gateway heard nothing of, and sends again, for what stood there before the reset.
func (s *story) reset(t *rapid.T) bool {
	till := s.till(t)
	s.later(10 * time.Minute)
	s.check(s.operator.ResetTerminal(s.Context(), "edc", s.tid(till)))
	s.stans[till] = 0
	s.note("EDC %c is repaired and reset", 'A'+till)
	for _, w := range s.worlds {
		w.tills[till].epoch++
	}
	return true
}
