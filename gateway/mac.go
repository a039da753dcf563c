package gateway

import (
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// authenticate checks DE64 by the link's policy, over the bytes as received, before anything else is done with the
// message (F50, F51). Logon and echo move nothing and come without a MAC in the field, so they are not asked for one.
//
// A wrong MAC is answered 63, except on what may be the repeat of a purchase: 63 would tell the terminal that it was not
// debited, and the first copy may have been. It hears nothing and reverses (DESIGN D4).
func (c *conn) authenticate(x *exchange, message iso.Request) closeReason {
	if !c.macWanted(x) {
		return closeNone
	}
	keys, err := c.gateway.terminals.find(c.link.id, x.head.TID, x.received)
	if err != nil {
		x.copied = true // not known: without the key this is as far as the message is looked at
		x.refuse(c.gateway.unposted(x, verdictUnavailable, shedKeys))
		return closeNone
	}
	if c.macRight(x, keys) {
		c.macFailures = 0
		return closeNone
	}
	c.gateway.metrics.macFailures.Inc()
	c.logHostile("wrong MAC", "link", c.link.Name)
	if c.macFailures++; c.macFailures >= c.gateway.limits.MACFailures {
		c.ended(1)
		return closeMACFailures
	}
	x.copied = c.passedOn(x, message)
	x.refuse(c.gateway.unposted(x, verdictMAC, shedMAC))
	return closeNone
}

// passedOn tells whether this process has passed on a purchase of the same identity. It does not remember this one,
// whose sender is not known to be the terminal.
func (c *conn) passedOn(x *exchange, message iso.Request) bool {
	m, ok := message.(*iso.Purchase)
	if !ok {
		return false
	}
	c.payment(x, ledger.KindRedeem, &m.Payment)
	return c.gateway.seen.has(x.identity())
}

func (c *conn) macWanted(x *exchange) bool {
	payment := x.kind == kindPurchase || x.kind == kindInquiry || x.kind == kindReversal
	switch {
	case !payment || c.link.MAC == MACOff:
		return false
	case c.link.MAC == MACRequired:
		return true
	}
	return !zero(x.head.MAC)
}

// macRight compares in constant time. A terminal that the ledger does not know has no key; where a zero MAC would
// pass as well its message may go on, and the ledger answers 58.
func (c *conn) macRight(x *exchange, keys *terminalKeys) bool {
	if !keys.known() && c.link.MAC == MACAllowZero {
		return true
	}
	if keys.tak == nil || !keys.tak.VerifyMAC(x.head.MACInput, x.head.MAC) {
		return false
	}
	x.tak = keys.tak
	return true
}

// macKey computes the answer's MAC, for those whose request had one.
func macKey(tak *pin.TerminalKey) func([]byte) [8]byte {
	if tak == nil {
		return nil
	}
	return tak.MAC
}

func zero(mac []byte) bool {
	var sum byte
	for _, b := range mac {
		sum |= b
	}
	return sum == 0
}
