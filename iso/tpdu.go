package iso

import "encoding/hex"

// TPDU is the five-byte transport header in front of every message: 60, destination NII, source NII (ISO 8583 itself
// knows nothing of it; the terminals' concentrators route by it).
type TPDU [5]byte

// Swap exchanges destination and source: the header of an answer that is routed back the way the request came.
func (t TPDU) Swap() TPDU { return TPDU{t[0], t[3], t[4], t[1], t[2]} }

// String is the header in upper-case hex, 10 digits.
func (t TPDU) String() string { return upperHex(t[:]) }

// MarshalText is String, for JSON and configuration files.
func (t TPDU) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads 10 hex digits.
func (t *TPDU) UnmarshalText(text []byte) error {
	if len(text) != 2*len(t) {
		return errTPDU
	}
	var parsed TPDU
	if _, err := hex.Decode(parsed[:], text); err != nil {
		return errTPDU
	}
	*t = parsed
	return nil
}
