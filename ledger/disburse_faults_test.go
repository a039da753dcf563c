package ledger

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rejected reads what a file's faults are.
func rejected(t *testing.T, path string) (faults []string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatal(err, records)
	}
	for _, record := range records[1:] {
		faults = append(faults, record[0]+": "+record[1])
	}
	return faults
}

// untouched fails unless no rupiah and no order stands in the books, and the stage is empty.
func (b *books) untouched() {
	b.t.Helper()
	var n int64
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select (select count(*) from bpnt.disbursement) + (select count(*) from bpnt.tranche)
		+ (select count(*) from bpnt.purse) + (select count(*) from bpnt.posting) + (select count(*) from bpnt.stage)
		+ (select count(*) from bpnt.staged)`).Scan(&n))
	if n != 0 {
		b.t.Errorf("%d rows in the books of a file that was not paid", n)
	}
}

// TestBadDisbursementLines walks down every fault of a line; the books stay untouched, and the list is in order.
func TestBadDisbursementLines(t *testing.T) {
	b := twoFamilies(t)
	good := "1,BPNT,202611,200000"
	for _, tt := range []struct{ line, reason string }{
		{"7,BPNT,202611,200000", "the family is not in the books"},
		{good, "line 3 pays this family for period 202611 already"},
		{"1,BPNT,202610-202611,400000", "line 3 pays this family for period 202611 already"},
		{"2,BPNT,202611,0", "amount: the amount is zero"},
		{"2,BPNT,202611,-200000", "amount: the number is negative"},
		{"2,BPNT,202611,200000.00", "amount: the number has decimals or separators: write digits only"},
		{"2,BPNT,202611,200.000", "amount: the number has decimals or separators: write digits only"},
		{`2,BPNT,202611,"200,000"`, "amount: the number has decimals or separators: write digits only"},
		{"2,BPNT,202611,Rp200000", "amount: not a number: write digits only"},
		{"2,BPNT,202611,9999999999999", "amount: more than Rp 999999999999"},
		{"2,BPNT,202611,199999", "the amount is Rp 199999, by the rule of BPNT period 202611 has Rp 200000"},
		{"2,BPNT,202610-202611,200000", "the amount is Rp 200000, by the rules of BPNT periods 202610-202611 have Rp 400000 together"},
		{"2,BPNT,202613,200000", "the period is not a month written YYYYMM"},
		{"2,BPNT,202612-202611,400000", "the periods end before they begin"},
		{"2,BPNT,201612,110000", "programme BPNT has no rule for period 201612 yet"},
		{"2,PIP,202611,200000", "there is no such programme: it must be one of [BPNT PKH SEMBAKO]"},
		{"2,PKH,202601-202603,2", "the amount is less than Rp 1 for each of 3 months"},
		{"0,BPNT,202611,200000", "family: it must be 1 to 999999999999999999"},
		{"9999 1200 0000 0004,BPNT,202611,200000", "family: not a number: write digits only"},
		{"2,BPNT,202611", "3 fields instead of 4: family,programme,period,amount"},
		{"2,BPNT,202611,200000\r", "another line end than that of the first line: LF and CR LF are mixed"},
		{"", "an empty line"},
	} {
		path := b.write("pay.csv", fileOf("X", good, tt.line, "8,BPNT,202611,200000"))
		_, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path})
		var faults *FaultsError
		if !errors.As(err, &faults) || faults.Lines != 2 || faults.Rejects != path+".rejects.csv" {
			t.Errorf("%q: %v", tt.line, err)
			continue
		}
		want := []string{"4: " + tt.reason, "5: the family is not in the books"}
		if got := rejected(t, faults.Rejects); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %q, want %q", tt.line, got, want)
		}
		if left, _ := filepath.Glob(path + ".rejects.csv.*"); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	b.untouched()
}

// TestBadDisbursementFiles: what is wrong with a file as a whole.
func TestBadDisbursementFiles(t *testing.T) {
	b := twoFamilies(t)
	good := fileOf("X", "1,BPNT,202611,200000", "2,BPNT,202611,200000")
	for text, says := range map[string]string{
		strings.Replace(good, ",400000", ",300000", 1):                     "control total is 300000, the lines come to 400000",
		strings.Replace(good, ",2,400000", ",3,400000", 1):                 "the header says 3 lines, the file has 2",
		strings.Replace(good, "disbursement,1", "disbursement,2", 1):       `version "2" is not known`,
		strings.Replace(good, "family,programme", "keluarga,programme", 1): "line 2 must name the columns",
		"\xef\xbb\xbf" + good: "byte order mark",
		"":                    "the file is empty",
		"bpnt,disbursement,1,X,0,0\nfamily,programme,period,amount\n":         "the file pays nobody",
		strings.Replace(good, "\n2,", "\n3,", 1) + "1,PKH,202611,1\n":         "the header says 2 lines, the file has 3",
		strings.ReplaceAll(good, "\n", "\r\n") + "1,BPNT,202612,200000\n":     "1 lines cannot be paid",
		strings.Replace(good, ",202611,200000\n2", ",202611,200000.00\n2", 1): "1 lines cannot be paid",
	} {
		if _, err := b.pay(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q: %v, want %q", text, err, says)
		}
	}
	for path, says := range map[string]string{"/nowhere/pay.csv": "no such file", t.TempDir(): "give a regular file"} {
		if _, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
	b.untouched()
	b.must(b.pay(strings.ReplaceAll(good, "\n", "\r\n"))) // one kind of line end, whichever
	b.audit()
}

// TestRejectsNotWritable: who cannot be told everything is told the first fault, and where the trouble is.
func TestRejectsNotWritable(t *testing.T) {
	b := twoFamilies(t)
	for line, reason := range map[string]string{"1,BPNT,202611,0": "the amount is zero", "9,BPNT,202611,200000": "the family is not in the books"} {
		path := b.write("pay.csv", fileOf("X", line))
		_, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path, Rejects: filepath.Join(path, "rejects.csv")})
		if err == nil || !strings.Contains(err.Error(), "cannot be written") || !strings.Contains(err.Error(), "line 3: ") || !strings.Contains(err.Error(), reason) {
			t.Errorf("%v", err)
		}
	}
	b.untouched()
}

// TestOneBadLineAtTheEnd: of many, and named exactly.
//
//	BPNT_TEST_LINES=10000000 go test ./ledger -run OneBadLine -v -timeout 1h
func TestOneBadLineAtTheEnd(t *testing.T) {
	n := 20_000
	if lines, err := strconv.Atoi(os.Getenv("BPNT_TEST_LINES")); err == nil {
		n = lines
	}
	b := newBooks(t)
	b.manyFamilies(n)
	path := b.write("pay.csv", fileOfMany("X", n, "1,BPNT,202611,1.000\n"))
	runtime.GC()
	start, most := time.Now(), uint64(0)
	_, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path, Progress: func(_ string, _, _ int64) { most = max(most, goHeap()) }})
	t.Logf("%d lines refused in %v, with at most %d MB of Go heap", n+1, time.Since(start).Round(time.Millisecond), most>>20)
	var faults *FaultsError
	if !errors.As(err, &faults) || faults.Lines != 1 || faults.First[0].Line != int64(n)+3 {
		t.Errorf("%v", err)
	}
	if most > 64<<20 {
		t.Errorf("%d MB of heap for %d lines", most>>20, n)
	}
	b.untouched()
}

// TestEveryLineBad: the list is as long as the file, and in its order.
func TestEveryLineBad(t *testing.T) {
	const n = 20_000
	b := newBooks(t)
	text := fileOfMany("X", n, "")
	path := b.write("pay.csv", strings.ReplaceAll(text, "7,BPNT,202611,200000\n", "7,BPNT,202611,0\n")) // a tenth of form, the rest of the books
	_, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path})
	var faults *FaultsError
	if !errors.As(err, &faults) || faults.Lines != n {
		t.Fatal(err)
	}
	for i, fault := range rejected(t, faults.Rejects) {
		want := fmt.Sprintf("%d: the family is not in the books", i+3)
		if i%10 == 6 {
			want = fmt.Sprintf("%d: amount: the amount is zero", i+3)
		}
		if fault != want {
			t.Fatalf("%q, want %q", fault, want)
		}
	}
	b.untouched()
}
