package gateway

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

func TestEveryOutcomeHasACodeAndWords(t *testing.T) {
	for _, o := range ledger.Outcomes() {
		v := verdict(o)
		if !twoCharacters(defaultCodes[v]) {
			t.Errorf("%s has no response code", o)
		}
		ofNoReceipt := o >= ledger.OutcomeTotalsDiffer && o <= ledger.OutcomeKeyRefused // of batches, days and keys
		if text := explain(v); !v.good() && (text.reason == "" || text.next == "") != ofNoReceipt {
			t.Errorf("%s has no words for the receipt", o)
		}
		if v.good() != (defaultCodes[v] == "00") {
			t.Errorf("%s is good or is not, but its code is %s", o, defaultCodes[v])
		}
	}
	for v := verdictPoisoned; v < verdictSilence; v++ {
		if v.String() == "unknown_outcome" || defaultCodes[v] == "" {
			t.Errorf("verdict %d has no name or code", v)
		}
	}
}

func TestReceiptLinesFitTheNarrowestPrinter(t *testing.T) {
	for v, text := range explanations {
		for _, line := range []string{text.reason, text.next} {
			if len(line) > 32 {
				t.Errorf("%s: %q has %d characters", v, line, len(line))
			}
		}
	}
}

func printed(t *testing.T, k kind, code string, r ledger.Result) string {
	t.Helper()
	l, err := newLink(DefaultLink())
	if err != nil {
		t.Fatal(err)
	}
	pan, err := iso.ParsePAN("4863990000001423")
	if err != nil {
		t.Fatal(err)
	}
	r.At = time.Date(2026, 11, 24, 17, 42, 57, 0, time.UTC)
	r.ID, r.Bucket, r.EntryMode, r.Batch = 36, 1, 51, ledger.Absent
	x := &exchange{
		kind: k, pan: pan, result: r, verdict: verdict(r.Outcome),
		head: &iso.Header{TID: "60060060", MID: "600600600600600", STAN: 36, ProcessingCode: code},
	}
	answer := &iso.Response{ResponseCode: l.codes[x.verdict], RRN: x.result.RRN(), Approval: x.result.Approval()}
	sections, err := iso.ParseReceipt(l.receipt(x, answer, ledger.Masthead{Name: "E-WARONG MELATI", City: "JAKARTA TIMUR"}))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range sections {
		for _, line := range s.Lines {
			lines = append(lines, strings.TrimSpace(s.Style+" "+line))
		}
	}
	return strings.Join(lines, "\n")
}

