package pin

import (
	"errors"
	"strings"
	"testing"
)

const zone = "bank"

// testZone is a keystore with the wrapped ZMK of a link, and the bank's side of that key.
func testZone(t *testing.T, clearZMK string) (k *Keystore, wrapped []byte, bank *TerminalKey) {
	t.Helper()
	k = mustLoad(t, mustCreate(t))
	wrapped, err := k.WrapLinkKey(UseTMK, zone, unhex(t, clearZMK))
	if err != nil {
		t.Fatal(err)
	}
	return k, wrapped, mustExpand(t, UseTMK, unhex(t, clearZMK))
}

func TestPublishedZoneKey(t *testing.T) {
	v := loadVectors(t).KeyExchange
	k, zmk, bank := testZone(t, v.ZMK)
	field := v.WrappedZPK + v.KCV
	if sealed, err := bank.SealZoneKey(unhex(t, v.ZPK)); err != nil || sealed != field {
		t.Errorf("sealed %v, error %v", sealed == field, err)
	}
	keys, err := k.ReceiveZoneKeys(zone, zmk, UsePIN, field)
	if err != nil || keys.ZAK != nil {
		t.Fatalf("error %v, a ZAK: %v", err, keys.ZAK != nil)
	}
	zpk, err := k.OpenLinkKey(UsePIN, zone, keys.ZPK)
	if err != nil || zpk.KCV() != v.KCV {
		t.Errorf("key %v, error %v", zpk, err)
	}
}

func TestReceiveZoneKeys(t *testing.T) {
	k, zmk, bank := testZone(t, "0123456789ABCDEFFEDCBA9876543210")
	seal := func(digits string) string {
		field, err := bank.SealZoneKey(unhex(t, digits))
		if err != nil {
			t.Fatal(err)
		}
		return field
	}
	single, double, triple := seal(strings.Repeat("1C", 8)), seal(strings.Repeat("2A", 8)+strings.Repeat("3B", 8)), seal(strings.Repeat("2A3B4C", 8))
	for _, c := range []struct {
		name, text string
		use        Use
		zpk, zak   bool
		err        error
	}{
		{"a ZPK of double length", double, UsePIN, true, false, nil},
		{"a ZAK of double length", double, UseMAC, false, true, nil},
		{"single length", single, UsePIN, true, false, nil},
		{"triple length", triple, UsePIN, true, false, nil},
		{"both", double + seal(strings.Repeat("5D", 16)), UsePIN, true, true, nil},
		{"blanks behind and small letters", strings.ToLower(double) + "   ", UsePIN, true, false, nil},
		{"wrong check value", double[:38-6] + "000000", UsePIN, false, false, ErrKeyBlock},
		{"wrong check value of the second", double + double[:38-6] + "000000", UsePIN, false, false, ErrKeyBlock},
		{"no hex", strings.Repeat("Z", 38), UsePIN, false, false, ErrKeyBlock},
		{"a digit short", double[1:], UsePIN, false, false, ErrKeyBlock},
		{"nothing", "", UsePIN, false, false, ErrKeyBlock},
	} {
		keys, err := k.ReceiveZoneKeys(zone, zmk, c.use, c.text)
		if !errors.Is(err, c.err) || (keys.ZPK != nil) != c.zpk || (keys.ZAK != nil) != c.zak {
			t.Errorf("%s: ZPK %v, ZAK %v, error %v", c.name, keys.ZPK != nil, keys.ZAK != nil, err)
		}
	}
}

// TestLinkKeysAreBound: a key that was copied to another row, or to another column of it, does not open.
func TestLinkKeysAreBound(t *testing.T) {
	k, zmk, _ := testZone(t, "0123456789ABCDEFFEDCBA9876543210")
	for name, open := range map[string]func() error{
		"another link": func() error { _, err := k.OpenLinkKey(UseTMK, "other", zmk); return err },
		"another use":  func() error { _, err := k.OpenLinkKey(UsePIN, zone, zmk); return err },
		"a terminal":   func() error { _, err := k.OpenTerminalKey(UseTMK, zone, zmk); return err },
		"none":         func() error { _, err := k.ReceiveZoneKeys(zone, nil, UsePIN, ""); return err },
	} {
		if open() == nil {
			t.Errorf("%s: it opens", name)
		}
	}
	if _, err := k.WrapLinkKey(UseTMK, zone, make([]byte, 5)); !errors.Is(err, errKeyLength) {
		t.Errorf("five bytes: %v", err)
	}
	if _, err := mustExpand(t, UsePIN, make([]byte, 16)).SealZoneKey(make([]byte, 16)); !errors.Is(err, errUse) {
		t.Errorf("a ZPK seals keys: %v", err)
	}
}
