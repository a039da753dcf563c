package ledger

import (
	"errors"
	"strings"
	"time"
)

// IdentityWindow is how long an identity is remembered without a chip counter or a local time that confirms it, unless
// the link says otherwise (DESIGN D5).
const IdentityWindow = 30 * 24 * time.Hour

// AmountMax is the largest amount in rupiah that DE4 can carry.
const AmountMax = 999_999_999_999

// Validate finds what would make the database refuse the row, and with it the whole batch: a caller answers such a
// request by itself. The limits are those of the wire (DE11 six digits, DE41 eight characters and so on).
func (r *Request) Validate() error {
	switch {
	case r.Kind < KindRedeem || r.Kind > KindAdvise:
		return errors.New("kind out of range")
	case !isTID(r.TID):
		return errors.New("TID must be 8 to 16 printable characters")
	case len(r.MID) > 15 || !storable(r.MID):
		return errors.New("MID must be at most 15 printable characters")
	case r.STAN < 0 || r.STAN > 999999:
		return errors.New("STAN out of range")
	case r.ProcessingCode < 0 || r.ProcessingCode > 999999:
		return errors.New("processing code out of range")
	case !r.fits():
		return errors.New("a processing code of another kind")
	case r.Amount < 0 || r.Amount > AmountMax:
		return errors.New("amount out of range")
	case len(r.Invoice) > 999 || !storable(r.Invoice):
		return errors.New("invoice must be printable")
	}
	return nil
}

// fits tells whether the processing code says what the kind does: a reversal finds its original by it.
func (r *Request) fits() bool {
	function := r.function()
	switch r.Kind {
	case KindReverse, KindBlock:
		return true
	case KindVoid:
		return function == functionVoid
	case KindRefund:
		return function == functionRefund
	}
	return function != functionVoid && function != functionRefund
}

// storable tells whether text may go into the books: printable ASCII, so never a NUL and always valid UTF-8.
func storable(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}
