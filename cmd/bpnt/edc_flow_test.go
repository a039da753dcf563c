package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// TestSettlementGoesOn: a settlement that breaks off anywhere goes on where it stopped, and nothing else happens before.
func TestSettlementGoesOn(t *testing.T) {
	settlements, uploads := 0, 0
	h, addr := newScriptedHost(t, func(r iso.Request) iso.Response {
		switch m := r.(type) {
		case *iso.Settlement:
			if settlements++; settlements == 1 || settlements == 3 {
				return iso.Response{} // the first settlement and the first trailer are not answered
			}
			if !m.Trailer {
				return code("95")
			}
		case *iso.Upload:
			if uploads++; uploads == 2 {
				return iso.Response{}
			}
			if uploads == 3 {
				return code("25")
			}
		}
		return code("00")
	})
	playSteps(t, h, testProfile(t, addr), []edcStep{
		{"purchase --amount 1000", 0, "purchase 00", "0200 000000"},
		{"purchase --amount 2000", 0, "purchase 00", "0200 000000"},
		{"purchase --amount 4000", 0, "purchase 00", "0200 000000"},
		{"void", 0, "void 00", "0200 020000"},
		{"cash --amount 8000", 0, "cash 00", "0200 010000"},
		{"journal", 0, "PENJUALAN : 3  Rp 11.000", ""},
		{"upload", 2, "bpnt edc settle comes first", ""},
		{"settle", 3, "run bpnt edc settle again", "0500 920000"},
		{"purchase --amount 1", 2, "batch 000001 is being settled", ""},
		{"reverse", 2, "batch 000001 is being settled", ""},
		{"settle --lose 1", 2, "leave --lose out", ""},
		{"settle --by-hand", 1, "bpnt edc upload sends", "0501 920000"},
		{"settle", 3, "goes on where it stopped", "0320 000001, 0320 000001"},
		{"upload", 3, "sends the trailer once more", "0320 000001, 0320 010000, 0500 960000"},
		{"upload --json", 0, `"strange": 1`, "0501 960000"},
		{"journal", 0, "batch 000002: PENJUALAN : 0", ""},
		{"reverse", 2, "nothing to reverse", ""},
	})
}

// TestUndoing: what becomes of voids, refunds and advices that were not heard, and what a void does to its sale.
func TestUndoing(t *testing.T) {
	silent, voids := false, "00"
	h, addr := newScriptedHost(t, func(r iso.Request) iso.Response {
		if silent {
			return iso.Response{}
		}
		if _, ok := r.(*iso.Void); ok {
			return code(voids)
		}
		return code("00")
	})
	profile := testProfile(t, addr)
	playSteps(t, h, profile, []edcStep{
		{"void", 2, "no sale that stands", ""},
		{"advice --repeat", 2, "no advice waits", ""},
		{"advice --amount 5000", 0, "advice 00", "0220 000000"},
		{"refund --amount 2000", 0, "refund 00", "0200 200000"},
		{"reverse", 0, "reversal 00", "0400 200000"},
		{"void --trace 7", 2, "no sale with trace 000007", ""},
		{"refund --rrn 000000000123 --amount 10", 0, "refund 00", "0200 200000"},
		{"journal", 0, "REFUND    : 1  Rp 10", ""},
	})
	silent = true
	playSteps(t, h, profile, []edcStep{
		{"void", 3, "run bpnt edc reverse", "0200 020000"},
		{"advice --amount 1", 2, "the outcome of void", ""},
	})
	silent = false
	playSteps(t, h, profile, []edcStep{
		{"reverse", 0, "reversal 00", "0400 020000"},
		{"reverse", 0, "reversal 00", "0401 020000"},
		{"journal", 0, "PENJUALAN : 1  Rp 5.000", ""},
	})
	silent = true
	playSteps(t, h, profile, []edcStep{
		{"advice --amount 700", 3, "bpnt edc advice --repeat", "0220 000000"},
		{"void", 2, "run bpnt edc advice --repeat first", ""},
	})
	silent = false
	playSteps(t, h, profile, []edcStep{
		{"advice --repeat", 0, "advice 00", "0221 000000"},
		{"journal", 0, "PENJUALAN : 2  Rp 5.700", ""},
		{"void --trace 4", 0, "void 00", "0200 020000"},
	})
	voids = "25"
	playSteps(t, h, profile, []edcStep{
		{"void --trace 4", 1, "void 25", "0200 020000"},
		{"reverse", 0, "reversal 00", "0400 020000"},
		{"journal", 0, "PENJUALAN : 1  Rp 5.000", ""}, // the first void stands
	})
}

// TestKeyDownload: keys that come under the terminal's master key are used; others leave those of before.
func TestKeyDownload(t *testing.T) {
	tmk := strings.Repeat("0123456789ABCDEF", 2)
	good, tak := keyBlock(t, tmk)
	bad, _ := keyBlock(t, strings.Repeat("FEDCBA9876543210", 2))
	block := good
	signed := 0
	h, addr := newScriptedHost(t, func(r iso.Request) iso.Response {
		if head := r.Head(); head.MTI == iso.MTIFinancial && tak.VerifyMAC(head.MACInput, head.MAC) {
			signed++
		}
		return iso.Response{ResponseCode: "00", Key: iso.Opaque(block)}
	})
	profile := testProfile(t, addr)
	file := filepath.Join(t.TempDir(), "tmk")
	if err := os.WriteFile(file, []byte(tmk+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	steps := func(s ...edcStep) { t.Helper(); playSteps(t, h, profile, s) }
	steps(
		edcStep{"logon", 0, "has no TMK", "0800 920000"},
		edcStep{"logon --tmk-file /nowhere", 2, "cannot be read", ""},
		edcStep{"logon --tmk-file " + file, 0, "new working keys", "0800 920000"},
		edcStep{"purchase --amount 500", 0, "purchase 00", "0200 000000"},
	)
	block = bad
	steps(
		edcStep{"logon", 1, "the keys of before stay", "0800 920000"},
		edcStep{"purchase --amount 500", 0, "purchase 00", "0200 000000"},
	)
	if signed != 2 {
		t.Errorf("%d of 2 purchases had a right MAC", signed)
	}
	state, err := os.ReadFile(profile + ".state")
	if err != nil || !strings.Contains(string(state), good) {
		t.Errorf("the state does not hold the key block as it came: %v", err)
	}
	if r := bpnt(t, "short\n", "edc", "logon", "--profile", profile, "--read-tmk"); r.status != 2 || !strings.Contains(r.err, "32 hex digits") {
		t.Errorf("a short TMK: status %d, %s", r.status, r.err)
	}
}

// keyBlock is what a host sends to a terminal with this TMK, and the MAC key in it.
func keyBlock(t *testing.T, tmk string) (block string, tak *pin.TerminalKey) {
	t.Helper()
	clear := make(hexKey, 0, 16)
	if err := clear.UnmarshalText([]byte(tmk)); err != nil {
		t.Fatal(err)
	}
	master, err := pin.ExpandTerminalKey(pin.UseTMK, clear)
	if err != nil {
		t.Fatal(err)
	}
	const key = "\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF\x01"
	for range 2 {
		field, err := master.SealZoneKey([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		block += field
	}
	tak, err = pin.ExpandTerminalKey(pin.UseMAC, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return block, tak
}
