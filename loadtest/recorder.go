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

// window is the measured time and the patience of families. It is set before the first message and then only read.
type window struct {
	from, until time.Time // of intended times that count
	patience    time.Duration
	grace       time.Duration // who came so shortly before the end and was not served yet is held against nobody
}

// measured tells whether a moment lies in the measured time.
func (w *window) measured(at time.Time) bool { return !at.Before(w.from) && at.Before(w.until) }

// recorder gathers what some of the terminals see: one shard of a tally. Its lock is held for about a tenth of a
// microsecond per message.
type recorder struct {
	*window

	mu       sync.Mutex
	latency  [classes]*hdrhistogram.Histogram
	lag      *hdrhistogram.Histogram
	interval interval       // purchases since the last snapshot
	spare    interval       // empty, to be taken in its place
	messages int64          // answered in the measured time
	sent     int64          // purchases sent in the measured time
	justCame int64          // purchases that nobody served and that were intended within the grace before the end
	inTime   int64          // good ones of the purchases that were intended in the measured time
	results  [results]int64 // of purchases that ended in the measured time
	counted
}

// counted is what is counted over the whole run.
type counted struct {
	codes  [classes]map[[2]byte]int64
	counts [counters]int64
}

func newCounted() counted {
	var c counted
	for i := range c.codes {
		c.codes[i] = map[[2]byte]int64{}
	}
	return c
}

func (c *counted) add(other *counted) {
	for i := range other.codes {
		for code, n := range other.codes[i] {
			c.codes[i][code] += n
		}
	}
	for i, n := range other.counts {
		c.counts[i] += n
	}
}

func newRecorder() *recorder {
	r := &recorder{
		window: new(window), lag: newHistogram(), interval: newInterval(), spare: newInterval(), counted: newCounted(),
	}
	for c := range r.latency {
		r.latency[c] = newHistogram()
	}
	return r
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

func (o observation) answered() bool { return o.code != [2]byte{} }

func (r *recorder) observe(o observation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.answered() {
		r.codes[o.class][o.code]++
	}
	r.countMeasured(o)
	waited := o.ended.Sub(o.intended)
	if o.class == classPurchase {
		r.observePurchase(o, waited)
	}
	if o.class.closing() {
		record(r.latency[o.class], waited)
		return
	}
	if !r.measured(o.intended) {
		return
	}
	record(r.latency[o.class], waited)
	record(r.lag, o.sent.Sub(later(o.intended, o.free)))
}

// countMeasured counts answers that came in the measured time, whenever they were asked for.
func (r *recorder) countMeasured(o observation) {
	if o.answered() && r.measured(o.ended) {
		r.messages++
	}
}

func (r *recorder) observePurchase(o observation, waited time.Duration) {
	result := resultOf(o.code, waited, r.patience)
	r.interval.add(result, waited)
	if r.measured(o.ended) {
		r.results[result]++
	}
	if r.measured(o.sent) {
		r.sent++
	}
	if result == resultGood && r.measured(o.intended) {
		r.inTime++
	}
}

// unserved counts a family that nobody served: it waited until the end at least.
func (r *recorder) unserved(intended time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[countUnserved]++
	if !r.measured(intended) {
		return
	}
	waited := r.until.Sub(intended)
	record(r.latency[classPurchase], waited)
	if waited <= r.grace {
		r.justCame++
	}
}

func (r *recorder) count(c counter) {
	r.mu.Lock()
	r.counts[c]++
	r.mu.Unlock()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