func TestReceipts(t *testing.T) {
	top := func(title, what string) string {
		return "ID " + title + "\nNP E-WARONG MELATI\nNP JAKARTA TIMUR\nNP\nNP TID : 60060060\nNP MID : 600600600600600\n" +
			"NP 486399XXXXXX1423 (CHIP)\nNP\nNP " + what + "\nNP 25/11/2026 00:42:57 WIB\nNP TRACE : 000036\nNP RREF : 010000000036\n"
	}
	approved := ledger.Result{Outcome: ledger.OutcomeApproved, ID: 36, Bucket: 1}.Approval()
	for _, c := range []struct {
		kind   kind
		code   string
		result ledger.Result
		want   string
	}{
		{
			kindPurchase, "000000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Amount: 110_000, Balance: 1_090_000},
			top("DISETUJUI - 00", "PEMBELIAN") + "NP APPRV : " + approved + "\nNP\nBP JUMLAH Rp 110.000\nBP SISA SALDO Rp 1.090.000\nNP\nNP TERIMA KASIH",
		},
		{
			kindInquiry, "311000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Balance: 110_000},
			top("DISETUJUI - 00", "CEK SALDO") + "NP APPRV : " + approved + "\nNP\nBP SISA SALDO Rp 110.000\nNP\nNP TERIMA KASIH",
		},
		{
			kindReversal, "010000",
			ledger.Result{Outcome: ledger.OutcomeReversed, Amount: 500},
			top("DISETUJUI - 00", "PEMBATALAN") + "NP\nBP JUMLAH Rp 500\nNP\nNP TERIMA KASIH",
		},
		{
			kindVoid, "020000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Amount: 5_000, Balance: 110_000},
			top("DISETUJUI - 00", "VOID") + "NP APPRV : " + approved + "\nNP\nBP JUMLAH Rp -5.000\nBP SISA SALDO Rp 110.000\nNP\nNP TERIMA KASIH",
		},
		{
			kindVoid, "020000",
			ledger.Result{Outcome: ledger.OutcomeOriginalClosed},
			top("DITOLAK - 25", "VOID") + "NP\nBP TRANSAKSI DITOLAK\nNP BATCH SUDAH DITUTUP\nNP GUNAKAN REFUND ATAU HUBUNGI BANK",
		},
		{
			kindRefund, "200000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Amount: 2_000, Balance: 107_000},
			top("DISETUJUI - 00", "REFUND") + "NP APPRV : " + approved + "\nNP\nBP JUMLAH Rp -2.000\nBP SISA SALDO Rp 107.000\nNP\nNP TERIMA KASIH",
		},
		{
			kindAdvice, "000000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Amount: 9_000},
			top("DISETUJUI - 00", "PEMBELIAN BERITA ACARA") + "NP APPRV : " + approved + "\nNP\nBP JUMLAH Rp 9.000\nBP SISA SALDO Rp 0\nNP\nNP TERIMA KASIH",
		},
		{
			kindPurchase, "000000",
			ledger.Result{Outcome: ledger.OutcomeInsufficientFunds, Balance: 7_500},
			top("DITOLAK - 51", "PEMBELIAN") + "NP\nBP TRANSAKSI DITOLAK\nNP SALDO TIDAK CUKUP\nBP SISA SALDO Rp 7.500\nNP KURANGI JUMLAH BELANJA",
		},
		{
			kindPurchase, "011000",
			ledger.Result{Outcome: ledger.OutcomeApproved, Amount: 300_000, Balance: 0},
			top("DISETUJUI - 00", "TARIK TUNAI") + "NP APPRV : " + approved + "\nNP\nBP JUMLAH Rp 300.000\nBP SISA SALDO Rp 0\nNP\nNP TERIMA KASIH",
		},
		{
			kindPurchase, "010000",
			ledger.Result{Outcome: ledger.OutcomeCashNotAllowed},
			top("DITOLAK - 57", "TARIK TUNAI") + "NP\nBP TRANSAKSI DITOLAK\nNP BANTUAN TIDAK DAPAT DITUNAIKAN\nNP BELANJAKAN DI E-WARONG",
		},
		{
			kindPurchase, "000000",
			ledger.Result{Outcome: ledger.OutcomeAccountFrozen, Balance: 40_000},
			top("DITOLAK - 62", "PEMBELIAN") + "NP\nBP TRANSAKSI DITOLAK\nNP REKENING BANTUAN DIBEKUKAN\nBP SISA SALDO Rp 40.000\nNP HUBUNGI PENDAMPING ATAU BANK",
		},
		{
			kindPurchase, "000000",
			ledger.Result{Outcome: ledger.OutcomeAidReturned},
			top("DITOLAK - 51", "PEMBELIAN") + "NP\nBP TRANSAKSI DITOLAK\nNP BANTUAN KEMBALI KE KAS NEGARA\nNP HUBUNGI PENDAMPING ATAU DINSOS",
		},
		{
			kindPurchase, "000000",
			ledger.Result{Outcome: ledger.OutcomePINWrong, TriesLeft: 2},
			top("DITOLAK - 55", "PEMBELIAN") + "NP\nBP TRANSAKSI DITOLAK\nNP PIN SALAH\nNP SISA KESEMPATAN 2 KALI\nNP PERIKSA PIN LALU ULANGI",
		},
	} {
		if got := printed(t, c.kind, c.code, c.result); got != c.want {
			t.Errorf("%v %v\n%s\nwant\n%s", c.kind, c.result.Outcome, got, c.want)
		}
	}
}

// TestProtocolShowsTheSlips: the words that docs/protocol.md promises are those that are printed, under their codes.
func TestProtocolShowsTheSlips(t *testing.T) {
	text, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| [^|]+ \| (\d\d) \| ([^|]+) \| ([^|]+) \|$`).FindAllStringSubmatch(string(text), -1) {
		shown[row[1]+row[2]+row[3]] = true
	}
	for _, o := range []ledger.Outcome{
		ledger.OutcomeAccountFrozen, ledger.OutcomeAidReturned, ledger.OutcomeAidExpired, ledger.OutcomeNotFunded,
		ledger.OutcomeInsufficientFunds, ledger.OutcomeAmountLimit, ledger.OutcomeDayAmountLimit, ledger.OutcomeDayCountLimit,
		ledger.OutcomeOutsideHours, ledger.OutcomeCashNotAllowed, ledger.OutcomeWrongProgramme, ledger.OutcomeCardInactive,
	} {
		slip := explain(verdict(o))
		if row := defaultCodes[verdict(o)] + slip.reason + slip.next; !shown[row] {
			t.Errorf("protocol.md lacks the slip of %s: %s", o, row)
		}
		delete(shown, defaultCodes[verdict(o)]+slip.reason+slip.next)
	}
	for row := range shown {
		t.Errorf("protocol.md shows a slip that nobody prints: %s", row)
	}
}

// wantSlip compares a printed text with one that stands indented in a test.
func wantSlip(t *testing.T, receipt, want string) {
	t.Helper()
	sections, err := iso.ParseReceipt(receipt)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sections {
		for _, line := range s.Lines {
			if len(line) > 32 {
				t.Errorf("%q has %d characters", line, len(line))
			}
			got = append(got, strings.TrimSpace(s.Style+" "+line))
		}
	}
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	if !slices.Equal(got, lines) {
		t.Errorf("printed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}
