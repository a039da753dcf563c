package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/ledger"
)

// file writes a file into the office's folder.
func (o *office) file(name, text string) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	return path
}

const (
	payHead = "bpnt,disbursement,1,BNI-1,2,400000\nfamily,programme,period,amount\n"
	payBody = "3171000000001,BPNT,202611,200000\n3171000000002,BPNT,202611,200000\n"
)

// TestDisburseFileCommand: one month of a bank's file, with what goes wrong on the way.
func TestDisburseFileCommand(t *testing.T) {
	o := newOffice(t)
	for text, says := range map[string]string{
		strings.Replace(payHead, "400000", "500000", 1) + payBody:                  "the header's control total is 500000, the lines come to 400000",
		strings.Replace(payHead, "family,", "kpm,", 1) + payBody:                   "line 2 must name the columns family,programme,period,amount",
		strings.Replace(payHead, "bpnt,", "BNI,", 1) + payBody:                     "the first line must be bpnt,disbursement,1,IDENTITY,LINES,TOTAL",
		payHead + strings.Replace(payBody, "\n", "\r\n", 1):                        "LF and CR LF are mixed",
		"\xef\xbb\xbf" + payHead + payBody:                                         "byte order mark",
		payHead + strings.Replace(payBody, "0002", "0001", 1):                      "line 4: line 3 pays this family for period 202611 already",
		payHead + strings.Replace(payBody, "202611", "202613", 1):                  "line 3: the period is not a month",
		payHead + strings.Replace(payBody, "202611", "201601", 1):                  "line 3: programme BPNT has no rule for period 201601 yet",
		payHead + strings.Replace(payBody, ",200000", ",-200000", 1):               "line 3: amount: the number is negative",
		payHead + strings.Replace(payBody, ",200000", ",200000.00", 1):             "line 3: amount: the number has decimals or separators",
		payHead + strings.Replace(payBody, ",200000", `,"200,000"`, 1):             "line 3: amount: the number has decimals or separators",
		payHead + strings.Replace(payBody, "BPNT", "9999120000000004", 1):          "line 3: there is no such programme: it must be one of [BPNT PKH SEMBAKO]",
		payHead + strings.Replace(payBody, "3171000000002", "9999120000000004", 1): "line 4: the family is not in the books",
	} {
		path := o.file("bad.csv", text)
		o.refused("ledger disburse --file "+path, says)
		if list, _ := os.ReadFile(path + ".rejects.csv"); strings.Contains(string(list), "9999120000000004") {
			t.Errorf("the list repeats what may be a card number: %s", list)
		}
	}
	good := o.file("pay.csv", payHead+payBody)
	if r := o.ok("ledger disburse --dry-run --file " + good); !strings.Contains(r.out, "would be paid") || !strings.Contains(r.out, "Rp 400.000") {
		t.Error(r.out)
	}
	if r := o.ok("ledger family show 3171000000001 --json"); strings.Contains(r.out, "202611") {
		t.Errorf("a dry run paid: %s", r.out)
	}
	if r := o.ok("ledger disburse --file " + good); !strings.Contains(r.out, "BPNT       202611         2  Rp 400.000\npaid                      2  Rp 400.000\n") {
		t.Errorf("%s", r.out)
	}
	if r := o.ok("ledger disburse --file " + good); !strings.Contains(r.out, "BNI-1 was paid on 20") || !strings.Contains(r.out, "nothing was moved") {
		t.Errorf("%s", r.out)
	}
	o.refused("ledger disburse --file "+o.file("other.csv", payHead+strings.Replace(payBody, "0002", "0003", 1)), "another file with the identity BNI-1")
	o.refused("ledger disburse --file "+o.dir+"/none.csv", "the file cannot be read")
	if r := o.ok("ledger disburse --reverse BNI-1 --reason test"); !strings.Contains(r.err, "Rp 400.000 taken back from 2 purses") {
		t.Errorf("%s", r.err)
	}
	o.refused("ledger disburse --file "+good, "was reversed")
	o.refused("ledger disburse --reverse BNI-9 --reason test", "there is no disbursement BNI-9")
	o.ok("ledger audit")
}

// TestDisburseExample: what is printed for newcomers can be paid as it is, and scripts can read the report.
func TestDisburseExample(t *testing.T) {
	o := newOffice(t)
	path := o.file("example.csv", o.ok("ledger disburse --example").out)
	var report ledger.FileReport
	if r := o.ok("ledger disburse --json --file " + path); json.Unmarshal([]byte(r.out), &report) != nil || report.AmountIDR != 800_000 || len(report.Pays) != 3 {
		t.Errorf("%+v", report)
	}
	var faults faultyFile
	bad := o.file("bad.csv", payHead+strings.Replace(payBody, ",200000", ",0", 1))
	r := o.run("ledger disburse --json --file " + bad)
	if err := json.Unmarshal([]byte(r.out), &faults); err != nil || r.status != 1 || faults.Lines != 2 || faults.First[0].Line != 3 || faults.Rejects != bad+".rejects.csv" {
		t.Errorf("status %d, %v: %s%s", r.status, err, r.out, r.err)
	}
	// The rule says what a family gets where nobody else does.
	if r := o.ok("ledger disburse --period 202701"); !strings.Contains(r.err, "Rp 8.000.000 disbursed to 40 families") {
		t.Error(r.err)
	}
	o.ok("ledger audit")
}

// TestDisburseForms: flags of one form beside another's are refused before anything is opened.
func TestDisburseForms(t *testing.T) {
	for line, says := range map[string]string{
		"--file a --period 202611":        "give one of",
		"--file a --reverse X --reason y": "give one of",
		"--example --amount 5":            "give one of",
		"--reverse X":                     "--reverse and --reason go together",
		"--reason X":                      "--reverse and --reason go together",
		"--dry-run":                       "--dry-run and --rejects go with --file",
		"--period 202611 --rejects a":     "--dry-run and --rejects go with --file",
		"--amount 0":                      "--amount must be a positive number",
	} {
		r := bpnt(t, "", append([]string{"ledger", "disburse", "--data-dir", t.TempDir()}, strings.Fields(line)...)...)
		if r.status != 2 || !strings.Contains(r.err, says) {
			t.Errorf("%s: status %d: %s", line, r.status, r.err)
		}
	}
}
