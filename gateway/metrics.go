package gateway

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bpnt/gateway/lane"
	"bpnt/iso"
	"bpnt/ledger"
)

// latencyBuckets show an answer of 1 ms and one of 10 s alike; the goals (15 ms, 50 ms, 20 s) have edges nearby.
var latencyBuckets = []float64{
	.0005, .001, .002, .005, .010, .015, .020, .050, .100, .200, .500, 1, 2, 5, 10, 20, 30,
}

// The stages of a message's way.
type stage uint8

const (
	stageDecode stage = iota // frame to request: decoding, MAC, PIN value
	stageQueue               // order of arrival and the lane's queue, until its batch is posted
	stageLedger              // the attempt that committed
	stageEncode              // receipt and bytes
	stageWrite               // until the kernel took the bytes
	stages      = int(stageWrite) + 1
)

var stageNames = [stages]string{"decode", "queue", "ledger", "encode", "write"}

// The results of a message, for the latency of the whole.
const (
	resultGood = iota
	resultDeclined
	resultError
	results
)

var resultNames = [results]string{"good", "declined", "error"}

// metrics is everything that Prometheus sees of the gateway. This file is its only importer. Label values are known at
// the start, so every child is resolved once: looking one up costs a hash and a lock. No label is ever a terminal, an
// outlet, a card or free text.
type metrics struct {
	registry *prometheus.Registry

	requests    [kinds][results]prometheus.Observer
	stages      [stages]prometheus.Observer
	verdicts    [verdictMax]prometheus.Counter
	shed        [sheds]prometheus.Counter
	closes      [closeReasons]prometheus.Counter
	settledBy   map[ledger.Outcome]prometheus.Counter
	unsettled   prometheus.Counter
	malformed   *prometheus.CounterVec // by iso's reasons; never on the way of a good message
	accepted    prometheus.Counter
	replays     prometheus.Counter
	undelivered prometheus.Counter
	unasked     prometheus.Counter
	redials     prometheus.Counter
	macFailures prometheus.Counter
	keysMade    prometheus.Counter
	keysAgain   prometheus.Counter
	errands     [lane.Fates]prometheus.Counter
	lanes       laneMetrics
}

// laneMetrics is what the lanes report; it is a lane.Meter.
type laneMetrics struct {
	attempts [lane.Fates]prometheus.Counter
	sizes    prometheus.Observer
	opened   prometheus.Counter
	resolved [lane.Abandoned + 1]prometheus.Counter
}

func newMetrics(g *Gateway) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.latencies()
	m.counters()
	m.dayCounters()
	m.laneCounters()
	m.gauges(g)
	return m
}

func (m *metrics) latencies() {
	requests := m.histogram("bpnt_request_seconds", "From receipt of a message to its answer in the kernel's hands.",
		latencyBuckets, "message", "result")
	for k := range m.requests {
		for r := range m.requests[k] {
			m.requests[k][r] = requests.WithLabelValues(kind(k).String(), resultNames[r])
		}
	}
	byStage := m.histogram("bpnt_stage_seconds", "Time of a message in each stage of its way.", latencyBuckets, "stage")
	for s := range m.stages {
		m.stages[s] = byStage.WithLabelValues(stageNames[s])
	}
}

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

// gauges are read when the page is fetched.
func (m *metrics) gauges(g *Gateway) {
	gauge := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	total := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
	}
	gauge("bpnt_connections", "Connections open.", func() float64 { return float64(g.connections.len()) })
	gauge("bpnt_lane_depth", "Messages waiting in all lanes.", func() float64 { return float64(g.waiting()) })
	gauge("bpnt_errands_waiting", "Settlements, uploads and the like that wait for a clerk.",
		func() float64 { return float64(g.clerk.depth()) })
	gauge("bpnt_lanes_ready", "Lanes that take messages.", func() float64 { return float64(len(g.lanes) - len(g.unready())) })
	gauge("bpnt_order_chains", "Cards and terminals with a message under way.", func() float64 { return float64(g.gate.len()) })
	gauge("bpnt_tls_handshakes", "TLS handshakes that are worked on, at most limits.handshakes.",
		func() float64 { return float64(len(g.handshakes)) })
	pool := g.ledger.PoolStats
	gauge("bpnt_pool_connections", "Database connections.", func() float64 { return float64(pool().Total) })
	gauge("bpnt_pool_in_use", "Database connections in use.", func() float64 { return float64(pool().InUse) })
	gauge("bpnt_pool_max", "Database connections allowed.", func() float64 { return float64(pool().Max) })
	total("bpnt_pool_acquires_total", "Database connections borrowed.", func() float64 { return float64(pool().AcquireCount) })
	total("bpnt_pool_wait_seconds_total", "Time spent waiting for one.", func() float64 { return pool().AcquireWait.Seconds() })
}

// linkGauges are those that stand for one link each.
func (m *metrics) linkGauges(g *Gateway, l *link) {
	gauge := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: name, Help: help, ConstLabels: prometheus.Labels{"link": l.Name},
		}, read))
	}
	gauge("bpnt_link_connections", "Connections open, by link.", func() float64 { return float64(g.connections.of(l)) })
	if l.peer != nil {
		gauge("bpnt_link_signed_on", "Connections of a switch over which traffic may pass.",
			func() float64 { return float64(g.connections.signedOn(l)) })
	}
	if l.tls != nil {
		gauge("bpnt_tls_certificate_expiry_seconds", "How long the certificate of a link is good; less than 0 when it has expired.",
			func() float64 { return l.tls.left().Seconds() })
	}
}

func (m *metrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) counterVec(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *metrics) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(h)
	return h
}

// page serves the metrics.
func (m *metrics) page() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) stage(s stage, took time.Duration) { m.stages[s].Observe(took.Seconds()) }

// batch notes the stages of a batch that committed.
func (m *metrics) batch(batch []*exchange, began, done time.Time) {
	took := done.Sub(began).Seconds()
	for _, x := range batch {
		m.stages[stageQueue].Observe(began.Sub(x.admitted).Seconds())
		m.stages[stageLedger].Observe(took)
	}
}

// answered notes the whole of a message that was answered.
func (m *metrics) answered(x *exchange, at time.Time) {
	result := resultDeclined
	switch {
	case x.verdict.good():
		result = resultGood
	case x.verdict.trouble():
		result = resultError
	}
	m.requests[x.kind][result].Observe(at.Sub(x.received).Seconds())
}

func (m *metrics) decided(r ledger.Result) {
	if r.Replay {
		m.replays.Inc()
	}
}

// settled notes how a redemption with an unknown commit ended.
func (m *metrics) settled(r ledger.Result) {
	if c := m.settledBy[r.Outcome]; c != nil {
		c.Inc()
	}
}

func (l *laneMetrics) Attempted(size int, f lane.Fate) {
	l.attempts[f].Inc()
	l.sizes.Observe(float64(size))
}

func (l *laneMetrics) Opened(size int)                        { l.opened.Add(float64(size)) }
func (l *laneMetrics) Resolved(size int, how lane.Resolution) { l.resolved[how].Add(float64(size)) }
func (m *metrics) unreadable(e *iso.DecodeError)              { m.malformed.WithLabelValues(e.Reason).Inc() }
