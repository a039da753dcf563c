package iso

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestFieldSet behaves like a sorted set of numbers and survives its text.
func TestFieldSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.IntRange(2, 128), rapid.ID).Draw(t, "elements")
		set := Fields(list...)
		slices.Sort(list)
		if !slices.Equal(set.Elements(), list) || set.Len() != len(list) {
			t.Fatalf("%v became %v", list, set.Elements())
		}
		for de := -1; de < 140; de++ {
			if set.Has(de) != slices.Contains(list, de) {
				t.Fatalf("Has(%d) is wrong", de)
			}
		}
		var back FieldSet
		if err := back.UnmarshalText([]byte(set.String())); err != nil || back != set {
			t.Fatalf("%s came back as %s: %v", set, back, err)
		}
		if set.With(list...) != set || set.Without(list...) != (FieldSet{}) || set.where(func(de int) bool { return slices.Contains(list, de) }) != set {
			t.Fatal("With or Without is wrong")
		}
	})
	for _, bad := range []string{"1", "0", "129", "3,x", "-4", "3;4"} {
		var s FieldSet
		if s.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if Fields(0, 1, 129, -7) != (FieldSet{}) {
		t.Error("numbers that are no data elements became members")
	}
}

// TestMTI: what a type says and what its answer is.
func TestMTI(t *testing.T) {
	for mti, want := range map[MTI]MTI{0x0200: 0x0210, 0x0201: 0x0210, 0x0400: 0x0410, 0x0401: 0x0410, 0x0100: 0x0110, 0x0800: 0x0810, 0x0420: 0x0430, 0x0421: 0x0430, 0x0220: 0x0230} {
		if mti.Response() != want || mti.IsResponse() || !want.IsResponse() {
			t.Errorf("%s is answered with %s, want %s", mti, mti.Response(), want)
		}
	}
	m := MTI(0x0401)
	if m.String() != "0401" || m.Version() != 0 || m.Class() != 4 || m.Function() != 0 || !m.IsRepeat() || m.Original() != MTIReversal || MTIReversal.Repeat() != m {
		t.Errorf("%s", m)
	}
}

// TestTPDU swaps, and survives JSON.
func TestTPDU(t *testing.T) {
	tpdu := TPDU{0x60, 0x00, 0x10, 0x80, 0x53}
	if tpdu.Swap() != (TPDU{0x60, 0x80, 0x53, 0x00, 0x10}) || tpdu.Swap().Swap() != tpdu {
		t.Errorf("swapped: %s", tpdu.Swap())
	}
	encoded, err := json.Marshal(struct {
		TPDU TPDU
		MTI  MTI
		Set  FieldSet
	}{tpdu, 0x0210, Fields(3, 39)})
	if err != nil || string(encoded) != `{"TPDU":"6000108053","MTI":"0210","Set":"3,39"}` {
		t.Errorf("%s %v", encoded, err)
	}
	var back TPDU
	if err := back.UnmarshalText([]byte("6000108053")); err != nil || back != tpdu {
		t.Error(err)
	}
	for _, bad := range []string{"", "60001080", "60001080ZZ", "600010805300"} {
		if back.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestDialect refuses settings that would read money or cards wrongly, the zero value among them.
func TestDialect(t *testing.T) {
	for name, change := range map[string]func(*Dialect){
		"zero value": func(d *Dialect) { *d = Dialect{} }, "3 decimals": func(d *Dialect) { d.AmountDecimals = 3 },
		"no pad side": func(d *Dialect) { d.PANPad = "" }, "unknown TPDU": func(d *Dialect) { d.TPDU = "keep" },
		"unknown form": func(d *Dialect) { d.Form = "atm" }, "EDC with a long terminal": longTID,
		"EDC with ASCII lengths": func(d *Dialect) { d.Length = LengthASCII4 }, "EDC with hex": func(d *Dialect) { d.Bitmap = BitmapHex },
		"a switch that says nothing": func(d *Dialect) { *d = Dialect{Form: FormSwitch} },
		"a switch without a bitmap":  func(d *Dialect) { *d = Dialect{Form: FormSwitch, Length: LengthBinary} },
		"a switch without a length":  func(d *Dialect) { *d = Dialect{Form: FormSwitch, Bitmap: BitmapHex} },
		"a terminal of 9":            func(d *Dialect) { *d = SwitchDialect(); d.TIDLength = 9 },
	} {
		d := EDC()
		change(&d)
		if _, err := NewCodec(d); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestDialectDefaults: a configuration file from before there were switches means what it meant.
func TestDialectDefaults(t *testing.T) {
	old := Dialect{Name: "edc", AmountDecimals: 2, PANPad: PadLeft, CheckLuhn: true, TPDU: TPDUSwap}
	c, err := NewCodec(old)
	if err != nil || c.framing != edcFraming || c.layout.opening != edcOpening || c.switched() {
		t.Errorf("%+v, %v", c, err)
	}
}
