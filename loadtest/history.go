package loadtest

// history remembers a terminal's last messages, to name answers that nobody waits for.
type history struct {
	messages [historyDepth]past
	next     int
}

const historyDepth = 64

type past struct {
	mti      uint16 // of the answer
	stan     int32
	answered bool
}

func (h *history) answered(x expectation) { h.add(past{x.mti, x.stan, true}) }
func (h *history) gaveUp(x expectation)   { h.add(past{x.mti, x.stan, false}) }

func (h *history) add(p past) {
	h.messages[h.next%historyDepth] = p
	h.next++
}

// classify names an answer that is not the awaited one: late, duplicate, or belonging to nothing. The newest message
// of that kind and STAN decides.
func (h *history) classify(a answer, tid [8]byte) counter {
	if a.tid != tid {
		return countUnmatched
	}
	for i := h.next - 1; i >= max(0, h.next-historyDepth); i-- {
		p := h.messages[i%historyDepth]
		if p.mti != a.mti&^1 || p.stan != a.stan {
			continue
		}
		if p.answered {
			return countDuplicate
		}
		return countLate
	}
	return countUnmatched
}
