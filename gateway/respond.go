package gateway

import (
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// respond makes the answer of an exchange. It reads nothing but the exchange and the masthead, so that a repeat's
// answer equals the first in every field but TPDU and MAC.
func (l *link) respond(r *iso.Response, x *exchange, heads *mastheads) {
	code := l.codes[x.verdict]
	*r = iso.Response{
		Header: *x.head, Fields: l.sets[x.kind], ResponseCode: code,
		Time: iso.LocalTimeOf(x.at().In(l.zone)), ComputeMAC: macKey(x.pair.tak),
	}
	switch x.kind {
	case kindLogon, kindNetwork:
		r.Code, r.TransmissionAt, r.SettlementDate = x.network.Code, x.network.TransmissionTime, x.network.SettlementDate
		r.Key = iso.Opaque(x.block)
	case kindPurchase, kindInquiry, kindReversal, kindVoid, kindRefund, kindAdvice:
		l.respondPayment(r, x, heads)
	case kindSettlement:
		l.respondSettlement(r, x, heads)
	case kindUpload:
		r.RRN = x.head.RRN
	}
	if l.peer != nil {
		l.respondSwitch(r, x)
	}
}

func (l *link) respondPayment(r *iso.Response, x *exchange, heads *mastheads) {
	r.PAN = x.pan
	r.Amount, r.HasAmount = x.request.Amount, x.kind != kindInquiry && !x.spoiled
	if x.stored() {
		r.NII = digits(int64(x.result.NII), 4)
		r.Batch, r.Invoice = digits(int64(x.result.Batch), 6), x.result.Invoice
		r.RRN, r.Approval = x.result.RRN(), x.result.Approval()
		r.Balance, r.HasBalance = x.result.Balance, x.balanceKnown()
	}
	if r.Fields.Has(48) {
		r.Receipt = l.receipt(x, r, heads.find(x.result.Masthead))
	}
}

// respondSettlement gives the terminal its own totals back, as published hosts do; what we count stands on the slip.
func (l *link) respondSettlement(r *iso.Response, x *exchange, heads *mastheads) {
	if x.closing == nil { // refused before it was looked at
		return
	}
	if x.closing.sent.N > 0 { // a trailer may come without
		r.Totals = &x.closing.sent
	}
	if r.Fields.Has(48) && x.verdict.good() {
		r.Receipt = l.slip(x, r.ResponseCode, heads.find(x.closing.Masthead))
	}
}

// balanceKnown tells whether the ledger decided by the open purses: before that it stopped at a refusal. Frozen is what
// it says where those do not suffice.
func (x *exchange) balanceKnown() bool {
	switch ledger.Outcome(x.verdict) {
	case ledger.OutcomeApproved, ledger.OutcomeInsufficientFunds, ledger.OutcomeAccountFrozen:
		return true
	}
	return false
}

// at is when the message was decided; what the ledger does not keep was decided when it came.
func (x *exchange) at() time.Time {
	switch {
	case x.stored():
		return x.result.At
	case x.closing != nil && !x.closing.At.IsZero():
		return x.closing.At
	}
	return x.received
}

// entryMode is how the card was read, as the first copy of the message said.
func (x *exchange) entryMode() int16 {
	if x.stored() {
		return x.result.EntryMode
	}
	return x.request.EntryMode
}

// trace is what the terminal calls the message: its invoice number where it has one, else the STAN.
func (x *exchange) trace() string {
	if x.stored() && x.result.Invoice != "" {
		return x.result.Invoice
	}
	return digits(int64(x.head.STAN), 6)
}

// digits writes a number with leading zeros; what is Absent stays empty.
func digits(n int64, width int) string {
	if n == ledger.Absent {
		return ""
	}
	var space [20]byte
	return string(appendPadded(space[:0], n, width))
}
