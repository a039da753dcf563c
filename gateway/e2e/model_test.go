package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// modelSeason is how many stories one database serves: its clock runs ahead with them, and each disbursement is for
// all.
const modelSeason = 40

// TestModel tells random stories over the wire: three terminals, two families and their cards, two gateways and one
// ledger, whose operator disburses, lets money expire, blocks and replaces cards, lends, suspends and resets
// terminals, while gateways and Postgres are killed and the clock jumps. Each answer is held against books of its own
// (model_books_test.go, model_rules_test.go, model_undo_test.go, model_batch_test.go), which follow DESIGN D5 and
// docs/protocol.md in plain Go, and at a story's end the ledger's purses, debts and batches are. A season of stories
// ends with the audit.
//
//	go test ./gateway/e2e -run TestModel -short                                      the short form
//	go test ./gateway/e2e -run TestModel -rapid.checks=2000 -timeout 1h              thousands of stories
//	go test ./gateway/e2e -run TestModel -rapid.seed=N                               a seed that failed, again
//
// A story that fails is shrunk and printed as sentences. Where several messages were under way at once, or a gateway
// died, the model keeps every state that the ledger may be in, and what is heard later rules states out: the test
// fails when none is left. So no answer is taken on trust that the rules do not foretell.
func TestModel(t *testing.T) {
	t.Parallel()
	g := newStage(t)
	var n *season
	played := map[string]*account{}
	rapid.Check(t, func(t *rapid.T) {
		if n == nil {
			n = g.season()
		}
		s := n.play(t, played)
		if n.stories == modelSeason || s.trouble {
			n.end()
			n = nil
		}
		if s.failure != "" {
			t.Logf("a story went wrong:\n%s\n  %s", s.text(), s.failure)
			t.Fatal("a story went wrong") // the same words always: rapid shrinks what fails in the same way
		}
	})
	if n != nil {
		n.end()
	}
	t.Log(accounts(played))
}

// account is how often an act was played, and for how long in all.
type account struct {
	times int
	took  time.Duration
}

// accounts is what was played, by kind.
func accounts(played map[string]*account) string {
	var b strings.Builder
	all := 0
	for _, name := range slices.Sorted(maps.Keys(played)) {
		a := played[name]
		fmt.Fprintf(&b, "%8d  %-32s %8.1f s\n", a.times, name, a.took.Seconds())
		all += a.times
	}
	return fmt.Sprintf("%d steps:\n%s", all, b.String())
}

// play tells one story.
func (n *season) play(t *rapid.T, played map[string]*account) *story {
	programme := rapid.IntRange(1, 3).Draw(t, "programme")
	grant := rapid.Int64Range(1, 3).Draw(t, "grant") * 50_000
	s := n.newStory(int16(programme), grant)
	defer s.hangUp(-1)
	t.Repeat(map[string]func(*rapid.T){"step": func(t *rapid.T) {
		if s.failure == "" {
			s.step(t, played)
		}
	}})
	if s.failure == "" {
		s.close()
	}
	return s
}

// step plays one step. What panics in it is the stage's trouble, or the ledger's refusal of what an operator may do:
// it ends the story like a wrong answer. rapid's own panics, which steer it, pass.
func (s *story) step(t *rapid.T, played map[string]*account) {
	name := rapid.SampledFrom(modelDeck).Draw(t, "step")
	defer func() {
		if p := recover(); p != nil {
			text, trouble := p.(string)
			if !trouble {
				panic(p)
			}
			s.trouble = true
			s.fail(name + ": " + text)
		}
	}()
	began := time.Now()
	if !actOf(name)(s, t) {
		return
	}
	if played[name] == nil {
		played[name] = &account{}
	}
	played[name].times++
	played[name].took += time.Since(began)
}
