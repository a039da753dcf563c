package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bpnt/ledger"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// office is a private Postgres with a small area's books, in which commands are run.
type office struct {
	t      *testing.T
	dir    string
	server *localpg.Server
}

func newOffice(t *testing.T) *office {
	t.Helper()
	needPostgres(t)
	o := &office{t: t, dir: pgtest.Folder(t)}
	o.server = keepPostgres(t, o.dir)
	o.ok("ledger migrate")
	o.ok("ledger seed --families 40 --outlets 4")
	return o
}

// run runs one command line; words are parted by spaces.
func (o *office) run(line string) result {
	o.t.Helper()
	return bpnt(o.t, "", append(strings.Fields(line), "--data-dir", o.dir)...)
}

func (o *office) ok(line string) result {
	o.t.Helper()
	r := o.run(line)
	if r.status != 0 {
		o.t.Fatalf("bpnt %s: status %d: %s", line, r.status, r.err)
	}
	return r
}

func (o *office) refused(line, says string) {
	o.t.Helper()
	if r := o.run(line); r.status == 0 || !strings.Contains(r.err, says) {
		o.t.Errorf("bpnt %s: status %d, should say %q: %s", line, r.status, says, r.err)
	}
}

// sql is what the owner of the books does.
func (o *office) sql(sql string) {
	o.t.Helper()
	if _, err := o.server.Exec(o.t.Context(), databaseName, sql); err != nil {
		o.t.Fatal(err)
	}
}

// age makes all money that was disbursed so many days older, and rules from today on what set says.
func (o *office) age(set string) {
	o.t.Helper()
	o.sql(`update bpnt.tranche set opened_on = opened_on - 100`)
	o.sql(`do $$ declare r bpnt.rule := bpnt.rule_on(1::smallint, current_date + 1); begin
		r.since := greatest(r.since, current_date - 10) + 1; ` + set + `; insert into bpnt.rule select (r).*; end $$`)
}

func decode[T any](t *testing.T, r result) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	return v
}

func TestFreezeThawReturnByCommand(t *testing.T) {
	o := newOffice(t)
	o.ok("ledger disburse --period 202601 --amount 110000")
	if r := o.ok("ledger freeze --dry-run"); !strings.Contains(r.out, "nothing to be frozen") {
		t.Errorf("on the day of disbursement: %s", r.out)
	}
	o.age(`r.return_days := 0`)
	file := filepath.Join(o.dir, "list.csv")
	dry := decode[ledger.SweepReport](t, o.ok("ledger freeze --dry-run --json --list "+file))
	if dry.Purses != 40 || dry.AmountIDR != 40*110_000 || len(dry.Totals) != 4 || !dry.DryRun {
		t.Errorf("%+v", dry)
	}
	rows := readList(t, file)
	if len(rows) != 41 || !strings.HasSuffix(rows[1][8], "never used") || rows[1][4] != "110000" {
		t.Errorf("%d rows: %v", len(rows), rows[:2])
	}
	o.refused("ledger freeze --reason test --list "+file, "exists")
	o.refused("ledger freeze", "--reason is needed")
	o.refused("ledger thaw "+rows[1][0]+" --reason test", "no frozen money")
	if r := o.ok("ledger freeze --reason test"); !strings.Contains(r.out, "frozen     ") || !strings.Contains(r.out, "Rp 4.400.000") {
		t.Errorf("%s", r.out)
	}
	o.ok("ledger thaw " + rows[1][0] + " --reason came")
	o.refused("ledger thaw "+rows[1][0]+" --programme NONE --reason came", "there is no programme NONE")
	o.refused("ledger thaw 7 --reason came", "not found")
	back := decode[ledger.SweepReport](t, o.ok("ledger return --reason decree --json"))
	if back.Purses != 39 || back.Looked != 39 {
		t.Errorf("%+v", back)
	}
	o.ok("ledger audit")
}

