package hostile

import (
	"bytes"

	"bpnt/iso"
)

// unavailable is what may be said to a replay in the place of the original's answer: that nothing was done.
const unavailable = "91"

// replay sends what was captured, byte for byte, and holds each answer against the first one to the same frame.
func replay(a *attacker, l *line) {
	for {
		which := a.random.IntN(len(a.cfg.Captured))
		if !l.send(a.cfg.Captured[which]) {
			return
		}
		body, code := l.next(waitMax)
		if body == nil {
			return
		}
		a.compare(which, body, code)
		if !a.turn() {
			return
		}
	}
}

// compare counts an answer that says the same and is not the same, behind the TPDU.
func (a *attacker) compare(which int, body []byte, code string) {
	if code == unavailable {
		return
	}
	words := bytes.Clone(body[len(iso.TPDU{}):])
	first, again := a.first.LoadOrStore(which, words)
	if again && !bytes.Equal(first.([]byte), words) {
		a.tally.altered.Add(1)
	}
}

// pins guesses for one card after the other, each time as another message.
func pins(a *attacker, l *line) {
	for {
		guess := a.cfg.Guesses[a.random.IntN(len(a.cfg.Guesses))]
		o := guess.Purchase
		o.STAN = (guess.FirstSTAN+int32(a.tally.guesses.Add(1)))%stanMax + 1
		if !l.send(a.frame(o)) {
			return
		}
		if body, _ := l.next(waitMax); body == nil || !a.turn() {
			return
		}
	}
}
