package gateway

import (
	"context"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// authenticate checks DE64 by the link's policy, over the bytes as received, before anything else is done with the
// message (F50, F51), but after the sign-on of its switch, without which nothing is looked at. Logon and echo move nothing
// and come without a MAC in the field, so they are not asked for one.
//
// A wrong MAC is answered 63, except on what may be the repeat of a purchase, a void, a refund or an advice: 63 would tell
// the terminal that nothing of it was done, and the first copy may have been. It hears nothing and reverses (DESIGN D4).
func (c *conn) authenticate(x *exchange, message iso.Request) closeReason {
	if c.signOnMissing(x, message) || !c.macWanted(x) {
		return closeNone
	}
	keys, err := c.keysOf(x)
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
	c.logHostile("wrong MAC", "tid", x.head.TID) // whom it claims to be
	if c.macFailures++; c.macFailures >= c.gateway.limits.MACFailures {
		c.ended(1)
		return closeMACFailures
	}
	x.copied = c.passedOn(x, message)
	x.refuse(c.gateway.unposted(x, verdictMAC, shedMAC))
	return closeNone
}

// passedOn tells whether this process has passed on a message of the same identity that moves money once. It does not
// remember this one, whose sender is not known to be the terminal.
func (c *conn) passedOn(x *exchange, message iso.Request) bool {
	switch m := message.(type) {
	case *iso.Purchase:
		c.payment(x, ledger.KindRedeem, &m.Payment)
	case *iso.Void:
		c.payment(x, ledger.KindVoid, &m.Payment)
	case *iso.Refund:
		c.payment(x, ledger.KindRefund, &m.Payment)
	case *iso.Advice:
		c.payment(x, ledger.KindAdvise, &m.Payment)
	default:
		return false
	}
	return c.gateway.seen.has(x.identity())
}

func (c *conn) macWanted(x *exchange) bool {
	switch {
	case c.link.MAC == MACOff, x.kind == kindLogon, x.kind == kindNetwork, x.kind == kindOther:
		return false
	case c.link.MAC == MACRequired:
		return true
	}
	return !zero(x.head.MAC)
}

// keysOf are the working keys of who sent a message: its terminal, or the zone of its switch.
func (c *conn) keysOf(x *exchange) (*terminalKeys, error) {
	id := x.keyOwner()
	return c.gateway.terminals.find(id.link, id.tid, x.received)
}

// macRight tries the keys that the sender may use, those of another gateway's making too. A terminal that the ledger does
// not know has no key; where a zero MAC would pass as well its message may go on, and the ledger answers 58.
func (c *conn) macRight(x *exchange, keys *terminalKeys) bool {
	if !keys.known() && c.link.MAC == MACAllowZero {
		return true
	}
	if x.macUnder(keys) {
		return true
	}
	fresh, other := c.gateway.terminals.renewed(keys, x.received)
	return other && x.macUnder(fresh)
}

// macUnder compares in constant time and remembers under which pair the MAC was right.
func (x *exchange) macUnder(keys *terminalKeys) bool {
	pairs, n := keys.good()
	for _, p := range pairs[:n] {
		if p.tak != nil && p.tak.VerifyMAC(x.head.MACInput, x.head.MAC) {
			x.pair = p
			x.conn.gateway.inUse(keys, p)
			return true
		}
	}
	return false
}

// inUse tells the ledger when a terminal uses its new keys for the first time: those before are good no longer. Where it
// cannot be told now the terminal's next logon tells it.
func (g *Gateway) inUse(keys *terminalKeys, p keyPair) {
	if !keys.first(p) {
		return
	}
	_ = g.clerk.do(func(ctx context.Context) error {
		return g.confirm(ctx, keys)
	})
}

func (g *Gateway) confirm(ctx context.Context, keys *terminalKeys) error {
	return g.ledger.ConfirmTerminalKeys(ctx, keys.id.link, keys.id.tid, keys.wrapped.WrappedTPK, keys.wrapped.WrappedTAK)
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
