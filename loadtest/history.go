package loadtest

// history remembers a terminal's last messages, to name answers that nobody waits for.
type history struct {
	messages []past // a ring once it is full: an idle terminal has a few only
	next     int
	copies   Copies
}

const historyDepth = 64

type past struct {
	mti      uint16 // of the answer
	stan     int32
	answered bool
	answer   words
	copies   int // how many more answers there may be
}

// words are what copies of one message must be told alike.
type words struct {
	code [2]byte
	rrn  [12]byte
}

func (h *history) answered(x expectation, a answer) {
	extra := max(0, x.copies-1)
	h.copies.Sent += int64(extra)
	h.add(past{mti: x.mti, stan: x.stan, answered: true, answer: words{a.code, a.rrn}, copies: extra})
}

func (h *history) gaveUp(x expectation) { h.add(past{mti: x.mti, stan: x.stan}) }

func (h *history) add(p past) {
	if h.next < historyDepth {
		h.messages = append(h.messages, p)
	} else {
		h.messages[h.next%historyDepth] = p
	}
	h.next++
}

// classify names an answer that is not the awaited one: late, duplicate, or belonging to nothing. The newest message
// of that kind and STAN decides, and is returned.
func (h *history) classify(a answer, tid [8]byte) (*past, counter) {
	if a.tid != tid {
		return nil, countUnmatched
	}
	for i := h.next - 1; i >= max(0, h.next-historyDepth); i-- {
		p := &h.messages[i%historyDepth]
		if p.mti != a.mti&^1 || p.stan != a.stan {
			continue
		}
		if p.answered {
			return p, countDuplicate
		}
		return p, countLate
	}
	return nil, countUnmatched
}
