package loadtest

import (
	"math"
	"time"
)

// Seen is one message of a watched family, as its terminal saw it. It has no card data.
type Seen struct {
	Family   int32 // the account: in a drain several terminals hold its cards
	TID      string
	STAN     int32
	Kind     Kind
	Original int32     // STAN of the sale that a void is about
	Amount   int64     // whole rupiah; 0 in an inquiry
	Call     time.Time // before the first byte was written
	Return   time.Time // after the answer was read, or given up; an answer that comes later changes nothing
	Code     string    // DE39; empty where no answer came, so that the host may have acted on it or not

	Balance    int64 // DE54, whole rupiah
	HasBalance bool
}

// Kind is what a watched message asks for.
type Kind string

// A reversal has the STAN of what it reverses; of a void it is another kind. A repeat (0201, 0401) is the same as what
// it repeats: STAN and TID say so.
const (
	KindInquiry      Kind = "inquiry"
	KindPurchase     Kind = "purchase"
	KindReversal     Kind = "reversal"
	KindVoid         Kind = "void"
	KindVoidReversal Kind = "reversal of void"
)

func kindOf(m message) Kind {
	reversal := m.mti&^repeatFlag == mtiReversal
	switch {
	case m.code == codeInquiry:
		return KindInquiry
	case m.code == codeVoid && reversal:
		return KindVoidReversal
	case m.code == codeVoid:
		return KindVoid
	case reversal:
		return KindReversal
	}
	return KindPurchase
}

// watches tells whether a family is of the sample: the same ones at every terminal and in every run of a seed. What
// closes a batch is nobody's.
func (c *Config) watches(k class, card *Card) bool {
	return c.Witness != nil && !k.closing() && sampled(c.Seed, card.Family, c.WitnessShare)
}

// sampled draws a family by a hash of its number (splitmix64), so that no list is kept.
func sampled(seed uint64, family int32, share float64) bool {
	z := seed + uint64(family+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64(z^z>>31) < share*math.MaxUint64
}

// tell shows the witness a message whose fate is known. The 91 to one of several copies says nothing of the others.
func (t *terminal) tell(m message, c *Card, o observation, a answer) {
	s := Seen{
		Family: c.Family, TID: t.outlet.TID, STAN: m.stan, Kind: kindOf(m), Original: m.original, Amount: m.amount,
		Call: o.sent, Return: o.ended, Balance: a.balance, HasBalance: a.hasBalance,
	}
	if o.answered() && !t.hollow(a) {
		s.Code = string(a.code[:])
	}
	t.cfg.Witness(s)
}
