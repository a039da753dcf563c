package ledger

import (
	"context"
	"fmt"
)

// noteDifferences enters an exception for each row that does not add up, and for a day that does not.
func (l *Ledger) noteDifferences(ctx context.Context, s Settlement, r *DayReconciliation) error {
	for _, b := range r.Batches {
		if b.DifferenceIDR == 0 {
			continue
		}
		rows, err := l.entriesText(ctx, b)
		if err == nil {
			err = l.noteDifference(ctx, s, fmt.Sprintf("%s/batch/%s/%s/%d", s.Name, b.Link, b.TID, b.No), &b.link, b.terminal,
				b.StoredIDR, b.StoredIDR+b.DifferenceIDR, fmt.Sprintf("batch %d: stored totals against its postings%s", b.No, rows))
		}
		if err != nil {
			return err
		}
	}
	rest := r.DifferenceIDR
	for _, b := range r.Batches {
		rest -= b.DifferenceIDR
	}
	if rest != 0 { // a posting without its message
		r.Differences++
		err := l.noteDifference(ctx, s, s.Name+"/day", nil, nil, r.LedgerIDR-rest, r.LedgerIDR,
			"postings of the day that no message explains")
		if err != nil {
			return err
		}
	}
	return l.noteClaims(ctx, s, r)
}

// noteClaims does so for what terminals and switches said.
func (l *Ledger) noteClaims(ctx context.Context, s Settlement, r *DayReconciliation) error {
	for _, c := range r.Claims {
		if c.Explained {
			continue
		}
		r.Differences++
		err := l.noteDifference(ctx, s, fmt.Sprintf("%s/claim/%d", s.Name, c.id), &c.link, c.terminal, c.TheirIDR, c.OurIDR,
			"their totals differ from ours, and no exception says why")
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) noteDifference(ctx context.Context, s Settlement, key string, link *int16, terminal *int32, theirs, ours int64,
	detail string,
) error {
	_, err := l.pool.Exec(ctx, `select bpnt.note_day_difference($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		l.now(), s.bank, s.day, key, link, terminal, theirs, ours, detail)
	return jobError(err)
}

// entriesText lists the RRNs and amounts of a batch, the first hundred: the rows that an exception is about.
func (l *Ledger) entriesText(ctx context.Context, b DayBatch) (text string, err error) {
	from, of := b.entries()
	err = l.pool.QueryRow(ctx, `select coalesce(': ' || string_agg(bpnt.rrn(bucket, message) || ' Rp ' || net, ', '), '')
		from (select * from `+from+` order by bucket, message limit 100) e`, of, b.No).Scan(&text)
	return text, jobError(err)
}
