package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// reversal prepares a reversal. It carries no PIN; card, terminal and outlet may be in any state: money must always
// find its way back.
func (c *conn) reversal(x *exchange, m *iso.Reversal) {
	c.payment(x, ledger.KindReverse, &m.Payment)
}
