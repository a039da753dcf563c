package faults

import "testing"

// TestSharesOfTheDice: each kind comes as often as the plan says, and only on the side where it can.
func TestSharesOfTheDice(t *testing.T) {
	const rolls = 200_000
	p, err := ParsePlan("rough")
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []Side{Requests, Answers} {
		counts, d := map[Kind]int{}, newDice(1, 0, side)
		for range rolls {
			step := d.roll(&p, side, 100)
			counts[step.Kind]++
			if step.Bytes > 100 || step.Away > p.Faults[Duplicate].Most || step.For > p.Faults[step.Kind].For {
				t.Fatalf("a step beyond its plan: %+v", step)
			}
		}
		for _, k := range Kinds {
			want := p.Faults[k].Share * rolls
			if !k.hits(side) {
				want = 0
			}
			if got := float64(counts[k]); got < 0.8*want || got > 1.2*want {
				t.Errorf("%s of %s: %.0f, want about %.0f", k, side, got, want)
			}
		}
	}
}

// TestTooManyCopies: beyond the limit a copy is not kept for others, and each is taken once.
func TestTooManyCopies(t *testing.T) {
	var c crowd
	from, other := new(tunnel), new(tunnel)
	for n := range errandsMax {
		if !c.send(errand{from: from, frame: []byte{1}, away: 1 + n%2}) {
			t.Fatalf("no room for copy %d", n)
		}
	}
	if c.send(errand{from: from, away: 1}) {
		t.Error("there is room for more than errandsMax")
	}
	if n := len(c.take(from)); n != 0 {
		t.Errorf("%d copies went with their own connection", n)
	}
	for _, want := range []int{errandsMax / 2, errandsMax / 2, 0} {
		if n := len(c.take(other)); n != want {
			t.Errorf("%d copies were taken along, want %d", n, want)
		}
	}
}
