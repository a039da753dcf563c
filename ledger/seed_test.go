package ledger

import (
	"strings"
	"testing"

	"bpnt/ledger/localpg/pgtest"

	"pgregory.net/rapid"
)

func TestJakartaIsSynthetic(t *testing.T) {
	area := NewJakarta(7)
	if area.Families != 212_948 || area.Outlets != 253 {
		t.Fatalf("Jakarta's size: %+v", area)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, area.Families-1).Draw(t, "family")
		card := area.Card(i)
		if !strings.HasPrefix(string(card.PAN[:]), "999912") {
			t.Errorf("card %d is not of the range that no country holds", i)
		}
		if card.PAN[15] != luhnDigit(card.PAN[:15]) || card != area.Card(i) {
			t.Errorf("card %d: check digit, or not the same twice", i)
		}
	})
	for o := range area.Outlets {
		terminal := area.Terminal(o)
		if len(terminal.TID) != 8 || len(terminal.MID) != 15 || terminal.MID != area.Outlet(o).MID {
			t.Errorf("terminal %d: %s %s", o, terminal.TID, terminal.MID)
		}
	}
}

// TestTerminalsOfAnArea: terminals stand in turns at the outlets, families shop at their terminal's outlet, and without a
// number of terminals each outlet has one.
func TestTerminalsOfAnArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		area := Jakarta{Seed: 1, Families: 100_000, Outlets: rapid.IntRange(1, 300).Draw(t, "outlets")}
		i := rapid.IntRange(0, area.Families-1).Draw(t, "family")
		if area.TerminalCount() != area.Outlets || area.OutletOf(i) != i%area.Outlets {
			t.Fatalf("%d terminals, family %d at outlet %d", area.TerminalCount(), i, area.OutletOf(i))
		}
		area.Terminals = area.Outlets + rapid.IntRange(0, 1000).Draw(t, "more")
		k := area.TerminalOf(i)
		if k < 0 || k >= area.Terminals || area.Terminal(k).MID != area.Outlet(area.OutletOf(i)).MID {
			t.Fatalf("family %d at terminal %d of %d, outlet %d of %d", i, k, area.Terminals, area.OutletOf(i), area.Outlets)
		}
	})
}

func TestLuhnDigit(t *testing.T) {
	if got := luhnDigit([]byte("7992739871")); got != '3' {
		t.Errorf("check digit %c, want 3", got)
	}
}

func TestSeed(t *testing.T) {
	url := pgtest.CloneDatabase(t, templateName(t))
	operator, err := Open(t.Context(), Options{URL: url, Role: RoleOperator})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(operator.Close)
	var last int64
	options := SeedOptions{
		Area: Jakarta{Seed: 1, Families: 1200, Outlets: 7, Terminals: 1013}, Link: "edc", Keys: benchKeys{},
		WrapTPK:  func(string, []byte) ([]byte, error) { return []byte("wrapped"), nil },
		Progress: func(done int64) { last = done },
	}
	if err := operator.Seed(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if err := operator.Seed(t.Context(), options); err == nil || !strings.Contains(err.Error(), "only an empty one") {
		t.Errorf("a second seed: %v", err)
	}
	report, err := operator.Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod, AmountIDR: testGrant})
	if err != nil || report.Funded != 1200 || last != 1200 {
		t.Errorf("%+v, progress %d, %v", report, last, err)
	}
	b := books{t: t, operator: operator}
	if got := b.audit().FundedIDR; got != 1200*testGrant {
		t.Errorf("funded %d", got)
	}
}
