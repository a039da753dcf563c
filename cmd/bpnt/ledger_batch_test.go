package main

import (
	"strings"
	"testing"

	"bpnt/ledger"
)

// TestBatchesAndExceptions: what a terminal's wrong settlement leaves behind, as an operator sees it.
func TestBatchesAndExceptions(t *testing.T) {
	o := newOffice(t)
	o.ok("ledger outlet add --mid 600600600600600 --name MAWAR --city Jakarta")
	o.ok("ledger terminal add --tid 60060060 --mid 600600600600600")
	o.settleWrongly()
	batches := decode[[]ledger.ClosedBatch](t, o.ok("ledger batch list --json"))
	if len(batches) != 1 || batches[0].TID != "60060060" || batches[0].Reconciliation.Status != "closed" {
		t.Fatalf("%+v", batches)
	}
	shown := decode[batchShown](t, o.ok("ledger batch show 1 --json"))
	if len(shown.Uploads) != 1 || shown.Uploads[0].Found != "unknown" || shown.Reconciliation.TheirNet != 20_000 {
		t.Errorf("%+v", shown)
	}
	o.tells("ledger batch list", "60060060", "closed", "terminal")
	o.tells("ledger batch list --unspoken", "no batches")
	o.tells("ledger batch show 1", "they claim Rp 20.000, we count Rp 0", "000123", "unknown")
	o.refused("ledger batch show 7", "batch 7: not found")
	o.refused("ledger batch list --from yesterday", "2026-11-25")
	o.tells("ledger exceptions list --open", "batch_totals", "upload_unknown", "000123")
	o.ok("ledger exceptions note 1 --note asked")
	o.ok("ledger exceptions settle 1 --note done")
	o.tells("ledger exceptions list 1", "yes", "asked", "done")
	if open := decode[[]ledger.Exception](t, o.ok("ledger exceptions list --open --json")); len(open) != 1 {
		t.Errorf("%+v", open)
	}
	o.refused("ledger exceptions list 7", "no exception 7")
	o.refused("ledger exceptions settle 7 --note x", "exception 7: not found")
	o.tells("ledger exceptions list --kind none", "nothing")
	report := decode[ledger.ForgottenReport](t, o.ok("ledger batch close-forgotten --json"))
	if len(report.Batches) != 0 || report.Before.IsZero() {
		t.Errorf("%+v", report)
	}
	o.refused("ledger batch close-forgotten --before 2126-11-26T00:00:00+07:00", "to come")
}

// settleWrongly is a terminal that believes in a sale that the host never saw.
func (o *office) settleWrongly() {
	o.t.Helper()
	books, err := ledger.Open(o.t.Context(), ledger.Options{URL: o.server.URL(databaseName), Role: ledger.RoleGateway})
	if err != nil {
		o.t.Fatal(err)
	}
	defer books.Close()
	link, err := books.LinkID(o.t.Context(), "edc")
	if err != nil {
		o.t.Fatal(err)
	}
	claim := ledger.BatchClaim{Link: link, TID: "60060060", STAN: 1, SentBatch: 1, Totals: ledger.Totals{Sales: 1, SalesAmount: 20_000}}
	_, first := books.CloseBatch(o.t.Context(), claim)
	_, second := books.Upload(o.t.Context(), ledger.UploadItem{Link: link, TID: "60060060", OriginalMTI: 200, OriginalSTAN: 123, Amount: 20_000})
	claim.Trailer, claim.STAN = true, 2
	_, third := books.CloseBatch(o.t.Context(), claim)
	for _, err := range []error{first, second, third} {
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

// tells runs a command whose output must have some words.
func (o *office) tells(line string, words ...string) {
	o.t.Helper()
	r := o.ok(line)
	for _, word := range words {
		if !strings.Contains(r.out+r.err, word) {
			o.t.Errorf("bpnt %s should say %q:\n%s%s", line, word, r.out, r.err)
		}
	}
}

// TestMasterKeysAreEntered: by their clear text, from stdin; what is printed is the check value, never the key.
func TestMasterKeysAreEntered(t *testing.T) {
	const clear, check = "0123456789ABCDEFFEDCBA9876543210", "08D7B4"
	o := newOffice(t)
	o.ok("ledger outlet add --mid 600600600600600 --name MAWAR --city Jakarta")
	o.ok("ledger terminal add --tid 60060060 --mid 600600600600600")
	for _, tt := range []struct {
		line, stdin string
		status      int
		says        string
	}{
		{"ledger terminal key 60060060 --tmk", clear, 0, "check value " + check},
		{"ledger terminal key 60060060 --tmk", clear + "00", 2, "the TMK must be 32 hex digits"},
		{"ledger terminal key 60060060 --tmk", "", 2, "TMK"},
		{"ledger terminal key 60060060", clear, 0, "check value " + check},
		{"ledger link key edc --reason test", clear, 0, "check value " + check},
		{"ledger link key edc", "XYZ", 2, "the ZMK must be 32 or 48 hex digits"},
		{"ledger link key nolink", clear, 1, "the books have no link nolink"},
		{"ledger link list", "", 0, "edc"},
	} {
		r := o.with(tt.stdin, strings.Fields(tt.line)...)
		if r.status != tt.status || !strings.Contains(r.out+r.err, tt.says) {
			t.Errorf("bpnt %s: status %d, want %d; should say %q:\n%s%s", tt.line, r.status, tt.status, tt.says, r.out, r.err)
		}
		if strings.Contains(r.out+r.err, clear) {
			t.Errorf("bpnt %s: the key is printed", tt.line)
		}
	}
	links := decode[[]linkShown](t, o.ok("ledger link list --json"))
	if len(links) != 1 || !links[0].ZMK || links[0].ZPK || links[0].Day != 0 {
		t.Errorf("%+v", links)
	}
}
