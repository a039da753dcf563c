package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"bpnt/loadtest"
	"bpnt/loadtest/hostile"
)

// hostileWatch looks at the gateway during one window.
type hostileWatch struct {
	ctx  context.Context
	of   watchedGateway
	stop context.CancelFunc
	gone sync.WaitGroup

	mu          sync.Mutex
	seen        hostileWindow
	page        metrics // at the beginning
	used, began loadtest.Usage
	from, until time.Time
}

// watchEvery is how often memory is read; pageEvery times that is how often the page is, which costs the gateway
// milliseconds.
const (
	watchEvery = 100 * time.Millisecond
	pageEvery  = 10
)

func newHostileWatch(ctx context.Context, of watchedGateway) *hostileWatch {
	w := &hostileWatch{of: of}
	w.ctx, w.stop = context.WithCancel(ctx)
	w.page = w.fetch()
	w.seen.Before = w.memory()
	w.seen.Peak = w.seen.Before
	w.gone.Go(w.look)
	return w
}

// look reads memory and page until the window is over.
func (w *hostileWatch) look() {
	n := 0
	every(w.ctx, watchEvery, func() {
		var page metrics
		if n++; n%pageEvery == 0 {
			page = w.fetch()
		}
		memory := w.memory()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen.Peak = max(w.seen.Peak, memory)
		w.seen.Connections = max(w.seen.Connections, page["bpnt_connections"])
	})
}

func (w *hostileWatch) memory() int64 {
	if w.of.GatewayPid == 0 {
		return 0
	}
	n, err := hostile.ResidentBytes(w.of.GatewayPid)
	w.failed(err)
	return n
}

func (w *hostileWatch) fetch() metrics {
	if w.of.Admin == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), readTimeout)
	defer cancel()
	page, err := metricsPage(w.of.Admin).fetch(ctx)
	w.failed(err)
	return page
}

// failed keeps the first thing that could not be seen.
func (w *hostileWatch) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && len(w.seen.Unseen) == 0 {
		w.seen.Unseen = append(w.seen.Unseen, err.Error())
	}
}

// measured takes the processor time at both ends of the measured time.
func (w *hostileWatch) measured(begun bool) {
	if w.of.GatewayPid == 0 {
		return
	}
	used, err := loadtest.ProcessUsage(w.of.GatewayPid)
	w.failed(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	if begun {
		w.began, w.from = used, time.Now()
		return
	}
	w.used, w.until = used.Sub(w.began), time.Now()
}

// settleTime is what the gateway gets to put away what an attack left, before its memory is read once more.
const settleTime = time.Second

// end takes the last figures.
func (w *hostileWatch) end() {
	w.stop()
	w.gone.Wait()
	time.Sleep(settleTime)
	w.seen.After = w.memory()
	w.seen.Closed = closedSince(w.fetch().since(w.page))
}

// closedSince are the connections that the gateway closed, by its reason.
func closedSince(moved metrics) map[string]float64 {
	closed := map[string]float64{}
	for name, n := range moved {
		reason, ok := strings.CutPrefix(name, `bpnt_connections_closed_total{reason="`)
		if ok && n > 0 {
			closed[strings.TrimSuffix(reason, `"}`)] = n
		}
	}
	return closed
}

// window adds what the honest terminals saw.
func (w *hostileWatch) window(r *loadtest.Report) hostileWindow {
	seen := w.seen
	seen.P50, seen.P99, seen.GoodputPerS, seen.GoodShare = r.Latency.P50, r.Latency.P99, r.GoodputPerS, r.GoodShare
	seen.Results, seen.Unresolved, seen.LagP99 = r.Results, len(r.Unresolved), r.Lag.P99
	if during := w.until.Sub(w.from); during > 0 {
		seen.Cores = w.used.CPU.Seconds() / during.Seconds()
	}
	return seen
}
