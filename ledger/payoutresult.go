package ledger

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/payfile"
)

// PayoutReport tells what a bank's file said, and what is still missing.
type PayoutReport struct {
	File        string          `json:"file"` // its own identity
	Bank        string          `json:"bank"`
	Paid        int64           `json:"paid"` // said for the first time
	PaidIDR     int64           `json:"paid_idr"`
	Rejected    int64           `json:"rejected"` // so too; due again in the bank's next settlement
	RejectedIDR int64           `json:"rejected_idr"`
	Known       int64           `json:"known"`   // said before
	Others      int64           `json:"others"`  // entries without a reference of ours
	Pending     int64           `json:"pending"` // not booked yet
	Wrong       []PayoutVerdict `json:"wrong"`   // an exception each
	Missing     []Payout        `json:"missing"` // payouts of which no file has said anything yet
}

// PayoutVerdict is an entry of a bank's file that does not match.
type PayoutVerdict struct {
	Reference string `json:"reference"`
	Verdict   string `json:"verdict"` // unknown, amount, twice, late (paid, but rejected before)
	Status    string `json:"status"`
	AmountIDR int64  `json:"amount_idr"`
	OurIDR    *int64 `json:"our_idr"`
}

// Payout is what an outlet is to be paid for a business day.
type Payout struct {
	Reference string `json:"reference"`
	MID       string `json:"mid"`
	AmountIDR int64  `json:"amount_idr"`
}

// EnterResult reads what a bank says became of its payouts. A file with a fault is refused as a whole; the same file again
// changes nothing.
func (l *Ledger) EnterResult(ctx context.Context, bank string, in io.Reader) (report PayoutReport, err error) {
	number, err := bankByCode(ctx, l.pool, bank)
	if err != nil {
		return report, err
	}
	result, err := payfile.ReadResult(in)
	if err != nil {
		return report, err
	}
	report = PayoutReport{File: result.ID, Bank: bank, Others: result.Others, Pending: result.Pending, Wrong: []PayoutVerdict{}}
	err = l.job(ctx, "payout result "+bank, func(conn *pgx.Conn) error {
		verdicts, err := l.enter(ctx, conn, number, result)
		if err != nil {
			return err
		}
		for i, v := range verdicts {
			report.count(result.Entries[i], v)
		}
		report.Missing, err = missingPayouts(ctx, conn, number)
		return err
	})
	return report, jobError(err)
}

// verdict is what the books say of an entry.
type verdict struct {
	says string
	ours *int64
}

// enter writes the file's entries, in one SQL transaction, and tells what each is.
func (l *Ledger) enter(ctx context.Context, conn *pgx.Conn, bank int16, r payfile.Result) ([]verdict, error) {
	references, statuses := make([]string, len(r.Entries)), make([]string, len(r.Entries))
	amounts, reasons := make([]int64, len(r.Entries)), make([]string, len(r.Entries))
	for i, e := range r.Entries {
		if !storable(e.Reference) || !storable(r.ID) {
			return nil, fmt.Errorf("entry %d of the bank's file: the reference must be printable", i+1)
		}
		references[i], statuses[i], amounts[i], reasons[i] = e.Reference, e.Status, e.AmountIDR, reasonText(e.Reason)
	}
	rows, err := conn.Query(ctx, `select verdict, ours from bpnt.payout_results($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.now(), bank, r.ID, r.Digest[:], references, statuses, amounts, reasons)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v verdict, err error) {
		return v, row.Scan(&v.says, &v.ours)
	})
}

// reasonText keeps a bank's words where they may be kept.
func reasonText(s string) string {
	if s != "" && checkText("the reason", s) != nil {
		return "(not kept: unprintable, too long, or with a number like a card's)"
	}
	return s
}

func (r *PayoutReport) count(e payfile.Entry, v verdict) {
	switch {
	case v.says == "known":
		r.Known++
	case v.says != "marked":
		r.Wrong = append(r.Wrong, PayoutVerdict{e.Reference, v.says, e.Status, e.AmountIDR, v.ours})
	case e.Status == payfile.StatusPaid:
		r.Paid++
		r.PaidIDR += e.AmountIDR
	default:
		r.Rejected++
		r.RejectedIDR += e.AmountIDR
	}
}

func missingPayouts(ctx context.Context, db querier, bank int16) ([]Payout, error) {
	rows, err := db.Query(ctx, `select y.reference, o.mid, y.amount
		from bpnt.payout y join bpnt.settlement s on s.id = y.settlement
		join bpnt.outlet o on o.id = y.outlet
		where s.bank = $1 and not exists (select from bpnt.payout_result r where r.payout = y.id) order by y.id`, bank)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]Payout{}, rows, pgx.RowToStructByPos[Payout])
}
