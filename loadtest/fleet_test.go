package loadtest

import (
	"fmt"
	"testing"
	"time"

	"bpnt/iso"
)

// testFleet is synthetic: no issuer has the prefix 999999.
func testFleet(tb testing.TB, terminals, cards int) []Outlet {
	tb.Helper()
	fleet := make([]Outlet, terminals)
	for j := range fleet {
		fleet[j] = Outlet{TID: fmt.Sprintf("T%07d", j), MID: fmt.Sprintf("M%014d", j)}
		for i := range cards {
			family := j*cards + i
			fleet[j].Cards = append(fleet[j].Cards, testCard(tb, family, fmt.Sprintf("999999%010d=30122010000000000000", family)))
		}
	}
	return fleet
}

func testCard(tb testing.TB, family int, track string) Card {
	tb.Helper()
	track2, err := iso.ParseTrack2(track)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := NewCard(family, track2, iso.NewPINBlock([8]byte{1, 2, 3, 4, 5, 6, 7, 8}))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func testConfig(addr string) Config {
	c := DefaultConfig()
	c.Addr, c.Warmup, c.Duration = addr, 0, 300*time.Millisecond
	c.AnswerTimeout, c.ResolveTimeout = 2*time.Second, 2*time.Second
	c.Inquiries, c.Repeats, c.Reversals = 0, 0, 0
	c.Funds = 1 << 40
	return c
}
