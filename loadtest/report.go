package loadtest

import (
	"iter"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Report is what a run found. Rates and latencies are of the measured time; counts and money are of the whole run.
type Report struct {
	Terminals   int     `json:"terminals"`
	Families    int     `json:"families"`
	Arrivals    string  `json:"arrivals"`      // shape and rate
	OfferedPerS float64 `json:"offered_per_s"` // visits asked for; 0 for a closed loop
	SentPerS    float64 `json:"sent_per_s"`    // purchases that terminals sent; less than was offered where all were busy
	MeasuredS   float64 `json:"measured_s"`
	Seed        uint64  `json:"seed"`

	Redemptions  int64   `json:"redemptions"`   // approved, and neither reversed nor voided
	RatePerS     float64 `json:"rate_per_s"`    // approved purchases answered per second
	GoodputPerS  float64 `json:"goodput_per_s"` // those answered within the terminal's patience from the intended time
	MessagesPerS float64 `json:"messages_per_s"`

	// GoodShare is of the purchases that were intended in the measured time, less those that had just come at its end.
	GoodShare float64 `json:"good_share"`
	Results   Results `json:"results"` // purchases that ended in the measured time

	Latency  Quantiles            `json:"latency_ms"` // of purchases
	Bare     *BareCommit          `json:"bare_commit,omitempty"`
	Others   map[string]Quantiles `json:"latency_ms_by_class"`
	Lag      Quantiles            `json:"generator_lag_ms"`
	Outcomes map[string]int64     `json:"outcomes"`

	Unserved    int64 `json:"unserved"`
	Timeouts    int64 `json:"timeouts"`
	Broken      int64 `json:"broken_connections"`
	FailedDials int64 `json:"failed_dials"` // connections that were refused, or not made in time
	Connects    int64 `json:"connects"`
	Late        int64 `json:"late_answers"`
	Duplicate   int64 `json:"duplicate_answers"`
	Unmatched   int64 `json:"unmatched_answers"`
	Undecodable int64 `json:"undecodable_answers"`
	Altered     int64 `json:"altered_answers"`

	TerminalsDebitsIDR int64  `json:"terminals_debits_idr"` // approved minus reversed and voided, whole rupiah
	Unresolved         []Sale `json:"unresolved"`           // may stand in the books either way

	Settlement *Settlement `json:"settlement,omitempty"` // nil where terminals do not settle
	Workload
	Faults *Faults `json:"faults,omitempty"` // nil where nobody put a faulty network in between

	Seconds     []Second     `json:"per_second"`
	Cost        *Cost        `json:"cost,omitempty"`        // nil where nobody measured it
	Environment *Environment `json:"environment,omitempty"` // likewise

	Findings []Finding   `json:"-"` // what the page says first
	Tables   []Table     `json:"-"` // what the page shows besides
	Load     []LoadPoint `json:"-"` // this run and others beside it, at different rates

	terminals []*terminal
	purchases *hdrhistogram.Histogram
	bare      *hdrhistogram.Histogram // nil where no bare commit was timed
	warmup    float64                 // seconds
	ends      float64                 // seconds from the start to the end of the measured time
	offered   []point                 // the schedule: seconds and visits per second; empty in a closed loop
}

// Sales yields every purchase of the run that was approved, reversed or is open, terminal by terminal, so that each
// can be looked up in the books.
func (p *Report) Sales() iter.Seq[Sale] {
	return func(yield func(Sale) bool) {
		for _, t := range p.terminals {
			if !t.journal.sales(t.outlet, yield) {
				return
			}
		}
	}
}

// MatchKey says by what an answer is held to its question, for the report's readers.
const MatchKey = "MTI, STAN and TID"

// report reads the recorders and the journals after every terminal has stopped.
func (r *run) report() *Report {
	a := settle(r.terminals)
	t, sum := r.tally, r.tally.merge()
	seconds := later(t.from, earlier(t.until, r.ended)).Sub(t.from).Seconds()
	p := &Report{
		Terminals: len(r.terminals), Arrivals: r.cfg.Arrivals.String(), OfferedPerS: r.cfg.Arrivals.mean(),
		Seed: r.cfg.Seed, Workload: r.workload(), Redemptions: a.approved, TerminalsDebitsIDR: a.debits,
		Unresolved: a.unresolved, Outcomes: sum.outcomes(), Seconds: t.series, terminals: r.terminals,
		warmup: r.cfg.Warmup.Seconds(), ends: r.cfg.Warmup.Seconds() + seconds,
		offered: r.cfg.Arrivals.curve(r.cfg.Warmup + r.cfg.Duration),
	}
	p.Families = r.families()
	p.setLatencies(sum)
	p.setRates(sum, seconds)
	p.setBare(t.bare)
	p.setCounts(sum.counts)
	p.FailedDials = r.between.dialer.failed.Load()
	if r.cfg.Settle {
		p.Settlement = r.settlement(sum.latency[classUpload].TotalCount())
	}
	return p
}

func (p *Report) setLatencies(sum *recorder) {
	p.purchases = sum.latency[classPurchase]
	p.Latency, p.Lag, p.Others = quantiles(p.purchases), quantiles(sum.lag), map[string]Quantiles{}
	for c := classInquiry; c < classes; c++ {
		p.Others[classNames[c]] = quantiles(sum.latency[c])
	}
}

// setRates divides by the seconds of the measured time; the latencies are set already.
func (p *Report) setRates(sum *recorder, seconds float64) {
	p.MeasuredS, p.Results = seconds, newResults(sum.results)
	p.SentPerS, p.MessagesPerS = perSecond(sum.sent, seconds), perSecond(sum.messages, seconds)
	p.RatePerS, p.GoodputPerS = perSecond(p.Results.Approved(), seconds), perSecond(p.Results.Good, seconds)
	p.GoodShare = over(float64(sum.inTime), float64(p.Latency.Count-sum.justCame))
}

func (p *Report) setBare(bare *prober) {
	if p.Bare = bare.report(p.Latency); p.Bare != nil {
		p.bare = bare.latency
	}
}

func (p *Report) setCounts(n [counters]int64) {
	p.Unserved, p.Timeouts, p.Broken, p.Connects = n[countUnserved], n[countTimeouts], n[countBroken], n[countConnects]
	p.Late, p.Duplicate, p.Unmatched = n[countLate], n[countDuplicate], n[countUnmatched]
	p.Undecodable, p.Altered = n[countUndecodable], n[countAltered]
}

func perSecond(n int64, seconds float64) float64 {
	if seconds <= 0 {
		return 0
	}
	return float64(n) / seconds
}