func readList(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExpireByCommand(t *testing.T) {
	o := newOffice(t)
	o.ok("ledger disburse --period 202601 --amount 110000")
	o.age(`r.unspent := 'expire_after'; r.expire_days := 50`)
	o.ok("ledger disburse --period 202602 --amount 110000")
	o.refused("ledger expire", "--reason is needed")
	dry := o.ok("ledger expire --dry-run")
	if !strings.Contains(dry.out, "would expire") || !strings.Contains(dry.out, "202601") || strings.Contains(dry.out, "202602") {
		t.Errorf("%s", dry.out)
	}
	report := decode[ledger.ExpireReport](t, o.ok("ledger expire --reason test --json"))
	if report.Purses != 40 || len(report.Periods) != 1 || report.Periods[0].AmountIDR != 40*110_000 {
		t.Errorf("%+v", report)
	}
	if r := o.ok("ledger expire --reason again"); !strings.Contains(r.out, "nothing expired") {
		t.Errorf("%s", r.out)
	}
	o.ok("ledger audit")
}

func TestProgrammesByCommand(t *testing.T) {
	o := newOffice(t)
	if r := o.ok("ledger programme list"); !strings.Contains(r.out, "BPNT") || !strings.Contains(r.out, "Rp 200.000") {
		t.Errorf("%s", r.out)
	}
	o.ok("ledger programme rule BPNT --since 2099-01-01 --amount 250000 --hours 07:00-17:00 --most 200000 --source Decree")
	next := decode[ledger.Rule](t, o.ok("ledger programme rule BPNT --since 2099-02-01 --clear most,hours --unspent expire_after --expire-days 30 --source Decree --json"))
	if *next.AmountIDR != 250_000 || next.MostIDR != nil || next.Opens != nil || *next.FreezeDays != 90 || *next.ExpireDays != 30 {
		t.Errorf("%+v", next)
	}
	after := decode[ledger.Rule](t, o.ok("ledger programme rule BPNT --since 2099-03-01 --unspent accumulate --cash-out yes --source Decree --json"))
	if after.ExpireDays != nil || !after.CashOut {
		t.Errorf("%+v", after)
	}
	onCredit := decode[ledger.Rule](t, o.ok("ledger programme rule BPNT --since 2099-04-01 --advance-family 110000 --advance-outlet 5000000 --source Decree --json"))
	if *onCredit.AdvanceFamilyIDR != 110_000 || *onCredit.AdvanceOutletIDR != 5_000_000 {
		t.Errorf("%+v", onCredit)
	}
	if off := decode[ledger.Rule](t, o.ok("ledger programme rule BPNT --since 2099-04-02 --clear advance --source Decree --json")); off.AdvanceFamilyIDR != nil || off.AdvanceOutletIDR != nil {
		t.Errorf("%+v", off)
	}
	o.ok("ledger programme add BLT --name Bantuan")
	o.ok("ledger programme rule BLT --since 2020-01-01 --amount 300000 --cash-out yes --source Decree")
	if p := decode[ledger.Programme](t, o.ok("ledger programme show BLT --json")); p.ID != 4 || len(p.Rules) != 1 {
		t.Errorf("%+v", p)
	}
	for line, says := range map[string]string{
		"rule BPNT --since 2020-01-01 --amount 1 --source D":             "must begin after today",
		"rule BPNT --since 2099-01-01 --amount 1 --source D":             "already",
		"rule BPNT --since 1.1.2099 --source D":                          "written 2020-04-01",
		"rule NONE --since 2099-01-01 --source D":                        "no programme",
		"rule BPNT --since 2099-05-01 --amount=-5 --source D":            "positive",
		"rule BPNT --since 2099-05-01 --unspent expire_after --source D": "number of days",
		"rule BPNT --since 2099-05-01 --expire-days 3 --source D":        "goes with expire_after",
		"rule BPNT --since 2099-05-01 --hours 7 --source D":              "07:00-17:00",
		"rule BPNT --since 2099-05-01 --hours 17:00-07:00 --source D":    "beginning before the end",
		"rule BPNT --since 2099-05-01 --clear all --source D":            "--clear",
		"rule BPNT --since 2099-05-01 --freeze-days 0 --source D":        "must be 1",
		"rule BPNT --since 2099-05-01 --advance-family 5 --source D":     "two limits",
		"add BLT --name Twice":                                           "already",
		"add blt --name small":                                           "A-Z",
		"show NONE":                                                      "no programme",
	} {
		o.refused("ledger programme "+line, says)
	}
	if r := o.ok("ledger programme show BPNT"); strings.Count(r.out, "*") != 1 {
		t.Errorf("%s", r.out)
	}
}

// TestHelpOfTheMoneyCommands: each explains itself with an example.
func TestHelpOfTheMoneyCommands(t *testing.T) {
	for _, line := range []string{
		"ledger freeze", "ledger return", "ledger thaw", "ledger expire", "ledger programme list", "ledger programme show",
		"ledger programme add", "ledger programme rule",
	} {
		if r := bpnt(t, "", append(strings.Fields(line), "--help")...); r.status != 0 || !strings.Contains(r.out, "  bpnt "+line) {
			t.Errorf("bpnt %s --help: status %d, without an example", line, r.status)
		}
	}
}
