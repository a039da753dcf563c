package iso

import "strings"

// Request is a message that a terminal sent, decoded and checked for form. The set is sealed: a switch over it
// names every message that a link can carry.
//
// Every Request carries its Header; what a handler needs beyond it stands in the concrete type.
type Request interface {
	Head() *Header
	sealed()
}

// Header is what every request carries and every response repeats.
type Header struct {
	TPDU           TPDU
	MTI            MTI
	ProcessingCode string // DE3, 6 digits; empty where the message has none
	STAN           int32  // DE11, 0 to 999999
	NII            string // DE24, 4 digits (a switch's three behind a 0); empty where absent
	TID            string // DE41: 8 characters, blanks kept; on a switch up to 16, without the blanks behind the eighth
	MID            string // DE42, 15 characters, trailing blanks cut; empty where absent
	// RRN is DE37, 12 characters: of the original in a void, a refund or an upload, of the message itself on a switch;
	// empty where absent.
	RRN   string
	Route Route // of a message that came over a switch; the zero value on an EDC link
	// MAC is DE64 as received, or DE128 of a switch's message with two bitmaps; nil where absent. MACInput is the bytes
	// it covers: MTI up to the field before it, as received, never re-packed. Both point into the body, see
	// Codec.Decode.
	MAC      Opaque
	MACInput Opaque
}

// Route is what a switch adds to every message, and what its answer repeats. Digits as on the wire; empty where absent.
type Route struct {
	TransmissionTime string // DE7, MMDDhhmmss in GMT
	SettlementDate   string // DE15, MMDD
	Channel          string // DE18: 6010 teller, 6011 ATM, 6012 POS, 6018 EDC
	Acquirer         string // DE32, up to 11 digits
	Forwarder        string // DE33, up to 11 digits
	Currency         string // DE49, 3 digits
}

// Head returns the header itself, so that embedding it makes a Request.
func (h *Header) Head() *Header { return h }
func (h *Header) sealed()       {}

// Payment is what purchase, inquiry and reversal have in common.
type Payment struct {
	PAN        PAN
	Expiry     string // YYMM from track 2, else DE14; empty where the message has none
	EntryMode  string // DE22, 4 digits (a switch's three behind a 0); empty where absent
	Amount     int64  // DE4 in whole rupiah; 0 for an inquiry without DE4
	Fraction   bool   // DE4 had a remainder below one rupiah in the link's scale: to be refused with 13
	LocalStamp int64  // DE13 and DE12 as the number MMDDhhmmss; -1 where either is absent
	ATC        int32  // 9F36 in DE55, 0 to 65535; -1 where absent
	ChipAmount int64  // 9F02 in DE55, in the minor units of the link; -1 where absent
	Invoice    string // DE62, trailing blanks cut; empty where absent, and on a switch, where DE62 is private
	Batch      string // DE60, trailing blanks cut; empty where absent, in an upload, and on a switch
}

// Account is the from-account, digits 3 and 4 of DE3: 00 default, 10 savings, 60 e-money. 00 where there is no DE3.
func (h *Header) Account() string { return accountOf(h.ProcessingCode) }

// Cash tells whether the message is about money that is drawn and not about food: DE3 01xxxx.
func (h *Header) Cash() bool { return strings.HasPrefix(h.ProcessingCode, "01") }

// Purchase is 0200 or 0201 with DE3 00xxxx, a redemption in food, or 01xxxx, a redemption in cash (Header.Cash).
type Purchase struct {
	Header
	Payment
	PIN PINBlock // DE52; PINBlock.Present tells whether it came
}

// Inquiry is 0200 or 0100 (and their repeats) with DE3 30xxxx or 31xxxx.
type Inquiry struct {
	Header
	Payment
	PIN PINBlock
}

// Reversal is 0400 or 0401, on a switch 0420 or 0421 as well. On an EDC link DE11 is the STAN of the original and
// Original is the zero value; on a switch DE11 is the reversal's own and DE90 names the original.
type Reversal struct {
	Header
	Payment
	Original OriginalElements
}

// Void is 0200 or 0201 with DE3 02xxxx: the outlet cancels the purchase whose RRN stands in DE37 (Header.RRN).
type Void struct {
	Header
	Payment
}

// Refund is 0200 or 0201 with DE3 20xxxx: the outlet gives back all or part of the purchase whose RRN stands in DE37.
type Refund struct {
	Header
	Payment
}

// Advice is 0220 or 0221 with DE3 00xxxx: the food was handed out already, against a signed form.
type Advice struct {
	Header
	Payment
}

// Settlement is 0500 or 0520 of a terminal, or their repeats: DE3 920000 with the totals of its batch, or 960000, the
// trailer after an upload, which may come without totals.
type Settlement struct {
	Header
	Batch   string // DE60, trailing blanks cut; empty where absent
	Totals  Totals // DE63
	Trailer bool   // DE3 960000
}

// Upload is 0320 or 0321, one transaction of a batch whose totals differ. DE60 names it: type, STAN and RRN.
type Upload struct {
	Header
	Payment
	OriginalMTI  MTI
	OriginalSTAN int32
	OriginalRRN  string // 12 characters
	More         bool   // the last digit of DE3 is 1: others follow
}

// Reconciliation is 0500, 0501, 0520 or 0521 of a switch: what it counts for a business day, which stands in DE15
// (Route.SettlementDate).
type Reconciliation struct {
	Header
	Figures
	Code        string // DE66, 1 digit; empty where absent
	Institution string // DE99, up to 11 digits; empty where absent
}

// Network is 0800: logon (DE3 920000), test (DE3 990000) or the DE70 forms.
type Network struct {
	Header
	Code             string // DE70, 4 digits (0001, 0301 …; a switch's three behind a 0); empty where absent
	TransmissionTime string // DE7, 10 digits; empty where absent
	SettlementDate   string // DE15, 4 digits; empty where absent
	Text             Opaque // DE48, which may hold a key; nil where absent. Points into the body
}

// Unsupported parsed as a request but is none that this gateway serves: an unknown MTI class or processing code.
// It is answered with 12 or 40 by the link's table.
type Unsupported struct {
	Header
}
