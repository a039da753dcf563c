package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger"
)

// withAccounts is a link whose terminals ask for PKH by account 10, and for another programme by 60.
func withAccounts(eMoney string) func(*gateway.Config) {
	return func(c *gateway.Config) {
		c.Links[0].Accounts = gateway.Accounts{"10": "PKH", "60": eMoney}
	}
}

// cash of whole rupiah with the right PIN.
func (w *world) cash(c card, stan int32, amount int64) iso.Outgoing {
	return terminal(testTID).Cash(stan, c.track2, amount, block(w.t, c, testPIN), fmt.Sprintf("%06d", stan))
}

// says asks and fails unless DE39 is code and the slip has every text.
func (e *wire) says(what, code string, o iso.Outgoing, texts ...string) *iso.Answer {
	e.t.Helper()
	a := e.want(what, code, o)
	slip, err := iso.RenderReceipt(a.Receipt, iso.ReceiptColumnsMin)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, text := range texts {
		if !strings.Contains(slip, text) {
			e.t.Errorf("%s: the receipt lacks %q:\n%s", what, text, slip)
		}
	}
	return a
}

// pocket is what the family has of a programme, over all its periods.
func (w *world) pocket(family int64, programme string) (sum int64) {
	w.t.Helper()
	f, err := w.operator.Family(w.t.Context(), family, 0)
	w.check(err)
	for _, p := range f.Purses {
		if p.Programme == programme {
			sum += p.BalanceIDR
		}
	}
	return sum
}

func TestAccountDigitsChooseTheProgramme(t *testing.T) {
	w := newWorld(t, withAccounts("BPNT"))
	c := w.family()
	w.disburse()
	w.fund(programmePKH, 202611, 225_000)
	e := w.dial()
	for i, ask := range []struct {
		account string
		has     int64
	}{{"00", testGrant}, {"60", testGrant}, {"10", 225_000}} {
		a := e.want("inquiry", "00", w.inquiry(c, int32(900+i)).From(ask.account))
		if a.Balance != ask.has || a.ProcessingCode != "31"+ask.account+"00" {
			t.Errorf("account %s: balance %d, DE3 %s", ask.account, a.Balance, a.ProcessingCode)
		}
	}
	e.want("PKH", "00", w.purchase(c, 2, 25_000).From("10"))
	e.want("BPNT", "00", w.purchase(c, 3, 10_000).From("60"))
	e.want("default", "00", w.purchase(c, 4, 10_000))
	if pkh, bpnt := w.pocket(c.family, "PKH"), w.pocket(c.family, "BPNT"); pkh != 200_000 || bpnt != 90_000 {
		t.Errorf("PKH %d, BPNT %d", pkh, bpnt)
	}
	e.says("an account that the link does not serve", "12", w.purchase(c, 5, 10_000).From("20"), "JENIS REKENING TIDAK DILAYANI", "PILIH REKENING LAIN")
	e.want("its balance", "12", w.inquiry(c, 6).From("20"))
	e.want("its reversal is heard", "00", terminal(testTID).Reversal(w.purchase(c, 5, 10_000).From("20")))
	e.want("a reversal of another account's", "12", w.reversal(c, 2, 25_000))
	e.want("the reversal of PKH", "00", terminal(testTID).Reversal(w.purchase(c, 2, 25_000).From("10")))
	if got := w.pocket(c.family, "PKH"); got != 225_000 {
		t.Errorf("PKH %d after its reversal", got)
	}
	w.audit()
}

func TestCardChoosesTheProgramme(t *testing.T) {
	w := newWorld(t, withAccounts("BPNT"))
	c := w.family(func(n *ledger.NewCard) { n.Programme = "PKH" })
	w.disburse()
	w.fund(programmePKH, 202611, 225_000)
	e := w.dial()
	if a := e.want("default account", "00", w.inquiry(c, 1)); a.Balance != 225_000 {
		t.Errorf("balance %d", a.Balance)
	}
	e.want("default account", "00", w.purchase(c, 2, 25_000))
	e.want("its own", "00", w.purchase(c, 3, 25_000).From("10"))
	e.says("another programme", "57", w.purchase(c, 4, 10_000).From("60"), "KARTU BUKAN UNTUK PROGRAM INI", "PILIH REKENING SESUAI KARTU")
	if pkh, bpnt := w.pocket(c.family, "PKH"), w.pocket(c.family, "BPNT"); pkh != 175_000 || bpnt != testGrant {
		t.Errorf("PKH %d, BPNT %d", pkh, bpnt)
	}
	w.audit()
}

