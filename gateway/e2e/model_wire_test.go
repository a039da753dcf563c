package e2e

import (
	"fmt"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// letter of a terminal with its next STAN, at the outlet where it stands.
func (s *story) letter(kind string, till, card int) letter {
	s.stans[till]++
	return letter{
		kind: kind, till: till, card: card, outlet: s.worlds[0].tills[till].outlet, stan: s.stans[till], sent: s.batches[till],
		invoice: fmt.Sprintf("%06d", s.stans[till]), pin: testPIN,
	}
}

// outgoing is a letter as its terminal sends it.
func (s *story) outgoing(l letter) iso.Outgoing {
	who := iso.Terminal{
		TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0}, NII: "0010", TID: s.tid(l.till), MID: modelMIDs[l.outlet],
		Batch: fmt.Sprintf("%06d", l.sent), EntryMode: "0051",
	}
	totals := iso.Totals{N: 2}
	totals.Pairs[0].Count, totals.Pairs[0].Amount = int32(l.claim.sales), l.claim.salesAmount
	totals.Pairs[1].Count, totals.Pairs[1].Amount = int32(l.claim.refunds), l.claim.refundsAmount
	switch l.kind {
	case letterSettlement:
		return who.Settlement(l.stan, totals)
	case letterTrailer:
		return who.Trailer(l.stan, totals)
	}
	return s.payment(who, l)
}

func (s *story) payment(who iso.Terminal, l letter) iso.Outgoing {
	about := who.Purchase(l.stan, s.cards[l.card].track2, l.amount, s.block(l), l.invoice)
	about.ProcessingCode = fmt.Sprintf("%06d", l.code)
	if l.stamped {
		about.Time = modelStamp
	}
	switch l.kind {
	case letterInquiry:
		return who.Inquiry(l.stan, s.cards[l.card].track2, s.block(l))
	case letterAdvice:
		return who.Advice(l.stan, s.cards[l.card].track2, l.amount, l.invoice, modelStamp)
	case letterVoid:
		return who.Void(l.stan, about, l.rrn)
	case letterRefund:
		return who.Refund(l.stan, about, l.rrn, l.amount)
	case letterUpload:
		return who.Upload(l.stan, about, l.rrn, false)
	case letterReversal:
		return s.reversalOf(who, l, about)
	}
	return about
}

func (s *story) reversalOf(who iso.Terminal, l letter, about iso.Outgoing) iso.Outgoing {
	if l.code/10000 == 2 {
		return who.VoidReversal(who.Void(l.stan, about, l.rrn))
	}
	return who.Reversal(about)
}

// modelStamp is the time that advices carry.
const modelStamp iso.LocalTime = 1125094257

func (s *story) block(l letter) iso.PINBlock {
	if l.pin == "" {
		return iso.PINBlock{}
	}
	pan := s.cards[l.card].track2.PAN()
	b, err := pin.EncryptPINBlock(clearTPK, []byte(l.pin), pan.Digits())
	s.check(err)
	return iso.NewPINBlock(b)
}

// wire is a terminal's connection to a gateway.
func (s *story) wire(post, till int) *wire {
	at := [2]int{post, till}
	if s.wires[at] == nil {
		s.wires[at] = s.dialPost(post)
	}
	return s.wires[at]
}

// hangUp closes the connections to a gateway, or to all for -1.
func (s *story) hangUp(post int) {
	for at, w := range s.wires {
		if post < 0 || at[0] == post {
			_ = w.Close()
			delete(s.wires, at)
		}
	}
}

// heard is a letter and what was answered: nil for nothing.
type heard struct {
	letter
	answer *iso.Answer
	body   []byte
}

// send sends a letter over a gateway, with the flag of a repeat where repeat says so.
func (s *story) send(post int, l letter, repeat bool) {
	o := s.outgoing(l)
	if repeat {
		o = o.Repeat()
	}
	w := s.wire(post, l.till)
	_, err := w.Write(w.frame(o))
	s.check(err)
}

// receive takes the answer to a letter; what answers a network message is passed over.
func (s *story) receive(post int, l letter) heard {
	for {
		a, body, err := s.wire(post, l.till).receive(25 * time.Second)
		if err != nil {
			s.hangUp(post)
			return heard{letter: l}
		}
		if a.MTI.Class() != iso.MTINetwork.Class() {
			return heard{l, a, body}
		}
	}
}
