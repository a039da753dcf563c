package ledger

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestPlansStayFlat: on a ledger that was empty when its plans were made, a message reads as many rows when the books
// have grown as it did at first. Counted by the server, so no clock is involved.
func TestPlansStayFlat(t *testing.T) {
	m := newMarket(t)
	m.disburse(testPeriod, 1_000_000_000)
	m.flat()
	m.audit()
}

// TestPlansStayFlatOverAYear: the same where families have twelve purses that all hold money.
func TestPlansStayFlatOverAYear(t *testing.T) {
	m := newMarket(t)
	for _, period := range twelve {
		m.disburse(period, 1_000_000_000)
	}
	m.flat()
	m.audit()
}

// TestSpentMonthsCostNothing: a redemption of a family that spends all reads as many rows in its twelfth month as in its
// second: a spent purse is set aside by the next disbursement and not met again.
func TestSpentMonthsCostNothing(t *testing.T) {
	m := newMarket(t)
	var read []int64
	for _, period := range twelve {
		m.disburse(period, testGrant)
		before := m.rowsRead()
		m.batch(0, m.sales(testGrant/2)...)
		read = append(read, m.rowsRead()-before)
		m.batch(0, m.sales(testGrant-testGrant/2)...)
	}
	t.Logf("rows read for %d redemptions, month by month: %d", len(m.cards), read)
	if last := read[11]; last > read[1]*11/10 {
		t.Errorf("%d redemptions read %d rows in the second month and %d in the twelfth", len(m.cards), read[1], last)
	}
	if got := m.balance(1); got != 0 {
		t.Errorf("balance %d", got)
	}
	m.audit()
}

// twelve are the periods of a year.
var twelve = []int32{202611, 202612, 202701, 202702, 202703, 202704, 202705, 202706, 202707, 202708, 202709, 202710}

// market is books with fifty families of one bucket.
type market struct {
	*books
	cards []PANKey
	stan  int32
}

func newMarket(t *testing.T) *market {
	m := &market{books: newBooks(t), cards: make([]PANKey, 50)}
	for i := range m.cards {
		m.cards[i] = pan(string(rune('A'+i)), 0)
		m.family(int64(i+1), m.cards[i])
	}
	return m
}

// sales is a redemption of each family.
func (m *market) sales(amount int64) []Request {
	m.stan++
	requests := make([]Request, len(m.cards))
	for i, card := range m.cards {
		requests[i] = m.redeem(card, m.stan, amount)
	}
	return requests
}

// flat counts the rows of a thousand messages, and again after some thousands more.
func (m *market) flat() {
	m.t.Helper()
	first := m.round()
	for range 4 {
		m.round()
	}
	last := m.round()
	m.t.Logf("rows read for 1,000 messages: %d, later %d", first, last)
	if first == 0 || last > first*11/10 {
		m.t.Errorf("1,000 messages read %d rows of an empty ledger and %d after 5,000 more", first, last)
	}
}

func (m *market) round() int64 {
	before := m.rowsRead()
	for range 20 {
		requests := m.sales(1_000)
		for i := 9; i < len(requests) && m.stan > 1; i += 10 {
			requests[i] = m.reverse(m.cards[i], m.stan-1, 1_000)
		}
		m.batch(0, requests...)
	}
	return m.rowsRead() - before
}

// rowsRead is how many rows and index entries of the books were read so far. A backend has reported what it counted
// when it is gone from the list, of which only the owner sees all.
func (b *books) rowsRead() (rows int64) {
	b.t.Helper()
	b.gateway.pool.Reset()
	b.operator.pool.Reset()
	conn, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(b.t.Context())
	for left := 1; left > 0; {
		b.must(0, conn.QueryRow(b.t.Context(), `select count(*) from pg_stat_activity
			where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`).Scan(&left))
	}
	b.must(0, conn.QueryRow(b.t.Context(), `select sum(seq_tup_read) + (
		select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = 'bpnt')
		from pg_stat_user_tables where schemaname = 'bpnt'`).Scan(&rows))
	return rows
}
