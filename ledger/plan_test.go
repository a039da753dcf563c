package ledger

import (
	"testing"
)

// TestPlansStayFlat: on a ledger that was empty when its plans were made, a message reads as many rows when the books
// have grown as it did at first. Counted by the server, so no clock is involved.
func TestPlansStayFlat(t *testing.T) {
	b := newBooks(t)
	cards := make([]PANKey, 50)
	for i := range cards {
		cards[i] = pan(string(rune('A'+i)), 0)
		b.family(int64(i+1), cards[i])
	}
	b.disburse(testPeriod, 1_000_000_000)
	stan := int32(0)
	round := func() int64 {
		before := b.rowsRead()
		for range 20 {
			stan++
			requests := make([]Request, len(cards))
			for i, card := range cards {
				requests[i] = b.redeem(card, stan, 1_000)
				if i%10 == 9 && stan > 1 {
					requests[i] = b.reverse(card, stan-1, 1_000)
				}
			}
			b.batch(0, requests...)
		}
		return b.rowsRead() - before
	}
	first := round()
	for range 4 {
		round()
	}
	last := round()
	t.Logf("rows read for 1,000 messages: %d, later %d", first, last)
	if first == 0 || last > first*11/10 {
		t.Errorf("1,000 messages read %d rows of an empty ledger and %d after 5,000 more", first, last)
	}
	b.audit()
}

// rowsRead is how many rows and index entries of the books were read so far. A backend has reported what it counted
// when it is gone from the list.
func (b *books) rowsRead() (rows int64) {
	b.t.Helper()
	b.gateway.pool.Reset()
	for left := 1; left > 0; {
		b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select count(*) from pg_stat_activity
			where datname = current_database() and application_name = $1`, RoleGateway).Scan(&left))
	}
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select sum(seq_tup_read) + (
		select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = 'bpnt')
		from pg_stat_user_tables where schemaname = 'bpnt'`).Scan(&rows))
	return rows
}