// TestCashTable walks redemptions in cash of Rp 50,000 and their reversals in many orders, each under a STAN of its own.
// C is cash from PKH, F food under the same STAN, R the reversal of C, f that of F; D cash from BPNT, E its reversal.
func TestCashTable(t *testing.T) {
	w := newWorld(t, withAccounts("BPNT"))
	c := w.family()
	w.disburse()
	w.fund(programmePKH, 202611, 1_000_000)
	e := w.dial()
	for i, row := range []struct {
		comes, answered string
		pkh             int64 // what it cost
	}{
		{"C", "00", 50_000},
		{"C C", "00 00", 50_000},
		{"C R", "00 00", 0},
		{"C R R C", "00 00 00 94", 0},
		{"R C", "00 94", 0},
		{"C F", "00 94", 50_000},
		{"F C", "00 94", 50_000},
		{"C f", "00 12", 50_000},
		{"C f R", "00 12 00", 0},
		{"f C", "00 94", 0},
		{"D", "57", 0},
		{"D D E", "57 57 00", 0},
	} {
		stan, before := int32(i+1), w.pocket(c.family, "PKH")
		from10, fromDefault := w.cash(c, stan, 50_000).From("10"), w.cash(c, stan, 50_000)
		food := w.purchase(c, stan, 50_000).From("10")
		messages := map[string]iso.Outgoing{
			"C": from10, "R": terminal(testTID).Reversal(from10), "F": food, "f": terminal(testTID).Reversal(food),
			"D": fromDefault, "E": terminal(testTID).Reversal(fromDefault),
		}
		var codes []string
		for _, m := range strings.Fields(row.comes) {
			codes = append(codes, e.ask(messages[m]).ResponseCode)
		}
		if got := strings.Join(codes, " "); got != row.answered {
			t.Errorf("%s: %s, want %s", row.comes, got, row.answered)
		}
		if cost := before - w.pocket(c.family, "PKH"); cost != row.pkh {
			t.Errorf("%s cost Rp %d, want %d", row.comes, cost, row.pkh)
		}
	}
	e.says("food aid in cash", "57", w.cash(c, 100, 10_000), "TARIK TUNAI", "BANTUAN TIDAK DAPAT DITUNAIKAN", "BELANJAKAN DI E-WARONG")
	e.says("PKH in cash", "00", w.cash(c, 101, 10_000).From("10"), "TARIK TUNAI", "JUMLAH Rp 10.000")
	if got := w.pocket(c.family, "BPNT"); got != testGrant {
		t.Errorf("BPNT %d", got)
	}
	w.audit()
}

// TestLimits of a programme: what a redemption, a day, a number and the hours allow.
func TestLimits(t *testing.T) {
	w := newWorld(t, withAccounts("SEMBAKO"))
	amount, count, late := w.family(), w.family(), w.family()
	w.disburse()
	w.fund(programmeSembako, 202611, testGrant)
	w.rule(programmeBPNT, "r.most := 50000; r.day_most := 60000; r.day_count := 3")
	w.rule(programmeSembako, closedNow())
	e := w.dial()
	e.says("more than a redemption may be", "61", w.purchase(amount, 1, 50_001), "MELEBIHI BATAS SATU TRANSAKSI", "KURANGI JUMLAH LALU ULANGI")
	e.want("as much", "00", w.purchase(amount, 2, 50_000))
	e.says("more than a day allows", "61", w.purchase(amount, 3, 10_001), "MELEBIHI BATAS JUMLAH SEHARI", "KURANGI JUMLAH ATAU ULANGI BESOK")
	e.want("as much", "00", w.purchase(amount, 4, 10_000))
	for stan := range int32(3) {
		e.want("three a day", "00", w.purchase(count, 10+stan, 1_000))
	}
	e.says("a fourth", "65", w.purchase(count, 14, 1_000), "BATAS TRANSAKSI HARI INI HABIS", "ULANGI BESOK")
	e.want("one of them reversed", "00", w.reversal(count, 11, 1_000))
	e.want("makes room", "00", w.purchase(count, 15, 1_000))
	e.says("outside the hours", "57", w.purchase(late, 20, 1_000).From("60"), "DI LUAR JAM LAYANAN", "DATANG LAGI PADA JAM LAYANAN")
	e.want("the balance at any hour", "00", w.inquiry(late, 21).From("60"))
	w.audit()
}

