package faults

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestSameSeedSameFaults: the same messages meet the same faults at the same bytes, and with another seed others.
func TestSameSeedSameFaults(t *testing.T) {
	first, again, other := history(t, 7), history(t, 7), history(t, 8)
	if first != again {
		t.Errorf("the same seed did\n%s\nand then\n%s", first, again)
	}
	if first == other {
		t.Error("another seed did the same")
	}
	for _, k := range []Kind{Cut, Stall, Split, Coalesce, Reorder} {
		if !strings.Contains(first, "kind="+string(k)) {
			t.Errorf("no %s in\n%s", k, first)
		}
	}
}

// history is what a proxy did to three hundred messages over one connection after the other.
func history(t *testing.T, seed uint64) string {
	t.Helper()
	var log bytes.Buffer
	b := newBetween(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: timeless}))
		c.Plan = Plan{Seed: seed, Faults: map[Kind]Fault{
			Cut: {Share: 0.03}, Stall: {Share: 0.05, For: time.Millisecond}, Split: {Share: 0.1, Most: 9},
			Coalesce: {Share: 0.05, For: time.Millisecond}, Reorder: {Share: 0.05, For: time.Millisecond},
		}}
	})
	c := b.dialPlanned()
	for n := range 300 {
		if _, err := c.Write(framed(t, message(n))); err == nil {
			_, err = c.frames.Next()
			if err == nil {
				continue
			}
		}
		c = b.dialPlanned()
	}
	b.Close()
	return log.String()
}

func timeless(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// TestCloseLeavesNothing: Close ends what waits in every way, and so does the end of the context. The test's main
// function looks for goroutines.
func TestCloseLeavesNothing(t *testing.T) {
	closes := func(b *between, _ func()) { b.Close() }
	cancels := func(b *between, cancel func()) { cancel(); b.running.Wait() }
	for _, end := range []func(*between, func()){closes, cancels} {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBetweenUntil(ctx, t)
		var callers []*caller
		for _, step := range []Step{
			{Kind: Stall, For: time.Hour},
			{Kind: Reorder, For: time.Hour},
			{Kind: Coalesce, For: time.Hour},
			{Kind: HalfOpen, For: time.Hour},
			{Side: Answers, Kind: Slow, For: time.Hour},
			{},
		} {
			c := b.dial(step)
			c.say(message(1))
			callers = append(callers, c)
		}
		eventually(t, func() bool { return b.Connections() == len(callers) })
		end(b, cancel)
		for _, c := range callers {
			c.wantEnd()
		}
		if n := b.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		cancel()
	}
}
