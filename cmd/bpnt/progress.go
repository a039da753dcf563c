package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far a long step is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	s     *streams
	what  string
	start time.Time
	bar   *progressbar.ProgressBar
	next  time.Time
}

// progressGap is the time between two plain lines.
const progressGap = 2 * time.Second

func newProgress(s *streams, what string, total int64) *progress {
	now := time.Now()
	p := &progress{s: s, what: what, start: now, next: now.Add(progressGap)}
	if s.tty {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(s.err), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	return p
}

// unknownTotal makes a bar that only counts.
const unknownTotal = -1

// set tells how many are done.
func (p *progress) set(done int64) {
	if p.bar != nil {
		_ = p.bar.Set64(done) // drawing is a courtesy
		return
	}
	if now := time.Now(); now.After(p.next) {
		p.s.say("%s: %d so far", p.what, done)
		p.next = now.Add(progressGap)
	}
}

// done ends the bar and says what was done in how much time.
func (p *progress) done(count int64) {
	if p.bar != nil {
		_ = p.bar.Finish() // as above
	}
	p.s.say("%s: %d in %.1f s", p.what, count, time.Since(p.start).Seconds())
}

// phaseBars shows one bar after another, as the phases of a job follow. A phase may come again.
type phaseBars struct {
	s     *streams
	phase string
	bar   *progress
	count int64
}

func (b *phaseBars) set(phase string, count, total int64) {
	if phase != b.phase || count < b.count {
		b.end()
		b.phase, b.bar = phase, newProgress(b.s, phase, total)
	}
	b.count = count
	b.bar.set(count)
}

// end ends the bar at hand, if there is one.
func (b *phaseBars) end() {
	if b.bar != nil {
		b.bar.done(b.count)
	}
	b.bar = nil
}