// closedNow is a rule whose hours of trade are far from now.
func closedNow() string {
	if jakarta := time.FixedZone("WIB", 7*60*60); time.Now().In(jakarta).Hour() < 12 {
		return "r.opens := '20:00'; r.closes := '21:00'"
	}
	return "r.opens := '02:00'; r.closes := '03:00'"
}

// TestWhyThereIsNoMoney: frozen, returned to the treasury, expired, not yet there: the family reads which on its slip.
func TestWhyThereIsNoMoney(t *testing.T) {
	w := newWorld(t, withAccounts("SEMBAKO"))
	c, inactive := w.family(), w.family(func(n *ledger.NewCard) { n.Inactive = true })
	for _, programme := range []int16{programmeBPNT, programmePKH, programmeSembako} {
		w.fund(programme, 202611, testGrant)
	}
	w.asOwner("update bpnt.tranche set opened_on = opened_on - 100, opened_at = opened_at - interval '100 days'")
	w.rule(programmeSembako, "r.unspent := 'expire_after'; r.expire_days := 90")
	w.rule(programmePKH, "r.return_days := 0")
	_, err := w.operator.Expire(t.Context(), ledger.Expiry{Reason: "test"})
	w.check(err)
	_, err = w.operator.Freeze(t.Context(), ledger.Sweep{Reason: "test"})
	w.check(err)
	_, err = w.operator.Return(t.Context(), ledger.Sweep{Reason: "test"})
	w.check(err)
	late := w.family()
	e := w.dial()
	a := e.says("frozen", "62", w.purchase(c, 1, 1_000), "REKENING BANTUAN DIBEKUKAN", "HUBUNGI PENDAMPING ATAU BANK", "SISA SALDO Rp 0")
	if !a.HasBalance || a.Balance != 0 {
		t.Errorf("frozen: DE54 %d", a.Balance)
	}
	if a := e.want("the balance of a frozen account", "00", w.inquiry(c, 8)); a.Balance != 0 {
		t.Errorf("frozen: balance %d", a.Balance)
	}
	e.says("returned", "51", w.purchase(c, 2, 1_000).From("10"), "BANTUAN KEMBALI KE KAS NEGARA", "HUBUNGI PENDAMPING ATAU DINSOS")
	e.says("expired", "51", w.purchase(c, 3, 1_000).From("60"), "MASA PAKAI BANTUAN HABIS", "TUNGGU PENYALURAN BERIKUTNYA")
	e.says("not yet there", "51", w.purchase(late, 4, 1_000), "BANTUAN BELUM MASUK", "COBA LAGI SETELAH PENYALURAN")
	w.fund(programmeBPNT, 202612, testGrant)
	e.says("more than is not frozen", "62", w.purchase(c, 5, testGrant+1), "REKENING BANTUAN DIBEKUKAN", "SISA SALDO Rp 110.000")
	e.want("what is not frozen", "00", w.purchase(c, 6, testGrant))
	e.says("a card that was not handed over", "62", w.purchase(inactive, 7, 1_000), "KARTU BELUM DIAKTIFKAN", "AKTIFKAN DI KANTOR BANK")
	w.audit()
}
