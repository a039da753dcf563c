package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// inquiry prepares a question for the balance. It moves no money, but a wrong PIN counts, so it goes the same way.
func (c *conn) inquiry(x *exchange, m *iso.Inquiry) {
	c.payment(x, ledger.KindInquire, &m.Payment)
	x.request.Amount = 0 // DE4 means nothing here, and must not enter the balance
	if c.account(x); x.verdict != 0 {
		return
	}
	x.request.PINRequired = c.link.PIN == PINRequired
	c.pinValue(x, m.PIN)
}
