package ledger

import (
	"fmt"
	"testing"
	"time"
)

// TestSettlementStaysFlat: what a settlement message, an upload and the cut-off read does not depend on how many messages
// the books hold: of the terminal's earlier batches, of other terminals, of other days. Counted by the server.
func TestSettlementStaysFlat(t *testing.T) {
	m := newMarket(t)
	m.disburse(testPeriod, 1_000_000_000)
	few := m.settlementReads()
	m.grow(testTID, 30_000)
	many := m.settlementReads()
	m.asOwner(`analyze`)
	analyzed := m.settlementReads()
	t.Logf("rows read: %v, then %v, then %v", few, many, analyzed)
	for what := range few {
		if most := few[what]*3/2 + 10; few[what] == 0 || many[what] > most || analyzed[what] > most {
			t.Errorf("%s: %d rows read of small books, %d of large ones, %d once analyzed", what, few[what], many[what], analyzed[what])
		}
	}
}

// settlementReads counts the rows that each message of a terminal's evening reads, of a batch of fifty.
func (m *market) settlementReads() map[string]int64 {
	read := map[string]int64{}
	count := func(what string, do func()) {
		before := m.rowsRead()
		do()
		read[what] = m.rowsRead() - before
	}
	results := m.batch(0, m.sales(1_000)...)
	c := m.claim(1_000+m.stan, 1, 1)
	c.SentBatch = m.stan
	count("close", func() { m.settles("close", c, OutcomeTotalsDiffer, false, sales(50, 50_000)) })
	count("upload", func() { m.uploads("upload", m.item(m.stan, results[0].RRN(), 1_000), OutcomeApproved, false) })
	count("unknown", func() {
		m.uploads("unknown", m.item(m.stan, fmt.Sprintf("0100%08d", m.stan), 1_000), OutcomeApproved, false)
	})
	c.Trailer, c.STAN = true, c.STAN+1
	count("trailer", func() { m.settles("trailer", c, OutcomeApproved, false, sales(50, 50_000)) })
	m.batch(0, m.sales(1_000)...)
	m.now = m.now.Add(time.Hour)
	count("cut-off", func() { m.must(m.operator.at(m.now).CloseForgotten(m.t.Context(), m.now)) })
	c = m.claim(1_000+m.stan, 50, 50_000)
	c.SentBatch = m.stan
	m.settles("afterwards", c, OutcomeApproved, false, sales(50, 50_000))
	return read
}

// grow adds messages that no posting belongs to: of the terminal, in batches of its past, and of thirty others.
func (b *books) grow(tid string, messages int) {
	b.t.Helper()
	b.asOwner(fmt.Sprintf(`insert into bpnt.message (id, at, amount, balance, pan, terminal, stan, processing_code, batch, bucket,
			generation, epoch, outcome, class, invoice)
		select 100000 + i, now() - interval '1 day', 1000, 0, gen_random_uuid(), t.id + case when i %% 2 = 0 then i %% 30 else 0 end,
			500000 + i, 0, -(i / 100), i %% 4 / 2, 0, 0, 1, 'R', ''
		from bpnt.terminal t, generate_series(1, %d) i where t.tid = '%s'`, messages, tid))
}

// TestSwitchDayStaysFlat: the same of a switch's reconciliation.
func TestSwitchDayStaysFlat(t *testing.T) {
	b := switchBooks(t)
	few := b.dayReads("1126")
	b.grow(switchTID, 30_000)
	many := b.dayReads("1127")
	b.asOwner(`analyze`)
	analyzed := b.dayReads("1128")
	t.Logf("rows read: %d, then %d, then %d", few, many, analyzed)
	if most := few*3/2 + 10; few == 0 || many > most || analyzed > most {
		t.Errorf("%d rows read of small books, %d of large ones, %d once analyzed", few, many, analyzed)
	}
}

// dayReads counts the rows that the reconciliation of a day of one sale reads, after the cut-over to the next one.
func (b *books) dayReads(next string) int64 {
	b.t.Helper()
	stan := b.day().Day
	b.want("sale", b.post(atSwitch(b.redeem(pan("a", 0), stan, 1_000))), OutcomeApproved)
	b.cutOver(next, OutcomeApproved)
	before := b.rowsRead()
	claim := SwitchClaim{Link: b.link, STAN: stan, Totals: SwitchTotals{Debits: Sum{1, 1_000}, Net: 1_000}}
	b.reconciles("day", claim, OutcomeApproved, false)
	return b.rowsRead() - before
}
