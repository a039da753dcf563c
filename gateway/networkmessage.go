package gateway

import "bpnt/iso"

// networkServed are the functions of DE70 that this gateway has: sign-on, sign-off, cut-over and echo. A key exchange
// (0101) would need a key that both sides hold already; it is refused with 40.
var networkServed = map[string]bool{"0001": true, "0002": true, "0201": true, "0301": true}

// networkMessage answers logon, echo and sign-on without the ledger: they tell that the line works, not that a
// terminal may trade.
func (c *conn) networkMessage(x *exchange, m *iso.Network) {
	x.network = m
	x.refuse(verdictNetwork)
	if m.Code != "" && !networkServed[m.Code] {
		x.refuse(verdictNoFunction)
	}
}
