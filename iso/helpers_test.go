package iso

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Synthetic cards: 9 is no card industry and 999 no country, so these numbers can never be real. Luhn holds.
var (
	card16 = luhned("999912000000042")
	card17 = luhned("9999120000000042")
	card19 = luhned("999912000000000042")
)

// luhned appends the check digit.
func luhned(digits string) string {
	for check := '0'; check <= '9'; check++ {
		if pan, err := ParsePAN(digits + string(check)); err == nil && pan.Luhn() {
			return digits + string(check)
		}
	}
	panic("no check digit fits")
}

// What stands in front of a terminal's fields, and how its stream is cut.
var (
	edcOpening = EDC().opening()
	edcFraming = EDC().Framing()
)

func mustPAN(t testing.TB, digits string) PAN {
	t.Helper()
	pan, err := ParsePAN(digits)
	if err != nil {
		t.Fatalf("ParsePAN of %d digits: %v", len(digits), err)
	}
	return pan
}

func mustTrack2(t testing.TB, track string) Track2 {
	t.Helper()
	parsed, err := ParseTrack2(track)
	if err != nil {
		t.Fatalf("ParseTrack2 of %d characters: %v", len(track), err)
	}
	return parsed
}

func mustCodec(t testing.TB, change ...func(*Dialect)) *Codec {
	t.Helper()
	d := EDC()
	for _, f := range change {
		f(&d)
	}
	c, err := NewCodec(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mustSwitch is the codec of the published host-to-host messages, changed.
func mustSwitch(t testing.TB, change ...func(*Dialect)) *Codec {
	t.Helper()
	d := SwitchDialect()
	for _, f := range change {
		f(&d)
	}
	c, err := NewCodec(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func noLuhn(d *Dialect)   { d.CheckLuhn = false }
func rightPad(d *Dialect) { d.PANPad = PadRight }
func echoTPDU(d *Dialect) { d.TPDU = TPDUEcho }
func wholeIDR(d *Dialect) { d.AmountDecimals = 0 }

// What one switch has otherwise than another.
func binaryMap(d *Dialect)    { d.Bitmap = BitmapBinary }
func binaryLength(d *Dialect) { d.Length = LengthBinary }
func longTID(d *Dialect)      { d.TIDLength = 16 }
func twoDecimals(d *Dialect)  { d.AmountDecimals = 2 }

// unhex reads hex with blanks and line ends in it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatalf("bad hex in the test: %v", err)
	}
	return b
}

// Chip data of a synthetic purchase of 50,000 rupiah: tags as the published terminals send them, values our own.
const chipHex = "5F2A020360 5F340101 82025400 8407A0000006021010 95050080008000 9A03261122 9C0100" +
	" 9F0206000005000000 9F0306000000000000 9F100701010102030405 9F1A020360 9F1E083132333435363738 9F26081122334455667788" +
	" 9F270180 9F3303E0F8C8 9F3403020000 9F350122 9F360202CC 9F370401020304 9F410400000036"

func testTerminal() Terminal {
	return Terminal{
		TPDU: TPDU{0x60, 0x00, 0x10, 0x00, 0x07}, NII: "0010", TID: "JKT00001", MID: "EWARONG00000001",
		Batch: "000001", EntryMode: "0051",
	}
}

// testPurchase is the purchase that most tests and the benchmark use.
func testPurchase(t testing.TB) Outgoing {
	o := testTerminal().Purchase(36, mustTrack2(t, card16+"D31125200000000000000"), 50_000,
		NewPINBlock([8]byte{0x51, 0x03, 0xAF, 0xE3, 0x04, 0xA0, 0x2C, 0x54}), "000036")
	o.Chip = unhex(t, chipHex)
	return o
}

// frameBody encodes a request and takes the length off.
func frameBody(t testing.TB, c *Codec, o Outgoing) []byte {
	t.Helper()
	frame, err := c.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatal(err)
	}
	return frame[c.framing.header():]
}

func testResponse(r *Purchase) *Response {
	return &Response{
		Header: r.Header, Fields: Fields(3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 54, 62, 64),
		Time: 1122094257, ResponseCode: "00", Amount: r.Amount, HasAmount: true, RRN: "000000000036",
		Approval: "A2B3C4", Balance: 150_000, HasBalance: true, Invoice: r.Invoice,
		Receipt: NewReceipt("APPROVED - 00").Normal("E-WARONG MELATI", "", "KARTU "+r.PAN.Masked()).Bold("TOTAL Rp50.000").Text(),
	}
}
