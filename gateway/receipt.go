package gateway

import (
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// receipt is the text that the terminal prints (DE48), in Bahasa Indonesia. It is made only of the stored result, the
// masthead and the request's identity, so that the receipt of a repeat is the same to the letter.
func (l *link) receipt(x *exchange, answer *iso.Response, head ledger.Masthead) string {
	r := iso.NewReceipt(title(x.verdict, answer.ResponseCode))
	l.top(r, x, head)
	if answer.RRN != "" {
		r.Normal("RREF : " + answer.RRN)
	}
	if x.verdict.good() {
		l.done(r, x, answer.Approval)
	} else {
		l.declined(r, x)
	}
	return r.Text()
}

func title(v verdict, code string) string {
	if v.good() {
		return "DISETUJUI - " + code
	}
	return "DITOLAK - " + code
}

// top is what every receipt begins with: where, which card, what, when.
func (l *link) top(r *iso.Receipt, x *exchange, head ledger.Masthead) {
	x.heading(r, head)
	at := x.at().In(l.zone)
	var space [40]byte
	r.Normal(
		x.pan.Masked()+entryMark(x.entryMode()),
		"",
		whatTitle(x),
		string(appendWhen(space[:0], at)),
		"TRACE : "+x.trace(),
	)
}

// heading is the first lines of receipts and slips: the outlet, the terminal, and the outlet's number as the terminal sent
// it, else as the books know it.
func (x *exchange) heading(r *iso.Receipt, head ledger.Masthead) {
	if head.Name != "" {
		r.Normal(head.Name, head.City, "")
	}
	mid := x.head.MID
	if mid == "" {
		mid = head.MID
	}
	r.Normal("TID : "+x.head.TID, "MID : "+mid)
}

// done ends the receipt of what was carried out.
func (l *link) done(r *iso.Receipt, x *exchange, approval string) {
	if approval != "" {
		r.Normal("APPRV : " + approval)
	}
	r.Normal("")
	switch x.kind {
	case kindInquiry:
	case kindVoid, kindRefund:
		r.Bold("JUMLAH " + iso.Rupiah(-x.result.Amount)) // it goes back to the family
	default:
		r.Bold("JUMLAH " + iso.Rupiah(x.result.Amount))
	}
	if x.kind != kindReversal {
		r.Bold("SISA SALDO " + iso.Rupiah(x.result.Balance))
	}
	r.Normal("", l.ThanksLine)
}

// declined ends the receipt of a refusal: the reason, and what the family can do next.
func (l *link) declined(r *iso.Receipt, x *exchange) {
	text := explain(x.verdict)
	r.Normal("").Bold("TRANSAKSI DITOLAK").Normal(text.reason)
	if x.balanceKnown() {
		r.Bold("SISA SALDO " + iso.Rupiah(x.result.Balance))
	}
	if x.verdict == verdict(ledger.OutcomePINWrong) {
		r.Normal("SISA KESEMPATAN " + string(appendPadded(nil, int64(x.result.TriesLeft), 1)) + " KALI")
	}
	r.Normal(text.next)
}

// appendWhen writes "25/11/2026 09:42:57 WIB".
func appendWhen(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	for i, part := range [...]int{day, int(month), year, hour, minute, second} {
		dst = appendPadded(dst, int64(part), 2)
		if i < 5 {
			dst = append(dst, "// ::"[i])
		}
	}
	zone, _ := t.Zone()
	return append(append(dst, ' '), zone...)
}

func whatTitle(x *exchange) string {
	switch {
	case x.kind == kindInquiry:
		return "CEK SALDO"
	case x.kind == kindReversal:
		return "PEMBATALAN"
	case x.kind == kindVoid:
		return "VOID"
	case x.kind == kindRefund:
		return "REFUND"
	case x.kind == kindAdvice:
		return "PEMBELIAN BERITA ACARA"
	case x.head.Cash():
		return "TARIK TUNAI"
	}
	return "PEMBELIAN"
}

// entryMark tells how the card was read, by the first two digits of DE22 as ISO 8583:1987 gives them.
func entryMark(mode int16) string {
	switch mode / 10 {
	case 5:
		return " (CHIP)"
	case 2, 80, 90:
		return " (GESEK)"
	case 7, 91:
		return " (TAP)"
	case 1:
		return " (MANUAL)"
	}
	return ""
}
