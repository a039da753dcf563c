package gateway

import (
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// pinValue turns the PIN block into the value that the ledger compares. Only gateway/pin ever sees the PIN. A block
// that cannot be read, for want of a key or with a wrong one, is a fault and not a wrong PIN: it burns no try.
//
// The block is under the key that was made with that of the message's MAC. Where there was no MAC the newest key is tried
// first and then the one before: under a wrong key a block looks like a PIN's about once in 18 million times.
func (c *conn) pinValue(x *exchange, block iso.PINBlock) {
	if c.link.PIN == PINOff || !block.Present() {
		return
	}
	x.request.PINValue = ledger.PINFault
	if x.pair.tak != nil && c.link.peer == nil { // a zone's two keys need not change together
		c.pinUnder(x, x.pair.tpk, block)
		return
	}
	keys, err := c.keysOf(x)
	if err != nil {
		x.recognise()
		x.refuse(c.gateway.unposted(x, verdictUnavailable, shedKeys))
		return
	}
	if c.pinUnderAny(x, keys, block) {
		return
	}
	if fresh, other := c.gateway.terminals.renewed(keys, x.received); other {
		c.pinUnderAny(x, fresh, block)
	}
}

func (c *conn) pinUnderAny(x *exchange, keys *terminalKeys, block iso.PINBlock) bool {
	pairs, n := keys.good()
	for _, p := range pairs[:n] {
		if c.pinUnder(x, p.tpk, block) {
			c.gateway.inUse(keys, p)
			return true
		}
	}
	return false
}

// pinUnder opens the block under one key, which may be nil.
func (c *conn) pinUnder(x *exchange, tpk *pin.TerminalKey, block iso.PINBlock) bool {
	if tpk == nil {
		return false
	}
	var space [19]byte
	defer clear(space[:])
	value, err := c.gateway.keys.VerificationValue(tpk, block.Bytes(), x.pan.AppendDigits(space[:0]))
	if err == nil {
		x.request.PINValue = value
	}
	return err == nil
}
