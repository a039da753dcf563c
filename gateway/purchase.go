package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// purchase prepares a redemption, in food or in cash: which of them a programme allows is the ledger's to say.
func (c *conn) purchase(x *exchange, m *iso.Purchase) {
	c.payment(x, ledger.KindRedeem, &m.Payment)
	if c.account(x); x.verdict != 0 {
		return
	}
	c.checkChip(x, &m.Payment)
	x.request.PINRequired = c.link.PIN == PINRequired
	c.pinValue(x, m.PIN)
}

// checkChip compares the amount that the chip signed (9F02) with the one that the message asks for (DE4), in the link's
// minor units. Where they differ one of the two was tampered with or scaled wrongly; the ledger refuses it as it does an
// amount with a remainder.
func (c *conn) checkChip(x *exchange, p *iso.Payment) {
	if p.ChipAmount < 0 || p.Fraction {
		return
	}
	scale := int64(1)
	for range c.link.Dialect.AmountDecimals {
		scale *= 10
	}
	if p.ChipAmount != p.Amount*scale {
		x.spoilAmount()
	}
}
