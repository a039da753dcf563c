package iso

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestReceipt writes and prints a short one.
func TestReceipt(t *testing.T) {
	text := NewReceipt("APPROVED - 00").Normal("E-WARONG MELATI", "JAKARTA TIMUR", "").Bold("SISA SALDO", "Rp150.000").Normal("TERIMA KASIH").Text()
	want := "ID013APPROVED - 00NP031E-WARONG MELATI;JAKARTA TIMUR;;BP021SISA SALDO;Rp150.000;NP013TERIMA KASIH;"
	if text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	paper, err := RenderReceipt(text, 32)
	if err != nil {
		t.Fatal(err)
	}
	wantPaper := "         APPROVED - 00\nE-WARONG MELATI\nJAKARTA TIMUR\n\n           SISA SALDO\n           Rp150.000\nTERIMA KASIH\n"
	if paper != wantPaper {
		t.Errorf("paper:\n%s", paper)
	}
}

// TestReceiptAlwaysValid: whatever lines come, the text fits DE48 and parses to those lines, cleaned; what does not
// fit is left out from the end.
func TestReceiptAlwaysValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringN(0, 60, 120), 1, 25).Draw(t, "lines")
		bold := rapid.SliceOfN(rapid.Bool(), len(lines), len(lines)).Draw(t, "bold")
		r := NewReceipt("TITLE")
		want := []string{"TITLE"}
		for i, line := range lines {
			if bold[i] {
				r.Bold(line)
			} else {
				r.Normal(line)
			}
			want = append(want, printed(line))
		}
		if len(string(r.buf)) > ReceiptBytesMax {
			t.Fatalf("%d bytes", len(string(r.buf)))
		}
		sections, err := ParseReceipt(string(r.buf))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range sections {
			got = append(got, s.Lines...)
		}
		if len(got) > len(want) || !slices.Equal(got, want[:len(got)]) {
			t.Fatalf("%q is not the beginning of %q", got, want)
		}
		if next := len(got); next < len(want) && len(string(r.buf))+len(want[next])+6 <= ReceiptBytesMax {
			t.Fatal("a line that fits was left out")
		}
	})
}

func printed(line string) string {
	b := []byte(line)
	for i := range b {
		b[i] = printer(b[i])
	}
	return string(b)
}

// TestReceiptRefuses what is no receipt.
func TestReceiptRefuses(t *testing.T) {
	for _, bad := range []string{"NP", "NP0", "NP005abcd", "NP+04abcd", "NP-01", "NP003a\x00b", "NP001aNP"} {
		if _, err := ParseReceipt(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, columns := range []int{0, 31, 41} {
		if _, err := RenderReceipt("", columns); err == nil {
			t.Errorf("%d columns were accepted", columns)
		}
	}
}

// TestReceiptWraps: no line is wider than the paper and no word is lost.
func TestReceiptWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z0-9.,]{1,50}`), 1, 12).Draw(t, "words")
		line := strings.Repeat(" ", rapid.IntRange(0, 45).Draw(t, "indent")) + strings.Join(words, " ")
		columns := rapid.IntRange(ReceiptColumnsMin, ReceiptColumnsMax).Draw(t, "columns")
		paper, err := RenderReceipt(NewReceipt("").Normal(line).Text(), columns)
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(paper) {
			if len(row) > columns+1 {
				t.Fatalf("%d wide on %d columns", len(row)-1, columns)
			}
		}
		if got := strings.Join(strings.Fields(paper), ""); got != strings.Join(words, "") {
			t.Fatalf("%q became %q", words, got)
		}
	})
}

// TestAdditional: DE54 round trip and its refusals.
func TestAdditional(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Custom(func(t *rapid.T) AdditionalAmount {
			return AdditionalAmount{
				AccountType: rapid.StringMatching(`[0-9]{2}`).Draw(t, "account"), AmountType: rapid.StringMatching(`[0-9]{2}`).Draw(t, "type"),
				Currency: rapid.StringMatching(`[0-9]{3}`).Draw(t, "currency"), Amount: rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "amount"),
			}
		})
		amounts := rapid.SliceOfN(amount, 0, additionalAmountsMax).Draw(t, "amounts")
		text, err := FormatAdditional(amounts...)
		if err != nil || len(text) != additionalAmountBytes*len(amounts) {
			t.Fatalf("%v, %d characters", err, len(text))
		}
		if back, err := ParseAdditional(text); err != nil || !slices.Equal(back, amounts) {
			t.Fatalf("%+v became %+v: %v", amounts, back, err)
		}
	})
	for _, bad := range []string{"0002360C00000000500", "0002360X000000005000", "0002360C-00000005000", "AA02360C000000005000", strings.Repeat("0002360C000000005000", 7)} {
		if _, err := ParseAdditional(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, bad := range []AdditionalAmount{{"0", "02", "360", 1}, {"00", "02", "IDR", 1}, {"00", "02", "360", 1e12}} {
		if _, err := FormatAdditional(bad); err == nil {
			t.Errorf("%+v was written", bad)
		}
	}
}
