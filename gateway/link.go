package gateway

import (
	"fmt"
	"net"
	"sync/atomic"
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

	listener net.Listener // nil where we dial
	tls      *tlsFiles    // nil where it is plain
	peer     *peer        // nil where terminals speak
}

// peer is what all connections to one switch have in common.
type peer struct {
	session *session     // nil where each connection has its own
	stan    atomic.Int32 // how many messages of ours there were
	keys    keyExchanges
}

func newPeer(s Switch) *peer {
	p := new(peer)
	if s.SignOnShared {
		p.session = new(session)
	}
	return p
}

// answerSets are Answers as the encoder takes them, by kind of message.
type answerSets [kinds]iso.FieldSet

func newAnswerSets(a Answers) answerSets {
	return answerSets{
		kindPurchase: iso.Fields(a.Purchase...), kindInquiry: iso.Fields(a.Inquiry...), kindReversal: iso.Fields(a.Reversal...),
		kindVoid: iso.Fields(a.Void...), kindRefund: iso.Fields(a.Refund...), kindAdvice: iso.Fields(a.Advice...),
		kindSettlement: iso.Fields(a.Settlement...), kindUpload: iso.Fields(a.Upload...),
		kindReconciliation: iso.Fields(a.Reconciliation...),
		kindLogon:          iso.Fields(a.Logon...), kindNetwork: iso.Fields(a.Network...), kindOther: iso.Fields(a.Refusal...),
	}
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
	l.ShedAfter = l.shedAfter()
	made := &link{Link: l, codec: codec, zone: zone, codes: codes, sets: newAnswerSets(l.Answers)}
	if l.bySwitch() {
		made.peer = newPeer(l.Switch)
	}
	return made, nil
}
