package intake

import (
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const goodHead = "bpnt,disbursement,1,BNI-202611,2,300\nfamily,amount\n"

func read(text string) (rows [][]string, faults []string, r *Reader, err error) {
	r, err = NewReader(strings.NewReader(text), "disbursement", "family", "amount")
	for err == nil {
		var fields []string
		fields, err = r.Next()
		var fault *Fault
		switch {
		case err == nil:
			rows = append(rows, slices.Clone(fields))
		case errors.As(err, &fault):
			faults, err = append(faults, err.Error()), nil
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return rows, faults, r, err
}

func TestGoodFiles(t *testing.T) {
	for name, text := range map[string]string{
		"LF":               goodHead + "1,100\n2,200\n",
		"CR LF":            strings.ReplaceAll(goodHead+"1,100\n2,200\n", "\n", "\r\n"),
		"no last line end": goodHead + "1,100\n2,200",
		"quotes":           goodHead + "\"1\",100\n2,\"200\"\n",
	} {
		rows, faults, r, err := read(text)
		if err != nil || len(faults) > 0 || fmt.Sprint(rows) != "[[1 100] [2 200]]" {
			t.Errorf("%s: %v %v %v", name, rows, faults, err)
			continue
		}
		if sum := sha256.Sum256([]byte(text)); string(r.Digest()) != string(sum[:]) {
			t.Errorf("%s: the digest is not the file's", name)
		}
		if err := r.CheckTotals(300); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadFiles(t *testing.T) {
	for text, says := range map[string]string{
		"":                                    "empty",
		"\xef\xbb\xbf" + goodHead:             "byte order mark",
		"family,amount\n1,100\n":              "the first line must be bpnt,disbursement,1,",
		"bpnt,families,1,X,0,0\n":             `a file of "families"`,
		"bpnt,disbursement,2,X,0,0\n":         `version "2"`,
		"bpnt,disbursement,1,X Y,0,0\n":       "the identity",
		"bpnt,disbursement,1,,0,0\n":          "the identity",
		"bpnt,disbursement,1,X,-1,0\n":        "number of lines",
		"bpnt,disbursement,1,X,1,1.000\n":     "control total",
		"bpnt,disbursement,1,X,0,0\namount\n": "line 2 must name the columns family,amount",
		"bpnt,disbursement,1,X,0,0":           "line 2 must name the columns family,amount",
	} {
		if _, _, _, err := read(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}

func TestBadLines(t *testing.T) {
	for text, fault := range map[string]string{
		"1,100\r\n2,200\n": "line 3: another line end",
		"\n2,200\n":        "line 3: an empty line",
		"1,100\n2\n":       "line 4: 1 fields instead of 2: family,amount",
		"1,100\n2,200,\n":  "line 4: 3 fields",
		"1,\x00\n2,200\n":  "line 3: a control character",
		"1,\xff\n2,200\n":  "line 3: not UTF-8",
		"\"1,100\n2,200\n": "line 3: quotes",
		strings.Repeat("9", LineMax) + "\n2,200\n": "line 3: longer than 4096 bytes",
		"1,100\n" + strings.Repeat("9", 200_000):   "line 4: longer than 4096 bytes",
		"1,100\n2,2\r00\n":                         "line 4: a control character",
	} {
		rows, faults, r, err := read(goodHead + text)
		if err != nil || len(faults) != 1 || !strings.HasPrefix(faults[0], fault) || len(rows) != 1 || r.Rows() != 2 {
			t.Errorf("%.20q: %v, faults %q, %v", text, rows, faults, err)
		}
	}
}

func TestTotals(t *testing.T) {
	_, _, r, err := read(goodHead + "1,100\n")
	if err != nil || r.CheckTotals(300) == nil || !strings.Contains(r.CheckTotals(300).Error(), "2 lines, the file has 1") {
		t.Errorf("a line is missing: %v", err)
	}
	_, _, r, err = read(goodHead + "1,100\n2,100\n")
	if err != nil || !strings.Contains(r.CheckTotals(200).Error(), "control total is 300, the lines come to 200") {
		t.Errorf("an amount was changed: %v", err)
	}
}

func TestFields(t *testing.T) {
	for s, says := range map[string]string{
		"": "missing", "-5": "negative", "1.000": "separators", "1,5": "separators", "Rp5": "digits only", "+5": "digits only",
		"007": "begins with a zero", "99999999999999999999": "too large", "0": "zero", " 5": "digits only",
	} {
		if _, err := Rupiah(s); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if n, err := Rupiah("200000"); n != 200_000 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	for s, want := range map[string]string{
		"202611": "[202611]", "202611-202702": "[202611 202612 202701 202702]", "202611-202611": "[202611]",
	} {
		if got, err := Periods(s); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for s, says := range map[string]string{
		"202613": "YYYYMM", "2026-11": "YYYYMM", "202611-": "YYYYMM", "202612-202611": "end before", "202501-202612": "more than 12",
	} {
		if _, err := Periods(s); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestRejects(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects.csv")
	r := NewRejects(path)
	for i := range int64(12) {
		if err := r.Add(Fault{i + 3, `family 7, "twice"`}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil || r.Count() != 12 || len(r.Examples()) != 10 {
		t.Fatal(err, r.Count(), len(r.Examples()))
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) != 13 || rows[12][0] != "14" || rows[12][1] != `family 7, "twice"` {
		t.Errorf("%v %v", rows, err)
	}
	other := filepath.Join(t.TempDir(), "pay.csv")
	if err := os.WriteFile(other, []byte(goodHead), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewRejects(other).Add(Fault{3, "x"}); err == nil || !strings.Contains(err.Error(), "no such list") {
		t.Errorf("a list over another file: %v", err)
	}
	if err := NewRejects(other).Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != goodHead {
		t.Error("a file that is no list was removed or changed")
	}
	if err := NewRejects(path).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the list of an earlier run is still there")
	}
}

// FuzzReader: whatever comes, no panic, and each line is either a row or a fault.
func FuzzReader(f *testing.F) {
	f.Add(goodHead + "1,100\n2,200\n")
	f.Add(goodHead + "\"1\",100\r\n\n2")
	f.Fuzz(func(t *testing.T, text string) {
		rows, faults, r, err := read(text)
		if err == nil && int64(len(rows)+len(faults)) != r.Rows() {
			t.Errorf("%d rows and %d faults of %d lines", len(rows), len(faults), r.Rows())
		}
	})
}

func BenchmarkReader(b *testing.B) {
	var text strings.Builder
	text.WriteString("bpnt,disbursement,1,X,100000,0\nfamily,programme,period,amount\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "%d,BPNT,202611,200000\n", 3_171_000_000_001+i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		r, err := NewReader(strings.NewReader(text.String()), "disbursement", "family", "programme", "period", "amount")
		for err == nil {
			_, err = r.Next()
		}
		if r.Rows() != 100_000 {
			b.Fatal(err)
		}
	}
}
