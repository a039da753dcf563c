package gateway

import "bpnt/iso"

// networkMessage answers a network message of a terminal. Echo, sign-on and the like need no ledger: they tell that the
// line works, not that the terminal may trade. Logon and key exchange may bring it new keys (logon.go).
func (c *conn) networkMessage(x *exchange, m *iso.Network) {
	x.network = m
	switch m.Code {
	case "":
		c.logon(x, m)
	case iso.NetworkKey:
		c.keyExchange(x)
	case iso.NetworkSignOn, iso.NetworkSignOff, iso.NetworkCutOver, iso.NetworkEcho:
		x.refuse(verdictNetwork)
	default:
		x.refuse(verdictNoFunction)
	}
}
