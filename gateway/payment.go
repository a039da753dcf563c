package gateway

import (
	"strconv"

	"bpnt/iso"
	"bpnt/ledger"
)

// payment fills in what purchase, inquiry, reversal, void, refund and advice have in common.
func (c *conn) payment(x *exchange, k ledger.Kind, p *iso.Payment) {
	key := c.gateway.panKey(p.PAN)
	x.pan = p.PAN
	x.request = ledger.Request{
		Kind: k, Link: c.link.id, TID: x.head.TID, MID: x.head.MID, STAN: x.head.STAN, PAN: key,
		ProcessingCode: int32(number(x.head.ProcessingCode)), Amount: p.Amount,
		LocalStamp: p.LocalStamp, ATC: p.ATC, Invoice: iso.MaskCards(p.Invoice, p.PAN),
		Batch: int32(number(p.Batch)), NII: int16(number(x.head.NII)), EntryMode: int16(number(p.EntryMode)),
		Window: c.link.IdentityWindow.Duration, Original: ledger.Absent,
	}
	if p.Fraction || foreign(x.head.Route.Currency) {
		x.spoilAmount()
	}
	x.bucket = c.gateway.ledger.BucketOf(key)
	x.keys = [chains]orderKey{terminalKey(c.link.id, x.head.TID), cardKey(key)}
}

// panKey is how the ledger knows a card.
func (g *Gateway) panKey(pan iso.PAN) ledger.PANKey {
	var space [19]byte
	defer clear(space[:])
	return g.keys.PANKey(pan.AppendDigits(space[:0]))
}

// identity is how seen knows the message.
func (x *exchange) identity() identity {
	class := x.request.Kind
	if class == ledger.KindAdvise {
		class = ledger.KindRedeem
	}
	return identity{link: x.request.Link, class: class, stan: x.request.STAN, tid: x.request.TID, pan: x.request.PAN}
}

// recognise tells the exchange whether a copy of it was passed on before. It is asked where the message may be refused
// before it is remembered, which tells the same.
func (x *exchange) recognise() {
	if x.onceOnly() {
		x.copied = x.copied || x.conn.gateway.seen.has(x.identity())
	}
}

// remember notes that the message is passed on. What is refused is not noted: a flood of it would make the gateway forget
// what it did pass on.
func (x *exchange) remember() {
	if x.onceOnly() {
		x.copied = x.conn.gateway.seen.add(x.identity(), x.received) || x.copied
	}
}

// foreign tells whether a switch names another currency than the rupiah (DE49).
func foreign(currency string) bool { return currency != "" && currency != iso.CurrencyRupiah }

// spoilAmount takes away an amount that is none: below one rupiah, not in rupiah, or not the one that the chip signed. The ledger
// refuses the rest with 13, and stores that; the answer carries no DE4.
func (x *exchange) spoilAmount() { x.request.Amount, x.spoiled = 0, true }

// number reads digits. What is empty, or is not a number of up to nine digits, is Absent: DE60 holds a batch number in
// sales and something longer elsewhere.
func number(digits string) int64 {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || len(digits) > 9 {
		return ledger.Absent
	}
	return int64(n)
}
