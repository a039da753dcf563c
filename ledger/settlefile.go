package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"bpnt/ledger/payfile"
)

// PayoutOrder is what a settlement's bank is asked to pay: pain.001 by payfile.WriteOrder. It is the same whenever it is
// asked for.
func (l *Ledger) PayoutOrder(ctx context.Context, s Settlement) (payfile.Order, error) {
	order := payfile.Order{
		ID: s.Name, Created: s.ClosedAt, Pay: s.ClosedAt, Bank: clearingCode(s.bank), Account: s.Account, Holder: s.Holder,
		Subject: "BPNT " + s.Date,
	}
	rows, err := l.pool.Query(ctx, `select reference, amount, account, account_holder from bpnt.payout
		where settlement = $1 order by outlet`, s.id)
	if err != nil {
		return order, readError(err)
	}
	order.Payments, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (payfile.Payment, error) {
		p := payfile.Payment{Bank: clearingCode(s.bank)}
		return p, row.Scan(&p.Reference, &p.AmountIDR, &p.Account, &p.Holder)
	})
	return order, readError(err)
}

func clearingCode(bank int16) string { return fmt.Sprintf("%03d", bank) }

// SettlementRows hands on each redemption of a settlement, and each that was undone, in the order of the ledger's clock.
// Rows come as they are read, so that a day of millions needs no memory.
func (l *Ledger) SettlementRows(ctx context.Context, s Settlement, each func(payfile.Row) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return jobError(pgx.BeginTxFunc(ctx, l.pool, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, settleSettings); err != nil {
			return err
		}
		zone, err := readZone(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, settlementRows, s.arguments())
		if err != nil {
			return err
		}
		var row settlementRow
		_, err = pgx.ForEachRow(rows, row.fields(), func() error { return each(row.file(s, zone)) })
		return err
	}))
}

// settleSettings suit statements over the postings of a day, whatever the planner's figures: by posting_date, and joined
// by hash. It takes a day's postings for a few, and looked for messages and outlets one by one.
const settleSettings = `set local jit = off; set local work_mem = '256MB'; set local enable_seqscan = off;
	set local enable_nestloop = off; set local plan_cache_mode = force_custom_plan`

// arguments choose a settlement's postings: of its day up to its cuts, and those of the day before that came after that
// day's cuts.
func (s Settlement) arguments() pgx.NamedArgs {
	from := s.day
	if len(s.cutsBefore) > 0 {
		from = from.AddDate(0, 0, -1)
	}
	return pgx.NamedArgs{
		"settlement": s.id, "bank": s.bank, "from": from, "to": s.day, "cuts": s.cuts, "cuts_before": s.cutsBefore,
	}
}

// settlementRow is one message of a settlement as the books have it.
type settlementRow struct {
	bucket, issuer            int16
	number, amount            int64
	stamp                     *int64
	at, day                   time.Time
	code, stan                int32
	class                     string
	outlet, mid, pan, tid     string
	account, institution, rrn string
	undone                    bool
}

func (r *settlementRow) fields() []any {
	return []any{
		&r.bucket, &r.number, &r.class, &r.code, &r.stan, &r.stamp, &r.at, &r.day, &r.amount, &r.undone, &r.pan, &r.tid, &r.mid,
		&r.outlet, &r.issuer, &r.account, &r.institution, &r.rrn,
	}
}

func (r *settlementRow) file(s Settlement, zone *time.Location) payfile.Row {
	row := payfile.Row{
		MTI: "0200", ProcessingCode: r.code, ResponseCode: "00", MaskedPAN: r.pan, At: r.at.In(zone), STAN: r.stan, RRN: r.rrn,
		Approval: Result{Outcome: OutcomeApproved, ID: r.number, Bucket: r.bucket}.Approval(),
		Acquirer: s.bank, Issuer: r.issuer, Outlet: r.outlet, MID: r.mid, AmountIDR: r.amount, TID: r.tid, BusinessDate: r.day,
		Undone: r.undone, Account: r.account, Institution: r.institution,
	}
	if strings.ToUpper(r.class) != r.class {
		row.MTI, row.Approval = "0400", "" // reversals have no approval code
	}
	if r.stamp != nil {
		row.LocalStamp = fmt.Sprintf("%010d", *r.stamp)
	}
	return row
}

// settlementRows chooses postings as settle_close() did, and adds what the message and the card say. The messages of
// these days lie together (message_at).
const settlementRows = `
	with moved as materialized (
		select p.bucket, p.message, h.outlet, p.business_date, case p.to_kind when 'O' then p.from_id else p.to_id end as family,
			p.from_kind = 'O' as undone, sum(p.amount)::bigint as amount
		from bpnt.posting p join bpnt.outlet_spans() h on h.bank = @bank
			and h.outlet = case p.to_kind when 'O' then p.to_id else p.from_id end
			and p.business_date >= h.since and p.business_date < h.until
		where p.business_date between @from::date and @to::date and (p.to_kind = 'O' or p.from_kind = 'O')
			and p.message <= (@cuts::bigint[])[p.bucket + 1]
			and (p.business_date = @to::date or p.message > (@cuts_before::bigint[])[p.bucket + 1])
		group by 1, 2, 3, 4, 5, 6
	)
	select v.bucket, v.message, m.class::text, m.processing_code, m.stan, m.stamp, m.at, v.business_date, v.amount, v.undone,
		coalesce(c.first6 || '******' || c.last4, ''), coalesce(t.tid, ''), coalesce(k.mid, ''), coalesce(k.name || ', ' || k.city, ''),
		bpnt.issuer_of(v.bucket, v.family, v.business_date), coalesce(y.account, ''), b.code, bpnt.rrn(v.bucket, v.message)
	from moved v join bpnt.bank b on b.id = @bank
	join bpnt.message m on m.bucket = v.bucket and m.id = v.message
		and m.at >= (select (@from::date + l.cut_over) at time zone l.time_zone from bpnt.ledger l)
		and m.at < (select (@to::date + 1 + l.cut_over) at time zone l.time_zone from bpnt.ledger l)
	left join bpnt.card c on c.bucket = m.bucket and c.pan = m.pan
	left join bpnt.terminal t on t.id = m.terminal
	left join bpnt.masthead k on k.id = m.masthead
	left join bpnt.payout y on y.settlement = @settlement and y.outlet = v.outlet
	order by m.at, v.bucket, v.message, v.undone`
