package hostile

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Tally is what became of an attack, as the attackers saw it.
type Tally struct {
	Attack   string           `json:"attack"`
	Seconds  float64          `json:"seconds"`
	Actions  int64            `json:"actions"`
	Connects int64            `json:"connects"`
	Failed   int64            `json:"connects_failed"` // nobody took them
	OpenMost int64            `json:"open_most"`       // at the same time
	Closed   int64            `json:"closed"`          // by the gateway, before the attack was over
	Bytes    int64            `json:"bytes"`           // sent
	Answers  map[string]int64 `json:"answers"`         // by DE39
	Altered  int64            `json:"altered"`         // replays with the original's DE39 and something else that differs

	wordless bool
}

// tally is a Tally that is being made.
type tally struct {
	actions, connects, failed, open, closed, bytes, altered, guesses atomic.Int64

	mu      sync.Mutex
	most    int64
	answers map[string]int64
}

func (t *tally) connected() {
	t.connects.Add(1)
	now := t.open.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.most = max(t.most, now)
}

func (t *tally) answered(code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		t.answers = map[string]int64{}
	}
	t.answers[code]++
}

func (t *tally) total(a Attack, lasted time.Duration) *Tally {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Tally{
		Attack: a.Name, Seconds: lasted.Seconds(), Actions: t.actions.Load(), Connects: t.connects.Load(), Failed: t.failed.Load(), OpenMost: t.most,
		Closed: t.closed.Load(), Bytes: t.bytes.Load(), Answers: maps.Clone(t.answers), Altered: t.altered.Load(),
		wordless: a.wordless,
	}
}

// Fault is what no gateway may do; nil where it did nothing of the kind.
func (t *Tally) Fault() error {
	answered := int64(0)
	for _, n := range t.Answers {
		answered += n
	}
	switch {
	case t.wordless && answered > 0:
		return fmt.Errorf("%s: %d answers to what is no message", t.Attack, answered)
	case t.Attack == "pins" && t.Answers["00"] > 0:
		return fmt.Errorf("pins: %d wrong PINs were approved", t.Answers["00"])
	case t.Altered > 0:
		return fmt.Errorf("replay: %d copies were answered with other words than the original", t.Altered)
	case t.Answers["unreadable"] > 0:
		return fmt.Errorf("%s: %d answers that are none", t.Attack, t.Answers["unreadable"])
	}
	return nil
}
