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

// latencyBuckets show an answer of 1 ms and one of 10 s alike. Goals have their edges: 15 and 50 ms, 1 s, which is the
// objective of deploy/prometheus/recording.yml, and 20 s.
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

// metrics is everything that Prometheus sees of the gateway. The files metrics*.go are its only importers. Label values are known at
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
	recalled    prometheus.Counter
	firsts      map[ledger.Outcome]prometheus.Counter // of outcomes that are counted without their repeats
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
	m.firstCounters()
	m.gauges(g)
	m.limitGauges(g)
	m.overload(g)
	m.laneStates(g)
	m.registry.MustRegister(standingPage{books: g.standing, disk: g.disk})
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

// gauges are read when the page is fetched.
func (m *metrics) gauges(g *Gateway) {
	gauge := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
	}
	total := func(name, help string, read func() float64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
	}
	gauge("bpnt_lanes_ready", "Lanes that take messages.", func() float64 { return float64(len(g.lanes) - len(g.unready())) })
	gauge("bpnt_order_chains", "Cards and terminals with a message under way.", func() float64 { return float64(g.gate.len()) })
	pool := g.ledger.PoolStats
	gauge("bpnt_pool_connections", "Database connections.", func() float64 { return float64(pool().Total) })
	gauge("bpnt_pool_in_use", "Database connections in use.", func() float64 { return float64(pool().InUse) })
	gauge("bpnt_pool_max", "Database connections allowed.", func() float64 { return float64(pool().Max) })
	total("bpnt_pool_acquires_total", "Database connections borrowed.", func() float64 { return float64(pool().AcquireCount) })
	total("bpnt_pool_stale_total", "Database connections dropped because their server was the primary no longer.",
		func() float64 { return float64(pool().Stale) })
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
	} else if c := m.firsts[r.Outcome]; c != nil {
		c.Inc()
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
