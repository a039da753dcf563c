package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// advice prepares the booking of food that was handed out already, against a signed form, while the bank was away. The
// family was not asked for its PIN then and cannot be now. Whether the programme books such advices is a rule of the ledger.
func (c *conn) advice(x *exchange, m *iso.Advice) {
	c.payment(x, ledger.KindAdvise, &m.Payment)
	if c.account(x); x.verdict != 0 {
		return
	}
	c.checkChip(x, &m.Payment)
}
