package lane

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fateError is an error of the scripted database that carries its own fate.
type fateError Fate

func (e fateError) Error() string { return Fate(e).String() }

func fateOf(err error) Fate {
	var f fateError
	if errors.As(err, &f) {
		return Fate(f)
	}
	return Unknown
}

// step is what one call of Post does: wait, then end with a fate. The zero step commits at once.
type step struct {
	takes time.Duration
	fate  Fate
}

// database is what stands behind a lane under test: a script of fates, a record of what it saw, and a culprit that
// makes every batch fail. It is no stand-in for the books: requests are numbers, and a commit only remembers them.
type database struct {
	mu       sync.Mutex
	script   []step
	culprit  int
	family   func(int) int // two of a family in one batch: the second is to be posted again
	attempts [][]int
	fates    []Fate
	commits  []int
	settled  []int
	settles  []error // what Settle returns, one by one, then nil
	probes   int
	back     int // the probe that succeeds first
	ends     map[int]Ending
	endAt    map[int]time.Duration
	order    []int // answered, in order
	opened   int
	resolved map[Resolution]int
	start    time.Time
}

func newDatabase(script ...step) *database {
	return &database{
		script: script, ends: map[int]Ending{}, endAt: map[int]time.Duration{}, resolved: map[Resolution]int{},
		culprit: -1, family: func(q int) int { return q }, start: time.Now(),
	}
}

func (d *database) lane(depth, batchMax int) *Lane[int, int] {
	return New(Config[int, int]{
		Post: d.post, Fate: fateOf, Settle: d.settle, Probe: d.probe, Done: d.done, Meter: d,
		Depth: depth, BatchMax: batchMax, AttemptTimeout: 5 * time.Second,
	})
}

func (d *database) next(batch []int) step {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.attempts = append(d.attempts, slices.Clone(batch))
	if len(d.script) == 0 {
		return step{}
	}
	s := d.script[0]
	d.script = d.script[1:]
	return s
}

func (d *database) post(ctx context.Context, batch []int) ([]Answer[int], error) {
	s := d.next(batch)
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return d.fail(Unknown)
	}
	if s.fate == Committed && slices.Contains(batch, d.culprit) {
		s.fate = Rejected
	}
	if s.fate != Committed {
		return d.fail(s.fate)
	}
	return d.commit(batch), nil
}

func (d *database) fail(f Fate) ([]Answer[int], error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fates = append(d.fates, f)
	return nil, fateError(f)
}

func (d *database) commit(batch []int) []Answer[int] {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fates = append(d.fates, Committed)
	seen, answers := map[int]bool{}, make([]Answer[int], len(batch))
	for i, q := range batch {
		if f := d.family(q); seen[f] {
			answers[i].Again = true
			continue
		}
		seen[d.family(q)] = true
		answers[i].Value = 10 * q
		d.commits = append(d.commits, q)
	}
	return answers
}

func (d *database) settle(_ context.Context, open []int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.settles) > 0 {
		err := d.settles[0]
		d.settles = d.settles[1:]
		return err
	}
	d.settled = append(d.settled, open...)
	return nil
}

func (d *database) probe(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.probes++; d.probes < d.back {
		return fateError(NotPosted)
	}
	return nil
}

func (d *database) done(q, value int, how Ending) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, twice := d.ends[q]; twice {
		panic("ended twice")
	}
	if how == Answered && value != 10*q {
		panic("the answer of another request")
	}
	d.ends[q], d.endAt[q] = how, time.Since(d.start)
	if how == Answered {
		d.order = append(d.order, q)
	}
}

func (d *database) Attempted(int, Fate)             {}
func (d *database) Opened(size int)                 { d.opened += size }
func (d *database) Resolved(size int, r Resolution) { d.resolved[r] += size }

// scene runs a test in fake time and closes the lane at its end.
func scene(t *testing.T, depth, batchMax int, script []step, act func(t *testing.T, d *database, l *Lane[int, int])) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase(script...)
		l := d.lane(depth, batchMax)
		act(t, d, l)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_ = l.Close(ctx)
	})
}

// submit queues requests from..to with a deadline of 20 s.
func submit(t *testing.T, l *Lane[int, int], from, to int) {
	t.Helper()
	for q := from; q <= to; q++ {
		if err := l.Submit(q, Terms{Deadline: time.Now().Add(20 * time.Second)}); err != nil {
			t.Fatalf("submit %d: %v", q, err)
		}
	}
}

func (d *database) wantEnds(t *testing.T, want Ending, from, to int) {
	t.Helper()
	for q := from; q <= to; q++ {
		if got, ok := d.ends[q]; !ok || got != want {
			t.Errorf("request %d ended %v (%v), want %v", q, got, ok, want)
		}
	}
}

// later lets fake time pass and waits until nothing moves any more.
func later(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
