package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"bpnt/gateway/lane"
	"bpnt/ledger"
)

// counters count messages, by what became of them.
func (m *metrics) counters() {
	outcomes := m.counterVec("bpnt_outcomes_total", "Messages by what was decided.", "outcome")
	for v := range defaultCodes {
		m.verdicts[v] = outcomes.WithLabelValues(v.String())
	}
	m.verdicts[verdictSilence] = outcomes.WithLabelValues("silence")
	shed := m.counterVec("bpnt_shed_total", "Messages that were not posted, or not answered, by reason.", "reason")
	for s := range m.shed {
		m.shed[s] = shed.WithLabelValues(shedNames[s])
	}
	closes := m.counterVec("bpnt_connections_closed_total", "Connections closed, by reason.", "reason")
	for r := range m.closes {
		m.closes[r] = closes.WithLabelValues(closeReason(r).String())
	}
	settled := m.counterVec("bpnt_settled_total", "Redemptions with an unknown commit at their deadline, by how they "+
		"ended: blocked_by_reversal means that it never can be posted, approved that it stands until its reversal.", "outcome")
	m.unsettled = m.counter("bpnt_unsettled_total", "Unknown outcomes that the ledger refuses to settle: for people to look at.")
	m.settledBy = map[ledger.Outcome]prometheus.Counter{}
	for _, o := range append(ledger.Outcomes(), ledger.OutcomeTombstone) {
		m.settledBy[o] = settled.WithLabelValues(o.String())
	}
	m.malformed = m.counterVec("bpnt_malformed_messages_total", "Messages that could not be read, by reason.", "reason")
	m.accepted = m.counter("bpnt_connections_accepted_total", "Connections accepted.")
	m.replays = m.counter("bpnt_replays_total", "Repeats that got their stored answer.")
	m.unasked = m.counter("bpnt_answers_unasked_total", "Answers of a switch that nobody waited for any more.")
	m.redials = m.counter("bpnt_redials_total", "Pauses before a connection to a switch was made again.")
	m.undelivered = m.counter("bpnt_answers_undelivered_total", "Answers whose connection had ended.")
	m.macFailures = m.counter("bpnt_mac_failures_total", "Messages with a wrong MAC.")
}

// dayCounters are of what is no payment: settlements, uploads, keys.
func (m *metrics) dayCounters() {
	errands := m.counterVec("bpnt_errand_attempts_total", "Calls of the ledger for settlements, uploads, new keys and switches, "+
		"by fate.", "fate")
	for f := range m.errands {
		m.errands[f] = errands.WithLabelValues(lane.Fate(f).String())
	}
	keys := m.counterVec("bpnt_key_blocks_total", "Working keys sent to terminals: new ones, or those sent before again.", "keys")
	m.keysMade, m.keysAgain = keys.WithLabelValues("new"), keys.WithLabelValues("again")
}

// firstCounters are of outcomes that mean something by their number: a terminal that repeats itself must not raise it.
func (m *metrics) firstCounters() {
	pins := m.counterVec("bpnt_pin_failures_total", "PINs that were not accepted, by cause, repeats not counted: fault is a key "+
		"out of step, exhausted a card without tries.", "cause")
	m.firsts = map[ledger.Outcome]prometheus.Counter{
		ledger.OutcomePINWrong: pins.WithLabelValues("wrong"), ledger.OutcomePINExhausted: pins.WithLabelValues("exhausted"),
		ledger.OutcomePINMissing: pins.WithLabelValues("missing"), ledger.OutcomePINFault: pins.WithLabelValues("fault"),
		ledger.OutcomeReversalUnmatched: m.counter("bpnt_tombstones_total", "Reversals whose original was not in the books, repeats "+
			"not counted: each leaves a tombstone, and an original that comes later is refused."),
	}
}

func (m *metrics) laneCounters() {
	attempts := m.counterVec("bpnt_ledger_attempts_total", "Batches posted, by fate.", "fate")
	for f := range m.lanes.attempts {
		m.lanes.attempts[f] = attempts.WithLabelValues(lane.Fate(f).String())
	}
	m.lanes.sizes = m.histogram("bpnt_batch_size", "Messages in a posted batch.",
		[]float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}).WithLabelValues()
	m.lanes.opened = m.counter("bpnt_unknown_commits_total", "Messages in batches whose commit became unknown.")
	resolved := m.counterVec("bpnt_unknown_commits_ended_total", "How they ended.", "how")
	for i, how := range []string{"committed", "settled", "abandoned"} {
		m.lanes.resolved[i] = resolved.WithLabelValues(how)
	}
}
