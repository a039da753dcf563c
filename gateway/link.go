package gateway

import (
	"fmt"
	"net"
	"time"
	_ "time/tzdata" // receipts need Asia/Jakarta on machines without zone files

	"bpnt/iso"
)

// link is a Link made ready: parsed once at the start, read by every message.
type link struct {
	Link
	id        int16 // link.id in the ledger
	programme int16
	accounts  accountTable
	codec     *iso.Codec
	zone      *time.Location
	codes     codeTable
	sets      answerSets
	listener  net.Listener
}

// answerSets are Answers as the encoder takes them.
type answerSets struct {
	logon, network, purchase, inquiry, reversal, refusal iso.FieldSet
}

func newLink(l Link) (*link, error) {
	codec, err := iso.NewCodec(l.Dialect)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(l.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("link %q: time_zone: %w", l.Name, err)
	}
	codes, _ := newCodeTable(l.ResponseCodes)
	a := l.Answers
	sets := answerSets{
		logon: iso.Fields(a.Logon...), network: iso.Fields(a.Network...), purchase: iso.Fields(a.Purchase...),
		inquiry: iso.Fields(a.Inquiry...), reversal: iso.Fields(a.Reversal...), refusal: iso.Fields(a.Refusal...),
	}
	return &link{Link: l, codec: codec, zone: zone, codes: codes, sets: sets}, nil
}

// of is the set of data elements that an answer to this kind of message has.
func (s *answerSets) of(k kind) iso.FieldSet {
	switch k {
	case kindPurchase:
		return s.purchase
	case kindInquiry:
		return s.inquiry
	case kindReversal:
		return s.reversal
	case kindLogon:
		return s.logon
	case kindNetwork:
		return s.network
	}
	return s.refusal
}
