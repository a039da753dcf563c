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
	NII            string // DE24 as on the wire, 4 digits; empty where absent
	TID            string // DE41, 8 characters, blanks kept
	MID            string // DE42, 15 characters, trailing blanks cut; empty where absent
	MAC            Opaque // DE64 as received; nil where absent. Points into the body, see Codec.Decode
	MACInput       Opaque // the bytes DE64 covers: MTI up to the field before it, as received, never re-packed. Points into the body
}

// Head returns the header itself, so that embedding it makes a Request.
func (h *Header) Head() *Header { return h }
func (h *Header) sealed()       {}

// Payment is what purchase, inquiry and reversal have in common.
type Payment struct {
	PAN        PAN
	Expiry     string // YYMM from track 2, else DE14; empty where the message has none
	EntryMode  string // DE22 as on the wire, 4 digits; empty where absent
	Amount     int64  // DE4 in whole rupiah; 0 for an inquiry without DE4
	Fraction   bool   // DE4 had a remainder below one rupiah in the link's scale: to be refused with 13
	LocalStamp int64  // DE13 and DE12 as the number MMDDhhmmss; -1 where either is absent
	ATC        int32  // 9F36 in DE55, 0 to 65535; -1 where absent
	ChipAmount int64  // 9F02 in DE55, in the minor units of the link; -1 where absent
	Invoice    string // DE62, trailing blanks cut; empty where absent
	Batch      string // DE60, trailing blanks cut; empty where absent
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

// Reversal is 0400 or 0401. On an EDC link DE11 is the STAN of the original and there is no DE90.
type Reversal struct {
	Header
	Payment
}

// Network is 0800: logon (DE3 920000), test (DE3 990000) or the DE70 forms.
type Network struct {
	Header
	Code             string // DE70 as on the wire, 4 digits (0001, 0301 …); empty where absent
	TransmissionTime string // DE7, 10 digits; empty where absent
	SettlementDate   string // DE15, 4 digits; empty where absent
	Text             Opaque // DE48, which may hold a key; nil where absent. Points into the body
}

// Unsupported parsed as a request but is none that this gateway serves: an unknown MTI class or processing code.
// It is answered with 12 or 40 by the link's table.
type Unsupported struct {
	Header
}
