package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// void prepares the cancelling of a purchase that the outlet knows to be good: DE37 names it. It carries no PIN, and card
// and outlet may be in any state. It moves money once, like a purchase: a copy is answered by the ledger or not at all.
func (c *conn) void(x *exchange, m *iso.Void) {
	c.payment(x, ledger.KindVoid, &m.Payment)
	x.request.Original = ledger.ParseRRN(x.head.RRN)
}
