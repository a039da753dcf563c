package lane

import (
	"context"
	"sync"
	"testing"
	"time"
)

// BenchmarkSubmit is what the lane itself costs for each request when Post is free.
func BenchmarkSubmit(b *testing.B) {
	var wg sync.WaitGroup
	answers := make([]Answer[int], 512)
	l := New(Config[*int, int]{
		Post:   func(_ context.Context, batch []*int) ([]Answer[int], error) { return answers[:len(batch)], nil },
		Fate:   fateOf,
		Settle: func(context.Context, []*int) error { return nil },
		Probe:  func(context.Context) error { return nil },
		Done:   func(*int, int, Ending) { wg.Done() },
		Depth:  4096, BatchMax: 512, AttemptTimeout: time.Minute,
	})
	q, deadline := new(int), time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		wg.Add(1)
		for l.Submit(q, Terms{Deadline: deadline}) != nil { // full: the benchmark outran the lane
			wg.Done()
			wg.Wait()
			wg.Add(1)
		}
	}
	wg.Wait()
	if err := l.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}
