package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// overload is what shows that the gateway is asked for more than it can do; why messages were refused is told by
// bpnt_shed_total.
func (m *metrics) overload(g *Gateway) {
	m.recalled = m.counter("bpnt_declines_from_memory_total", "Copies of declined purchases that were answered without the "+
		"ledger, because more waited in their lane than a batch takes.")
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bpnt_lane_wait_seconds", Help: "How long a message that came now would wait for its answer, in the lane where that " +
			"is longest. Beyond the shed_after of a link its new messages are refused.",
	}, func() float64 { return g.longestWait().Seconds() }))
}

func (g *Gateway) longestWait() (longest time.Duration) {
	for _, l := range g.lanes {
		longest = max(longest, l.Wait())
	}
	return longest
}
