package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// purchase prepares a redemption, in food or in cash: which of them a programme allows is the ledger's to say. Where the chip signed another amount (9F02) than the message asks for (DE4), one of
// the two was tampered with or scaled wrongly; the ledger refuses it as it does an amount with a remainder.
func (c *conn) purchase(x *exchange, m *iso.Purchase) {
	c.payment(x, ledger.KindRedeem, &m.Payment)
	if c.account(x); x.verdict != 0 {
		return
	}
	if c.chipDisagrees(&m.Payment) {
		x.spoilAmount()
	}
	x.request.PINRequired = c.link.PIN == PINRequired
	x.copied = c.gateway.seen.add(x.identity(), x.received)
	c.pinValue(x, m.PIN)
}

// chipDisagrees compares the two amounts in the link's minor units.
func (c *conn) chipDisagrees(p *iso.Payment) bool {
	if p.ChipAmount < 0 || p.Fraction {
		return false
	}
	scale := int64(1)
	for range c.link.Dialect.AmountDecimals {
		scale *= 10
	}
	return p.ChipAmount != p.Amount*scale
}

func (x *exchange) identity() identity {
	return identity{link: x.request.Link, stan: x.request.STAN, tid: x.request.TID, pan: x.request.PAN}
}
