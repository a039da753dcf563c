package gateway

import (
	"context"

	"bpnt/iso"
	"bpnt/ledger"
)

// switchNetwork answers a network message of a switch. Sign-on and echo need no ledger: they tell that the line works. A key
// exchange may come before the sign-on, as some switches have it; a cut-over may not, for it closes a day.
func (c *conn) switchNetwork(x *exchange, m *iso.Network) {
	x.network = m
	switch m.Code {
	case iso.NetworkSignOn, iso.NetworkSignOff:
		if on := m.Code == iso.NetworkSignOn; c.session.set(on) {
			c.gateway.log.Info("the switch signed on or off", "link", c.link.Name, "on", on)
		}
		x.refuse(verdictNetwork)
	case iso.NetworkEcho:
		x.refuse(verdictNetwork)
	case iso.NetworkKey:
		x.refuse(c.exchangeKeys(m))
	case iso.NetworkCutOver:
		c.cutOver(x, m)
	default:
		x.refuse(verdictNoFunction)
	}
}

// cutOver opens the switch's next business day, which DE15 names. The clerk calls the ledger: it passes each bucket's
// lock once, so that what is under way comes into the day that is over, all of it.
func (c *conn) cutOver(x *exchange, m *iso.Network) {
	switch {
	case !c.session.signedOn():
		x.refuse(c.gateway.unposted(x, verdictNotSignedOn, shedNotSignedOn))
	case m.SettlementDate == "":
		x.refuse(c.gateway.unposted(x, verdictFormat, shedFormat))
	default:
		link, date := c.link.id, m.SettlementDate
		c.send(x, func(ctx context.Context) (ledger.Outcome, error) {
			return c.gateway.ledger.CutOver(ctx, link, date)
		})
	}
}
