package iso

import "fmt"

// Dialect is how one link's messages differ from another's, as data. The zero value is refused by NewCodec: start
// from EDC, because a wrong AmountDecimals is a hundredfold debit.
type Dialect struct {
	Name string `toml:"name"`
	// AmountDecimals is the number of minor digits in DE4, DE54 and tag 9F02: 2 on the captured EDC links, 0 on an
	// Indonesian switch.
	AmountDecimals int `toml:"amount_decimals"`
	// PANPad is the side of the zero nibble in a DE2 with an odd number of digits. With the wrong side a card number of
	// 19 digits is read as another one, without an error. A pad nibble F tells its own side.
	PANPad PadSide `toml:"pan_pad"`
	// CheckLuhn refuses card numbers with a wrong check digit, except in reversals: those must be heard.
	CheckLuhn bool `toml:"check_luhn"`
	// TPDU is what becomes of the TPDU in an answer.
	TPDU TPDUReply `toml:"tpdu"`
}

// PadSide is where a pad nibble stands.
type PadSide string

// The sides of a pad nibble.
const (
	PadLeft  PadSide = "left"
	PadRight PadSide = "right"
)

// TPDUReply is what an answer's TPDU is made of.
type TPDUReply string

// What an answer does with the TPDU: the usual swap, or the echo of the published Indonesian host.
const (
	TPDUSwap TPDUReply = "swap"
	TPDUEcho TPDUReply = "echo"
)

// EDC is the dialect of the captured Indonesian terminals, with the swapped TPDU that most hosts answer with.
func EDC() Dialect {
	return Dialect{Name: "edc", AmountDecimals: 2, PANPad: PadLeft, CheckLuhn: true, TPDU: TPDUSwap}
}

func (d Dialect) validate() error {
	switch {
	case d.AmountDecimals != 0 && d.AmountDecimals != 2:
		return fmt.Errorf("link %q: amount_decimals must be 0 or 2", d.Name)
	case d.PANPad != PadLeft && d.PANPad != PadRight:
		return fmt.Errorf("link %q: pan_pad must be left or right", d.Name)
	case d.TPDU != TPDUSwap && d.TPDU != TPDUEcho:
		return fmt.Errorf("link %q: tpdu must be swap or echo", d.Name)
	}
	return nil
}

// scale is the number of minor units in a rupiah.
func (d Dialect) scale() int64 {
	if d.AmountDecimals == 2 {
		return 100
	}
	return 1
}

func (d Dialect) panForm() panForm { return panForm{right: d.PANPad == PadRight} }
