package loadtest

import (
	"time"

	"bpnt/iso"
)

// expectation is the answer that a message waits for.
type expectation struct {
	mti      uint16 // 0210 or 0410; an answer to a repeat may say 0211 or 0411
	stan     int32
	amount   int64 // DE4 in minor units
	until    time.Time
	patience time.Duration // from the sending to until
	copies   int           // how often the message is sent
	watched  bool          // the balance in the answer is wanted
}

// matches tells whether an answer is the awaited one: by TID, STAN and message type.
func (x expectation) matches(a answer, tid [8]byte) bool {
	return a.mti&^1 == x.mti && a.stan == x.stan && a.tid == tid
}

// ear judges what a terminal hears.
type ear struct {
	tid      [8]byte
	recorder *recorder
	codec    *iso.Codec
	history  history
	answers  int // counted for the sample that is decoded strictly
}

// accept tells whether an answer is the awaited one, and counts what else it may be.
func (e *ear) accept(body []byte, a *answer, x expectation) bool {
	if !x.matches(*a, e.tid) {
		e.stray(*a)
		return false
	}
	if a.amount >= 0 && a.amount != x.amount {
		e.recorder.count(countAltered)
	}
	if x.copies > 1 && a.unavailable() {
		e.history.gaveUp(x) // nothing was done; what becomes of a later copy is another matter
	} else {
		e.history.answered(x, *a)
	}
	if x.watched {
		e.balance(body, a)
	}
	e.sample(body)
	return true
}

// balance reads DE54 for a witness.
func (e *ear) balance(body []byte, a *answer) {
	if whole, err := e.codec.DecodeResponse(body); err == nil {
		a.balance, a.hasBalance = whole.Balance, whole.HasBalance
	} else {
		e.recorder.count(countUndecodable)
	}
}

// stray counts an answer that nobody waits for.
func (e *ear) stray(a answer) {
	p, c := e.history.classify(a, e.tid)
	if c != countDuplicate || p.copies == 0 {
		e.recorder.count(c)
		return
	}
	p.copies--
	if p.answer == (words{a.code, a.rrn}) {
		e.history.copies.Same++
	} else {
		e.history.copies.Otherwise++
	}
}

// sample decodes one answer in strictEvery with the strict decoder of package iso.
func (e *ear) sample(body []byte) {
	e.answers++
	if e.answers%strictEvery != 1 {
		return
	}
	if _, err := e.codec.DecodeResponse(body); err != nil {
		e.recorder.count(countUndecodable)
	}
}
