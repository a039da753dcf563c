package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// pinValue turns the PIN block into the value that the ledger compares. Only gateway/pin ever sees the PIN. A block
// that cannot be read, for want of a key or with a wrong one, is a fault and not a wrong PIN: it burns no try.
func (c *conn) pinValue(x *exchange, block iso.PINBlock) {
	if c.link.PIN == PINOff || !block.Present() {
		return
	}
	keys, err := c.gateway.terminals.find(c.link.id, x.head.TID, x.received)
	if err != nil {
		x.refuse(c.gateway.unposted(x, verdictUnavailable, shedKeys))
		return
	}
	x.request.PINValue = ledger.PINFault
	if keys.tpk == nil {
		return
	}
	var space [19]byte
	defer clear(space[:])
	if value, err := c.gateway.keys.VerificationValue(keys.tpk, block.Bytes(), x.pan.AppendDigits(space[:0])); err == nil {
		x.request.PINValue = value
	}
}
