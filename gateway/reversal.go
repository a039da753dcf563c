package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// reversal prepares a reversal. It carries no PIN; card, terminal and outlet may be in any state: money must always
// find its way back.
//
// A terminal's carries the STAN of what it undoes. A switch's has a STAN of its own and names the original in DE90, so the
// books are asked for that one: a repeat (0401, 0421) finds the same original whatever STAN it bears.
func (c *conn) reversal(x *exchange, m *iso.Reversal) {
	c.payment(x, ledger.KindReverse, &m.Payment)
	if c.link.peer == nil {
		return
	}
	if m.Original.MTI.Class() != iso.MTIFinancial.Class() {
		x.refuse(c.gateway.unposted(x, verdictFormat, shedFormat))
		return
	}
	x.original, x.request.STAN = &m.Original, m.Original.STAN
}
