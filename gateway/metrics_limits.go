package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"bpnt/gateway/lane"
)

// limitGauges are what is in use of what is bounded, each beside its bound, so that a screen needs no configuration.
func (m *metrics) limitGauges(g *Gateway) {
	gauge := func(name, help string, read func() int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help},
			func() float64 { return float64(read()) }))
	}
	bound := func(name, help string, n int) { gauge(name, help, func() int { return n }) }
	gauge("bpnt_connections", "Connections open.", g.connections.len)
	bound("bpnt_connections_max", "Connections allowed to come in.", g.limits.Connections)
	gauge("bpnt_lane_depth", "Messages waiting in all lanes.", g.waiting)
	gauge("bpnt_lane_depth_max", "Messages that may wait in all lanes.",
		func() int { return len(g.lanes) * g.limits.LaneDepth })
	gauge("bpnt_in_flight", "Messages of all connections that are not decided yet.", g.gate.underWay)
	bound("bpnt_in_flight_max", "Messages that may be undecided.", g.limits.UnderWay)
	gauge("bpnt_errands_waiting", "Settlements, uploads and the like that wait for a clerk.",
		func() int { return g.clerk.depth() })
	bound("bpnt_errands_waiting_max", "Of those, how many may wait.", g.limits.ClerkDepth)
	gauge("bpnt_tls_handshakes", "TLS handshakes that are worked on, at most limits.handshakes.",
		func() int { return len(g.handshakes) })
}

// laneStates counts the lanes by what they do.
func (m *metrics) laneStates(g *Gateway) {
	for s := lane.Ready; s <= lane.Closed; s++ {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "bpnt_lane_state", Help: "Lanes by what they do: outcome_open and away take no message.",
			ConstLabels: prometheus.Labels{"state": s.String()},
		}, func() float64 { return float64(g.lanesIn(s)) }))
	}
}

func (g *Gateway) lanesIn(s lane.State) (n int) {
	for _, l := range g.lanes {
		if l.State() == s {
			n++
		}
	}
	return n
}
