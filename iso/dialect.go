package iso

import "fmt"

// Dialect is how one link's messages differ from another's, as data. The zero value is refused by NewCodec: start
// from EDC or Switch, because a wrong AmountDecimals is a hundredfold debit.
//
// Form, Length, Bitmap and TIDLength may be left out for terminals, whose values they then have. A switch has to say
// its length and its bitmap, for no two are alike.
type Dialect struct {
	Name string `toml:"name"`
	// Form is the family of the link's messages: terminals' packed ones, or the characters of a bank's switch.
	Form Form `toml:"form"`
	// Length is the header of a frame.
	Length LengthForm `toml:"length"`
	// Bitmap is how bitmaps stand in a switch's message, and with them its binary fields: DE52, 55, 64, 96 and 128.
	Bitmap BitmapForm `toml:"bitmap"`
	// TIDLength is the length of DE41 on a switch: 8, or 16 where the switch says so. 0 is 8.
	TIDLength int `toml:"tid_length"`
	// AmountDecimals is the number of minor digits in DE4, DE54, DE63 and tag 9F02: 2 on the captured EDC links, 0 on
	// an Indonesian switch.
	AmountDecimals int `toml:"amount_decimals"`
	// PANPad is the side of the zero nibble in a DE2 with an odd number of digits. With the wrong side a card number of
	// 19 digits is read as another one, without an error. A pad nibble F tells its own side. A switch sends characters
	// and has none.
	PANPad PadSide `toml:"pan_pad"`
	// CheckLuhn refuses card numbers with a wrong check digit, except in what must be heard: reversals, advices,
	// uploads.
	CheckLuhn bool `toml:"check_luhn"`
	// TPDU is what becomes of the TPDU in an answer. A switch sends none.
	TPDU TPDUReply `toml:"tpdu"`
}

// Form is a family of messages.
type Form string

// The families. Empty is FormEDC.
const (
	FormEDC    Form = "edc"    // TPDU, packed digits, one binary bitmap or two
	FormSwitch Form = "switch" // ISO 8583:1987 in ASCII, host to host
)

// LengthForm is the header of a frame. It never counts itself.
type LengthForm string

// The headers. Empty is LengthBinary on an EDC link.
const (
	LengthBinary LengthForm = "binary" // two bytes, big-endian
	LengthASCII4 LengthForm = "ascii4" // four ASCII digits
)

// BitmapForm is how bitmaps stand on the wire.
type BitmapForm string

// The bitmaps. Empty is BitmapBinary on an EDC link.
const (
	BitmapBinary BitmapForm = "binary" // 8 bytes each
	BitmapHex    BitmapForm = "hex"    // 16 characters each, upper case; binary fields too, two characters a byte
)

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
	return Dialect{
		Name: "edc", Form: FormEDC, Length: LengthBinary, Bitmap: BitmapBinary, TIDLength: tidLengthShort,
		AmountDecimals: 2, PANPad: PadLeft, CheckLuhn: true, TPDU: TPDUSwap,
	}
}

// SwitchDialect is the dialect of the published host-to-host messages: four ASCII digits of length, bitmaps in hex,
// rupiah without decimals.
func SwitchDialect() Dialect {
	return Dialect{
		Name: "switch", Form: FormSwitch, Length: LengthASCII4, Bitmap: BitmapHex, TIDLength: tidLengthShort,
		AmountDecimals: 0, CheckLuhn: true,
	}
}

// The lengths that DE41 may have: 8 in the standard, 16 at an Indonesian switch.
const (
	tidLengthShort = 8
	tidLengthLong  = 16
)

func (d Dialect) validate() error {
	switch {
	case d.AmountDecimals != 0 && d.AmountDecimals != 2:
		return fmt.Errorf("link %q: amount_decimals must be 0 or 2", d.Name)
	case d.Form == FormSwitch:
		return d.validateSwitch()
	case d.Form != FormEDC && d.Form != "":
		return fmt.Errorf("link %q: form must be edc or switch", d.Name)
	}
	return d.validateEDC()
}

func (d Dialect) validateEDC() error {
	switch {
	case d.Length != LengthBinary && d.Length != "":
		return fmt.Errorf("link %q: length must be binary where form is edc", d.Name)
	case d.Bitmap != BitmapBinary && d.Bitmap != "":
		return fmt.Errorf("link %q: bitmap must be binary where form is edc", d.Name)
	case d.TIDLength != tidLengthShort && d.TIDLength != 0:
		return fmt.Errorf("link %q: tid_length must be 8 where form is edc", d.Name)
	case d.PANPad != PadLeft && d.PANPad != PadRight:
		return fmt.Errorf("link %q: pan_pad must be left or right", d.Name)
	case d.TPDU != TPDUSwap && d.TPDU != TPDUEcho:
		return fmt.Errorf("link %q: tpdu must be swap or echo", d.Name)
	}
	return nil
}

func (d Dialect) validateSwitch() error {
	switch {
	case d.Length != LengthBinary && d.Length != LengthASCII4:
		return fmt.Errorf("link %q: length must be binary or ascii4", d.Name)
	case d.Bitmap != BitmapBinary && d.Bitmap != BitmapHex:
		return fmt.Errorf("link %q: bitmap must be binary or hex", d.Name)
	case d.TIDLength != tidLengthShort && d.TIDLength != tidLengthLong && d.TIDLength != 0:
		return fmt.Errorf("link %q: tid_length must be 8 or 16", d.Name)
	}
	return nil
}

// Framing is how this dialect's stream is cut into frames.
func (d Dialect) Framing() Framing {
	o := d.opening()
	if d.Form == FormSwitch {
		return Framing{ascii: d.Length == LengthASCII4, bytesMin: o.size(), bytesMax: SwitchFrameBytesMax}
	}
	return Framing{bytesMin: o.size(), bytesMax: FrameBytesMax}
}

// opening is what stands in front of this dialect's fields.
func (d Dialect) opening() opening {
	switch {
	case d.Form != FormSwitch:
		return opening{mti: len(TPDU{}), bitmap: len(TPDU{}) + 2, each: bitmapBytes}
	case d.Bitmap == BitmapHex:
		return opening{bitmap: 4, each: 2 * bitmapBytes, ascii: true, hex: true}
	}
	return opening{bitmap: 4, each: bitmapBytes, ascii: true}
}

// tidLength is the number of characters of DE41.
func (d Dialect) tidLength() int {
	if d.TIDLength == tidLengthLong {
		return tidLengthLong
	}
	return tidLengthShort
}

// scale is the number of minor units in a rupiah.
func (d Dialect) scale() int64 {
	if d.AmountDecimals == 2 {
		return 100
	}
	return 1
}

func (d Dialect) panForm() panForm { return panForm{right: d.PANPad == PadRight} }
