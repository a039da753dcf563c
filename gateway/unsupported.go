package gateway

import "bpnt/iso"

// unsupported refuses what parsed but is not served: a financial message with a processing code of something else is
// an invalid transaction (12), any other type of message a missing function (40).
func (c *conn) unsupported(x *exchange) {
	switch x.head.MTI.Original() {
	case iso.MTIFinancial, iso.MTIAuthorization:
		x.refuse(verdictBadCode)
	default:
		x.refuse(verdictNoFunction)
	}
}
