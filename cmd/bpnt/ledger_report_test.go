package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/ledger"
)

// reportJSON is what a script reads of a report.
type reportJSON struct {
	Report      string           `json:"report"`
	Subject     string           `json:"subject"`
	AsOf        string           `json:"as_of"`
	GeneratedAt time.Time        `json:"generated_at"`
	Parameters  map[string]any   `json:"parameters"`
	Columns     []ledger.Column  `json:"columns"`
	Rows        []map[string]any `json:"rows"`
	Total       map[string]any   `json:"total"`
}

// TestReportFormats: one report as a table for people, as CSV for a sheet and as JSON for a script.
func TestReportFormats(t *testing.T) {
	o := newOffice(t)
	o.ok("ledger disburse --programme BPNT --period 202611 --amount 200000")

	lines := strings.Split(o.ok("ledger report realisation --period 202611").out, "\n")
	if !strings.HasPrefix(lines[1], "as of now, from period 202611, to period 202611, together false; made ") {
		t.Errorf("title: %s", lines[1])
	}
	header, total := lines[3], lines[len(lines)-2]
	if !strings.HasPrefix(header, "programme  period  region ") || !strings.HasPrefix(total, "total ") || !strings.Contains(total, " Rp 8.000.000 ") {
		t.Errorf("%s\n%s", header, total)
	}
	for _, line := range lines[4 : len(lines)-3] {
		if strings.Index(line, "Rp 0")+len("Rp 0") != strings.Index(header, "redeemed    ")+len("redeemed") {
			t.Errorf("the columns do not line up:\n%s\n%s", header, line)
		}
	}

	var sheet [][]string
	file := filepath.Join(o.dir, "realisation.csv")
	if r := o.ok("ledger report realisation --period 202611 --format csv --out " + file); r.out != "" {
		t.Errorf("stdout has %q", r.out)
	}
	text, err := os.Open(file)
	if err == nil {
		sheet, err = csv.NewReader(text).ReadAll()
	}
	if err != nil || sheet[0][0] != "programme" || sheet[0][7] != "funded_idr" || sheet[1][0] != "BPNT" || sheet[1][1] != "202611" {
		t.Fatalf("%v: %v", err, sheet)
	}
	if info, err := text.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("families' lists are for their owner: %v, %v", info.Mode(), err)
	}

	j := decode[reportJSON](t, o.ok("ledger report realisation --period 202611 --format json"))
	if j.Report != "realisation" || j.GeneratedAt.IsZero() || j.Parameters["from_period"] != 202611.0 || len(j.Rows) != len(sheet)-1 {
		t.Errorf("%+v", j)
	}
	if j.Columns[7] != (ledger.Column{Name: "funded_idr", Kind: ledger.ColumnRupiah}) || j.Total["funded_idr"] != 8_000_000.0 || j.Total["region"] != nil {
		t.Errorf("%+v", j)
	}
}

