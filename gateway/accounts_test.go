package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"

	"bpnt/iso"
	"bpnt/ledger"
)

// pockets are books with two programmes.
type pockets struct{ *poster }

func (pockets) ProgrammeID(_ context.Context, code string) (int16, error) {
	id, known := map[string]int16{"BPNT": 1, "PKH": 2}[code]
	if !known {
		return 0, ledger.ErrNotFound
	}
	return id, nil
}

func withAccounts(a Accounts) Config {
	return testConfig(func(c *Config) { c.Links[0].Accounts = a })
}

// withCode is the message with another processing code.
func withCode(o *iso.Outgoing, code string) *iso.Outgoing {
	o.ProcessingCode = code
	return o
}

func TestAccountsChooseTheProgramme(t *testing.T) {
	table := Accounts{"10": "PKH", "60": "BPNT"}
	for _, c := range []struct {
		accounts  Accounts
		code      string
		answer    string
		programme int16
		byCard    bool
	}{
		{nil, "000000", "00", 1, true},
		{nil, "001000", "00", 1, true}, // no table: digits mean nothing
		{table, "000000", "00", 1, true},
		{table, "001000", "00", 2, false},
		{table, "006000", "00", 1, false},
		{table, "011000", "00", 2, false},
		{table, "311000", "00", 2, false},
		{table, "306000", "00", 1, false},
		{table, "310000", "00", 1, true},
		{table, "002000", "12", 0, false},
		{table, "012000", "12", 0, false},
		{table, "312000", "12", 0, false},
	} {
		books := newPoster()
		g := start(t, withAccounts(c.accounts), pockets{books}, keystore(t))
		if a := dial(t, g).ask(withCode(purchase(1), c.code)); a.ResponseCode != c.answer {
			t.Errorf("%s with %v: %s, want %s", c.code, c.accounts, a.ResponseCode, c.answer)
		}
		asked := books.posted()
		if c.programme == 0 {
			if len(asked) != 0 {
				t.Errorf("%s: an account that is not served reached the ledger", c.code)
			}
			continue
		}
		if asked[0].Programme != c.programme || asked[0].ByCard != c.byCard {
			t.Errorf("%s with %v: programme %d, by card %v", c.code, c.accounts, asked[0].Programme, asked[0].ByCard)
		}
	}
}

// TestUnservedAccount: 12 to a first message, silence to a flagged repeat, whose first copy may have come when the link
// still served the account, and a reversal is heard.
func TestUnservedAccount(t *testing.T) {
	books := newPoster()
	g := start(t, withAccounts(Accounts{"10": "PKH"}), pockets{books}, keystore(t))
	e := dial(t, g)
	a := e.ask(withCode(purchase(1), "006000"))
	if a.ResponseCode != "12" || !strings.Contains(a.Receipt, "JENIS REKENING TIDAK DILAYANI") {
		t.Errorf("%s\n%s", a.ResponseCode, a.Receipt)
	}
	if a := e.ask(withCode(purchase(1), "006000")); a.ResponseCode != "12" {
		t.Errorf("a copy, of which none was passed on: %s", a.ResponseCode)
	}
	e.wantSilence(g, withMTI(withCode(purchase(1), "006000"), 0x0201))
	if a := e.ask(withMTI(withCode(purchase(1), "006000"), 0x0400)); a.ResponseCode != "00" {
		t.Errorf("its reversal: %s", a.ResponseCode)
	}
	if asked := books.posted(); len(asked) != 1 || asked[0].Kind != ledger.KindReverse || asked[0].ProcessingCode != 6000 {
		t.Errorf("the ledger was asked %+v", asked)
	}
	if n := figure(t, g, `bpnt_shed_total{reason="unsupported_account"}`); n != 3 {
		t.Errorf("%v counted", n)
	}
}

// TestCashIsARedemption of its own title; whether a programme allows it the ledger says.
func TestCashIsARedemption(t *testing.T) {
	books := newPoster()
	g := start(t, testConfig(nil), books, keystore(t))
	e := dial(t, g)
	a := e.ask(withCode(purchase(1), "010000"))
	if a.MTI != 0x0210 || a.ResponseCode != "00" || a.ProcessingCode != "010000" || !strings.Contains(a.Receipt, "TARIK TUNAI") {
		t.Errorf("%v %s %s\n%s", a.MTI, a.ResponseCode, a.ProcessingCode, a.Receipt)
	}
	e.ask(withMTI(withCode(purchase(1), "010000"), 0x0400))
	asked := books.posted()
	if asked[0].Kind != ledger.KindRedeem || asked[0].ProcessingCode != 10_000 || asked[1].Kind != ledger.KindReverse {
		t.Errorf("the ledger was asked %+v", asked)
	}
}

func TestUnknownProgrammesAreTold(t *testing.T) {
	c := testConfig(func(c *Config) {
		c.Links[0].Programme, c.Links[0].Accounts = "RASTRA", Accounts{"10": "PKH", "20": "BLT", "60": "E-MONEY"}
	})
	_, err := New(c, Deps{Ledger: pockets{newPoster()}, Keys: keystore(t), Log: discard()})
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 3 {
		t.Fatalf("%d mistakes: %v", len(mistakes), err)
	}
	for i, want := range []string{`programme: the ledger has no programme "RASTRA"`, `accounts.20:`, `accounts.60:`} {
		if !strings.Contains(mistakes[i], want) {
			t.Errorf("%s, want %s", mistakes[i], want)
		}
	}
}
