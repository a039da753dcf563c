package ledger

import (
	"fmt"
	"testing"
)

// TestLookupsStayFlat: what is looked up of a family does not depend on how many families there are, also in books of
// which the planner knows nothing yet. Counted by the server in pages touched: an index of which every entry is passed
// over returns one row too.
func TestLookupsStayFlat(t *testing.T) {
	few, many := lookups(t, 100), lookups(t, 3000)
	for what := range few {
		if few[what] == 0 || many[what] > few[what]*2 {
			t.Errorf("%s: %d pages touched among 100 families, %d among 3,000", what, few[what], many[what])
		}
	}
	t.Log(few, many)
}

// lookups counts the pages that twenty families' messages touch in a ledger of so many.
func lookups(t *testing.T, families int) map[string]int64 {
	b := newBooks(t)
	b.asOwner(fmt.Sprintf(`insert into bpnt.family (bucket, id, region, name)
		select 0, i, 3172, 'Family ' || i from generate_series(21, %d) i`, families))
	cards := make([]PANKey, 20)
	for i := range cards {
		cards[i] = pan(fmt.Sprint("look", i), 0)
		b.family(int64(i+1), cards[i])
	}
	b.rule(`r.day_most := 1000000; r.return_days := 0`)
	read := map[string]int64{}
	for i := range int32(4) {
		before := b.pagesTouched()
		b.disburse(testPeriod-i, testGrant)
		read["20 purses funded"] = (b.pagesTouched() - before) * 20 / int64(families)
	}
	stan := int32(0)
	count := func(what string, do func(card PANKey)) {
		before := b.pagesTouched()
		for _, card := range cards {
			stan++
			do(card)
		}
		read[what] = b.pagesTouched() - before
	}
	count("sale with a day's limit", func(card PANKey) { b.want("sale", b.post(b.redeem(card, stan, 10_000)), OutcomeApproved) })
	count("reversal", func(card PANKey) { b.want("reversal", b.post(b.reverse(card, stan-20, 10_000)), OutcomeReversed) })
	b.now = b.now.AddDate(0, 0, 100)
	b.freeze()
	count("frozen", func(card PANKey) { b.want("sale", b.post(b.redeem(card, stan, 10_000)), OutcomeAccountFrozen) })
	count("reversal of a decline", func(card PANKey) {
		b.want("reversal", b.post(b.reverse(card, stan-20, 10_000)), OutcomeReversalNoEffect)
	})
	b.giveBack()
	count("nothing open", func(card PANKey) { b.want("sale", b.post(b.redeem(card, stan, 10_000)), OutcomeAidReturned) })
	return read
}

// pagesTouched is how many pages of purses and postings were touched so far.
func (b *books) pagesTouched() (pages int64) {
	b.t.Helper()
	b.rowsRead() // by then the gateway's sessions have reported
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)
		from pg_statio_user_tables where schemaname = 'bpnt' and relname in ('purse', 'posting')`).Scan(&pages))
	return pages
}