// TestReportCommands: every report answers, in every format, and says what it is about.
func TestReportCommands(t *testing.T) {
	o := newOffice(t)
	o.ok("ledger disburse --programme BPNT --period 202611 --amount 200000")
	o.ok("ledger target set --kind e_warong --month 202611 --outlets 70")
	o.ok("ledger target set --kind e_warong --month 202611 --outlets 8")
	today := time.Now().In(time.FixedZone("WIB", 7*3600)).Format(time.DateOnly)
	for line, says := range map[string]string{
		"realisation --together --from 202611 --to 202612": "together true",
		"untouched --period 202611 --programme BPNT":       "programme BPNT",
		"outlets --from 202611 --to 202611":                "  50.0  ",
		"outlet --mid DKI000000000001 --daily":             "outlet DKI000000000001",
		"outlet --mid DKI000000000001":                     "opening balance",
		"family 3171000000001":                             "family 3171000000001",
		"declines":                                         "nothing to report",
		"dormancy --programme BPNT":                        "0  purses",
		"receivables --programme BPNT --region 3172":       "0  families",
		"disbursements --from 2026-01-01":                  "BPNT-202611-all-1",
		"exceptions":                                       "nothing to report",
		"flags --region 3172 --families 10":                "crowd families 10",
		"realisation --as-of " + today:                     "as of " + today,
	} {
		if r := o.ok("ledger report " + line); !strings.Contains(r.out, says) {
			t.Errorf("%s should say %q:\n%s", line, says, r.out)
		}
		j := decode[reportJSON](t, o.ok("ledger report "+line+" --format json"))
		if j.Report != strings.Fields(line)[0] || len(j.Columns) < 5 || j.Rows == nil {
			t.Errorf("%s: %+v", line, j)
		}
		if rows, err := csv.NewReader(strings.NewReader(o.ok("ledger report " + line + " --format csv").out)).ReadAll(); err != nil || len(rows) != len(j.Rows)+1 {
			t.Errorf("%s: %d lines of CSV, %d of JSON, %v", line, len(rows), len(j.Rows), err)
		}
	}
	untouched := decode[reportJSON](t, o.ok("ledger report untouched --period 202611 --format json"))
	if len(untouched.Rows) != 40 || untouched.Total["family"] != 40.0 || untouched.Rows[0]["cards_today"] != "1 active" {
		t.Errorf("%+v", untouched.Rows)
	}
	targets := decode[[]ledger.Target](t, o.ok("ledger target list --json"))
	if !slices.Equal(targets, []ledger.Target{{Kind: "e_warong", Month: 202611, Outlets: 8}}) || !strings.Contains(o.ok("ledger target list").out, "202611  e_warong        8") {
		t.Errorf("%+v", targets)
	}
}

func TestReportRefusals(t *testing.T) {
	o := newOffice(t)
	o.refused("ledger report realisation --as-of yesterday", "is no moment")
	o.refused("ledger report realisation --as-of 2999-01-01", "lies in the future")
	o.refused("ledger report realisation --period 202611 --to 202612", "give one of them")
	o.refused("ledger report realisation --format xml", "--format must be one of")
	o.refused("ledger report realisation --programme RASTRA", "programme list")
	o.refused("ledger report untouched --period 202613", "YYYYMM")
	o.refused("ledger report flags --opens dawn", "--opens must be a time of day")
	o.refused("ledger report family 7", "family 7: not found")
	o.refused("ledger report realisation --out "+filepath.Join(o.dir, "none", "r.csv"), "--out")
	o.refused("ledger target set --kind warung --month 202611 --outlets 1", "--kind must be one of")
	o.refused("ledger target set --kind e_warong --month 202613 --outlets 1", "YYYYMM")
	kept := filepath.Join(o.dir, "kept.csv")
	o.ok("ledger report family 3171000000001 --format csv --out " + kept)
	o.refused("ledger report family 7 --format csv --out "+kept, "not found")
	if left, err := filepath.Glob(filepath.Join(o.dir, ".report-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if text, err := os.ReadFile(kept); err != nil || !strings.Contains(string(text), "closing") && !strings.Contains(string(text), "opening") {
		t.Errorf("a report that failed spoilt the one before: %q, %v", text, err)
	}
}

// TestReportHelp: every report explains itself with an example.
func TestReportHelp(t *testing.T) {
	for _, args := range []string{
		"ledger report realisation", "ledger report untouched", "ledger report outlets", "ledger report outlet",
		"ledger report family", "ledger report declines", "ledger report dormancy", "ledger report disbursements",
		"ledger report receivables", "ledger report exceptions", "ledger report flags", "ledger target set", "ledger target list",
	} {
		if r := bpnt(t, "", append(strings.Fields(args), "--help")...); r.status != 0 || !strings.Contains(r.out, "  bpnt "+args) {
			t.Errorf("bpnt %s --help: status %d, without an example", args, r.status)
		}
	}
}
