package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// yesterdaysSale puts a redemption of the business day before into the books and tells that day.
func (o *office) yesterdaysSale() (day string) {
	o.t.Helper()
	o.sql(`with sold as (
			insert into bpnt.message (bucket, terminal, stan, class, pan, generation, id, at, epoch, processing_code, amount, invoice, batch, outcome,
				balance, masthead, family)
			select c.bucket, 1, 1, 'R', c.pan, 0, 1, now() - interval '1 day', 0, 0, 50000, '', 1, 1, 0, 1, c.family
			from bpnt.card c where bucket = 0 limit 1
			returning *), counted as (
			update bpnt.bucket set message_no = 1 where id = 0)
		insert into bpnt.posting (bucket, message, line, kind, from_kind, from_id, to_kind, to_id, programme, period, amount, business_date, batch)
		select bucket, id, 1, 'R', 'P', family, 'O', 1, 1, 202611, amount, bpnt.business_date(at), 1 from sold`)
	day, err := o.server.Exec(o.t.Context(), databaseName, `select bpnt.business_date(now()) - 1`)
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimSpace(day)
}

// TestSettleCommand: a day is closed, its files are written, the same again, and the bank's answer is read.
func TestSettleCommand(t *testing.T) {
	o := newOffice(t)
	o.says(0, "no business day of BNI waits to be closed", "", "ledger", "settle", "--bank", "BNI")
	day := o.yesterdaysSale()
	out := filepath.Join(o.dir, "files")
	o.says(1, "is not closed yet", "", "ledger", "reconcile", "--bank", "BNI", "--date", day)
	o.says(0, "BNI owes BNI Rp 50.000", "", "ledger", "settle", "--bank", "BNI", "--out", out)
	name := "BPNT-BNI-" + strings.ReplaceAll(day, "-", "")
	order, rows := o.read(out, name+"-payout.xml"), o.read(out, name+"-rows.csv")
	if !strings.Contains(order, "<InstdAmt Ccy=\"IDR\">50000.00</InstdAmt>") || !strings.HasPrefix(rows, "bpnt,settlement,1,"+name+",1,50000\n") {
		t.Errorf("%s\n%s", order, rows)
	}
	o.says(0, "was closed already", "", "ledger", "settle", "--bank", "BNI", "--date", day, "--out", out)
	if o.read(out, name+"-payout.xml") != order || o.read(out, name+"-rows.csv") != rows {
		t.Error("the files changed")
	}
	if left, err := filepath.Glob(filepath.Join(out, "*.part-*")); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
	o.says(0, "sha256", "", "ledger", "settle", "--bank", "BNI", "--date", day, "--out", out, "--delimiter", "pipe")
	if piped := o.read(out, name+"-rows.csv"); !strings.HasPrefix(piped, "bpnt|settlement|1|") {
		t.Error(piped)
	}
	o.says(0, "of the day, in batches of other days or still open", "", "ledger", "reconcile", "--bank", "BNI", "--date", day)

	answer := o.file("answer.csv", fmt.Sprintf("bpnt,payout-result,1,R-1,1,50000\nreference,status,amount,reason\n%s-1,paid,50000,\n", name))
	o.says(0, "1 paid, Rp 50.000", "", "ledger", "settle", "--bank", "BNI", "--result", answer)
	o.says(0, "1 known before", "", "ledger", "settle", "--bank", "BNI", "--result", answer)
	odd := o.file("odd.csv", "bpnt,payout-result,1,R-2,1,1\nreference,status,amount,reason\nBPNT-NONE,paid,1,\n")
	o.says(1, "1 entries of the bank's file do not match", "", "ledger", "settle", "--bank", "BNI", "--result", odd)
	o.says(1, "it is neither camt.053 nor camt.054", "", "ledger", "settle", "--bank", "BNI", "--result", o.file("a.xml", "<Document/>"))
	o.says(2, "--result goes with --bank alone", "", "ledger", "settle", "--bank", "BNI", "--date", day, "--result", answer)
	o.says(1, "is not over", "", "ledger", "settle", "--bank", "BNI", "--date", "2999-01-01")
	o.says(1, "no bank has the code", "", "ledger", "settle", "--bank", "BNX")

	var report struct {
		DifferenceIDR *int64 `json:"difference_idr"`
	}
	said := o.says(0, "", "", "ledger", "reconcile", "--bank", "BNI", "--date", day, "--json")
	if err := json.Unmarshal([]byte(said), &report); err != nil || report.DifferenceIDR == nil || *report.DifferenceIDR != 0 {
		t.Error(err, said)
	}
}

func (o *office) read(folder, name string) string {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(text)
}

// TestBankCommand: where payouts come from and go to.
func TestBankCommand(t *testing.T) {
	o := newOffice(t)
	o.says(0, "", "", "ledger", "bank", "set", "BNI", "--account", "0098765432", "--holder", "DINSOS DKI")
	o.says(0, "0098765432", "", "ledger", "bank", "list")
	o.says(0, `"account_holder": "DINSOS DKI"`, "", "ledger", "bank", "list", "--json")
	o.says(1, "without blanks or dashes", "", "ledger", "bank", "set", "BNI", "--account", "00-98")
	o.says(0, "paid on account 0123 Siti", "", "ledger", "outlet", "set", "DKI000000000001", "--account", "0123", "--holder", "Siti")
	o.says(0, "no account: what it is owed is carried forward", "", "ledger", "outlet", "set", "DKI000000000001", "--account", "", "--holder", "")
	banks := o.file("banks.csv", "bpnt,banks,1,B-1,1,0\nbank,code,name\n2,BRI,Bank Rakyat Indonesia\n")
	o.says(0, "1 added", "", "ledger", "import", "banks", "--file", banks)
	o.says(0, "", "", "ledger", "family", "bank", "3171000000001", "--bank", "BRI", "--reason", "the regency changed its bank")
	o.says(0, "cards of BRI", "", "ledger", "family", "show", "3171000000001")
	o.says(1, "is with BRI already", "", "ledger", "family", "bank", "3171000000001", "--bank", "BRI", "--reason", "again")
}
