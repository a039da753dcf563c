package ledger

import (
	"errors"
	"testing"
)

// TestExceptions: listed by what people look for, noted by who looked into them, and never changed.
func TestExceptions(t *testing.T) {
	b := shop(t)
	sale := b.sale(1, 10_000)
	b.settles("settlement", b.claim(10, 1, 12_000), OutcomeTotalsDiffer, false, sales(1, 10_000))
	b.uploads("ours", b.item(1, sale.RRN(), 12_000), OutcomeApproved, false)
	b.settles("trailer", b.trailer(11), OutcomeApproved, false, sales(1, 10_000))
	all := b.listed(ExceptionFilter{}, 2)
	totals, upload := all[0], all[1]
	if totals.Kind != "batch_totals" || *totals.Theirs != 12_000 || *totals.Ours != 10_000 || totals.TID != testTID ||
		totals.MID != testMID || totals.Link != "edc" || totals.Bank != "BNI" || totals.BusinessDate != "2026-11-25" {
		t.Errorf("%+v", totals)
	}
	if upload.Kind != "upload_differs" || upload.RRN != sale.RRN() || *upload.STAN != 1 || *upload.Theirs != 12_000 || *upload.Ours != 10_000 {
		t.Errorf("%+v", upload)
	}
	for _, f := range []ExceptionFilter{
		{From: "2026-11-25", To: "2026-11-25", Kind: "batch_totals", Link: "edc", TID: testTID, MID: testMID, Bank: "BNI", Open: true},
		{ID: totals.ID},
		{Limit: 1},
	} {
		b.listed(f, 1)
	}
	for _, f := range []ExceptionFilter{{From: "2026-11-26"}, {To: "2026-11-24"}, {Kind: "x"}, {Link: "x"}, {TID: "x"}, {MID: "x"}, {Bank: "x"}, {ID: 99}} {
		b.listed(f, 0)
	}
	b.must(0, b.operator.NoteException(t.Context(), totals.ID, "the outlet was called", false))
	b.listed(ExceptionFilter{Open: true}, 2)
	b.must(0, b.operator.NoteException(t.Context(), totals.ID, "a slip of the terminal", true))
	b.listed(ExceptionFilter{Open: true}, 1)
	x, err := b.operator.Exception(t.Context(), totals.ID)
	b.must(0, err)
	if !x.Settled || len(x.Notes) != 2 || x.Notes[1].Note != "a slip of the terminal" || x.Notes[0].By == "" || x.Notes[0].Settled {
		t.Errorf("%+v", x)
	}
	b.must(0, b.operator.NoteException(t.Context(), totals.ID, "not so", false))
	b.listed(ExceptionFilter{Open: true}, 2)
	b.refusesNotes(totals.ID)
}

func (b *books) listed(f ExceptionFilter, count int) []Exception {
	b.t.Helper()
	all, err := b.operator.Exceptions(b.t.Context(), f)
	b.must(0, err)
	if len(all) != count {
		b.t.Fatalf("%+v: %d, want %d: %+v", f, len(all), count, all)
	}
	return all
}

func (b *books) refusesNotes(id int64) {
	b.t.Helper()
	if err := b.operator.NoteException(b.t.Context(), id, "", true); err == nil {
		b.t.Error("an empty note")
	}
	if err := b.operator.NoteException(b.t.Context(), 99, "x", true); !errors.Is(err, ErrNotFound) {
		b.t.Errorf("a stranger: %v", err)
	}
	if _, err := b.operator.Exceptions(b.t.Context(), ExceptionFilter{From: "25.11.2026"}); err == nil {
		b.t.Error("no date")
	}
	for _, sql := range []string{"update bpnt.exception set detail = ''", "delete from bpnt.exception_note", "update bpnt.upload set amount = 1"} {
		if err := b.execOwner(sql); err == nil {
			b.t.Errorf("%s: done", sql)
		}
	}
	for _, sql := range []string{"update bpnt.batch set sales = 1", "update bpnt.terminal set batch = 1", "insert into bpnt.upload default values"} {
		for _, l := range []*Ledger{b.gateway, b.operator} {
			if _, err := l.pool.Exec(b.t.Context(), sql); err == nil {
				b.t.Errorf("%s: done", sql)
			}
		}
	}
}
