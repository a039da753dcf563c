package loadtest

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// class is what kind of message a latency belongs to.
type class uint8

const (
	classPurchase class = iota
	classInquiry
	classRepeat
	classReversal
	classVoid
	classSettlement
	classUpload
	classTrailer
	classes
)

var classNames = [classes]string{
	"purchase", "inquiry", "repeat", "reversal", "void", "settlement", "upload", "trailer",
}

// closing tells whether the message closes a batch. Those come after the measured time too, where nothing else does.
func (c class) closing() bool { return c >= classSettlement }

// Counter is something that should not happen often.
type counter uint8

const (
	countLate        counter = iota // answer to a message whose terminal had given up
	countDuplicate                  // second answer to an answered message
	countUnmatched                  // answer to no message of this terminal
	countUndecodable                // bytes that are no answer
	countAltered                    // answer with another amount than was asked, or a repeat answered differently
	countTimeouts                   // no answer within the terminal's patience
	countBroken                     // the connection died while an answer was due
	countConnects                   // connections made
	countUnserved                   // families that still waited when the run ended
	countBatches                    // batches closed
	counters
)

// The range of the histograms, in microseconds, with three significant figures.
const (
	latencyMin     = 1
	latencyMax     = int64(10 * time.Minute / time.Microsecond)
	latencyFigures = 3
)

// recorder gathers what all terminals see. Its lock is held for about a tenth of a microsecond per message.
type recorder struct {
	from, until time.Time // of intended times that count

	mu       sync.Mutex
	latency  [classes]*hdrhistogram.Histogram
	lag      *hdrhistogram.Histogram
	interval *hdrhistogram.Histogram // purchases since the last snapshot
	codes    [classes]map[[2]byte]int64
	counts   [counters]int64
	messages int64 // answered in the measured time
	approved int64 // purchases approved in the measured time
	total    int64 // purchases approved since the start
	lastSeen int64 // total at the last snapshot
}

func newRecorder() *recorder {
	r := &recorder{lag: newHistogram(), interval: newHistogram()}
	for c := range r.latency {
		r.latency[c] = newHistogram()
		r.codes[c] = map[[2]byte]int64{}
	}
	return r
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(latencyMin, latencyMax, latencyFigures)
}

// observation is one message's life.
type observation struct {
	class    class
	intended time.Time // when it should have been sent
	free     time.Time // when the terminal could send it
	sent     time.Time
	ended    time.Time // answered, or given up
	code     [2]byte   // DE39; zero where no answer came
}

func (r *recorder) observe(o observation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answered := o.code != [2]byte{}
	if answered {
		r.codes[o.class][o.code]++
	}
	approved := o.class == classPurchase && o.code == [2]byte{'0', '0'}
	if approved {
		r.total++
	}
	waited := micros(o.ended.Sub(o.intended))
	if o.class == classPurchase {
		_ = r.interval.RecordValue(waited) // within range by micros
	}
	r.countMeasured(o.ended, answered, approved)
	if o.class.closing() {
		_ = r.latency[o.class].RecordValue(waited)
		return
	}
	if !r.measured(o.intended) {
		return
	}
	_ = r.latency[o.class].RecordValue(waited)
	_ = r.lag.RecordValue(micros(o.sent.Sub(later(o.intended, o.free))))
}

// countMeasured counts answers that came in the measured time, whenever they were asked for.
func (r *recorder) countMeasured(at time.Time, answered, approved bool) {
	if !answered || !r.measured(at) {
		return
	}
	r.messages++
	if approved {
		r.approved++
	}
}

// unserved counts a family that nobody served: it waited until the end at least.
func (r *recorder) unserved(intended time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[countUnserved]++
	if r.measured(intended) {
		_ = r.latency[classPurchase].RecordValue(micros(r.until.Sub(intended)))
	}
}

// measured tells whether a moment lies in the measured time.
func (r *recorder) measured(at time.Time) bool { return !at.Before(r.from) && at.Before(r.until) }

func (r *recorder) count(c counter) {
	r.mu.Lock()
	r.counts[c]++
	r.mu.Unlock()
}

// micros clamps a duration into the histograms' range.
func micros(d time.Duration) int64 {
	return min(max(d.Microseconds(), latencyMin), latencyMax)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Snapshot is the live view of a run, once a second.
type Snapshot struct {
	Elapsed  time.Duration
	WarmedUp bool
	Rate     float64       // approved purchases per second since the last snapshot
	P50, P99 time.Duration // of purchases since the last snapshot
	Approved int64         // purchases since the start
	Outcomes map[string]int64
}

func (r *recorder) snapshot(now, start time.Time, since time.Duration) Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Snapshot{
		Elapsed: now.Sub(start), WarmedUp: !now.Before(r.from),
		Rate: float64(r.total-r.lastSeen) / since.Seconds(),
		P50:  quantile(r.interval, 50), P99: quantile(r.interval, 99),
		Approved: r.total, Outcomes: r.outcomes(),
	}
	r.lastSeen = r.total
	r.interval.Reset()
	return s
}

func quantile(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return time.Duration(h.ValueAtPercentile(percent)) * time.Microsecond
}

// outcomes are the purchases by what was answered, with those that got no answer.
func (r *recorder) outcomes() map[string]int64 {
	m := map[string]int64{}
	for code, n := range r.codes[classPurchase] {
		m[codeName(code)] += n
	}
	for code, n := range r.codes[classReversal] {
		if code == [2]byte{'0', '0'} {
			m["reversed"] = n
		}
	}
	for code, n := range r.codes[classVoid] {
		m["void_"+codeName(code)] += n
	}
	if closed := r.counts[countBatches]; closed > 0 {
		m["batches_closed"] = closed
	}
	if silent := r.counts[countTimeouts] + r.counts[countBroken]; silent > 0 {
		m["no_answer"] = silent
	}
	return m
}
