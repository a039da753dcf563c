package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Debit is what stands in the books of one redemption.
type Debit struct {
	TID       string `json:"tid"`
	STAN      int32  `json:"stan"`
	Family    int64  `json:"family"`
	AmountIDR int64  `json:"amount_idr"` // less what was reversed, voided and refunded; 0 where nothing stands
}

// debitsSQL sums up the postings of each approved redemption and of the messages about it: its reversal, which has
// its key, its voids and refunds, which name it, and the reversals of those, which name them.
const debitsSQL = `with redemption as materialized (
	select m.*, t.tid from bpnt.message m join bpnt.terminal t on t.id = m.terminal join bpnt.link k on k.id = t.link
	 where k.name = $1 and m.class = 'R' and m.outcome = 1
), part as (
	select bucket, id as redemption, id as message from redemption
	union all
	select o.bucket, o.id, v.id from redemption o join bpnt.message v on v.bucket = o.bucket and v.terminal = o.terminal
	   and v.stan = o.stan and v.class = 'r' and v.pan = o.pan and v.generation = o.generation
	union all
	select w.bucket, w.original, w.id from bpnt.message w where w.class in ('V', 'N') and w.original is not null
	union all
	select u.bucket, w.original, u.id from bpnt.message u
	  join bpnt.message w on w.bucket = u.bucket and w.id = u.original and w.class in ('V', 'N') where u.class in ('v', 'n')
), moved as (
	select p.bucket, p.redemption, sum(case q.kind when 'U' then -q.amount else q.amount end) as amount
	  from part p join bpnt.posting q on q.bucket = p.bucket and q.message = p.message and q.kind in ('R', 'A', 'U')
	 group by 1, 2
)
select o.tid, o.stan, coalesce(o.family, 0), coalesce(d.amount, 0)::bigint
  from redemption o left join moved d on d.bucket = o.bucket and d.redemption = o.id order by 1, 2`

// Debits reads every approved redemption of a link's terminals, by TID and STAN: for those who hold each sale of a
// terminal against the books. It reads whole tables.
func (l *Ledger) Debits(ctx context.Context, link string) ([]Debit, error) {
	rows, err := l.pool.Query(ctx, debitsSQL, link)
	if err != nil {
		return nil, readError(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Debit])
	return all, readError(err)
}
