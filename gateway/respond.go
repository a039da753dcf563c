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
		Header: *x.head, Fields: l.sets.of(x.kind), ResponseCode: code,
		Time: iso.LocalTimeOf(x.at().In(l.zone)), ComputeMAC: macKey(x.tak),
	}
	switch x.kind {
	case kindLogon, kindNetwork:
		r.Code, r.TransmissionAt, r.SettlementDate = x.network.Code, x.network.TransmissionTime, x.network.SettlementDate
	case kindPurchase, kindInquiry, kindReversal:
		l.respondPayment(r, x, heads)
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
	if x.stored() {
		return x.result.At
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
