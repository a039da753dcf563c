package gateway

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestOrderGate sends messages of few terminals and few cards through the gate in a random order of endings, and
// compares what may go with what the rule says: nobody of its terminal or its card came before it and is still there.
func TestOrderGate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 8
		g := newGate(limit)
		var present, running []*slot
		may := func(s *slot) bool {
			for _, before := range present {
				if before == s {
					return true
				}
				sameCard := !s.keys[chainCard].none() && before.keys[chainCard] == s.keys[chainCard]
				if before.keys[chainTerminal] == s.keys[chainTerminal] || sameCard {
					return false
				}
			}
			return false
		}
		enter := func(t *rapid.T) {
			s := &slot{keys: [chains]orderKey{
				terminalKey(1, rapid.StringMatching(`[A-D]`).Draw(t, "TID")),
				cardKey([16]byte{rapid.ByteRange(0, 3).Draw(t, "card")}),
			}}
			if rapid.Bool().Draw(t, "without a card") {
				s.keys[chainCard] = orderKey{}
			}
			first, entered := g.enter(s)
			if entered != (len(present) < limit) {
				t.Fatalf("of %d at the most, %d are in, and one more enters: %v", limit, len(present), entered)
			}
			if !entered {
				return
			}
			present = append(present, s)
			if first {
				running = append(running, s)
			}
		}
		leave := func(t *rapid.T) {
			if len(running) == 0 {
				t.Skip("nothing runs")
			}
			i := rapid.IntRange(0, len(running)-1).Draw(t, "which")
			s := running[i]
			running = slices.Delete(running, i, i+1)
			present = slices.DeleteFunc(present, func(p *slot) bool { return p == s })
			for _, free := range g.leave(s) {
				if free != nil {
					running = append(running, free)
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"enter": enter, "leave": leave,
			"": func(t *rapid.T) {
				for _, s := range present {
					if may(s) != slices.Contains(running, s) {
						t.Fatalf("of %d present and %d running one may go: %v, and goes: %v", len(present), len(running), may(s), !may(s))
					}
				}
				if len(present) == 0 && g.len() != 0 {
					t.Fatalf("an empty gate keeps %d chains", g.len())
				}
			},
		})
	})
}

func BenchmarkGate(b *testing.B) {
	g := newGate(1_000)
	slots := make([]slot, 512)
	for i := range slots {
		slots[i].keys = [chains]orderKey{terminalKey(1, string(rune('A'+i))), cardKey([16]byte{byte(i), byte(i >> 8)})}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := &slots[i%len(slots)]
		g.enter(s)
		g.leave(s)
	}
}
