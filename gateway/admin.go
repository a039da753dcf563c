package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"bpnt/gateway/lane"
)

// readyTime bounds the round trip to the database behind a readiness check.
const readyTime = 2 * time.Second

// AdminHandler serves /metrics, /healthz (the process lives) and /readyz (it can post now). It shows no card, terminal
// or outlet, but belongs on a loopback or guarded address all the same (F60).
func (g *Gateway) AdminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", g.metrics.page())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", g.readyz)
	return mux
}

// Readiness is what /readyz answers.
type Readiness struct {
	Ready bool     `json:"ready"`
	Why   []string `json:"why,omitempty"` // what is in the way
}

func (g *Gateway) readyz(w http.ResponseWriter, r *http.Request) {
	answer := g.readiness(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if !answer.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (g *Gateway) readiness(ctx context.Context) Readiness {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	why := g.unready()
	if g.background.Err() != nil {
		why = append(why, "the gateway stops")
	}
	if g.ledger.Ping(ctx) != nil {
		why = append(why, "the database cannot be reached")
	}
	return Readiness{Ready: len(why) == 0, Why: why}
}

// unready names the lanes that take nothing.
func (g *Gateway) unready() (why []string) {
	for bucket, l := range g.lanes {
		if s := l.State(); s != lane.Ready {
			why = append(why, fmt.Sprintf("lane %d: %s", bucket, s))
		}
	}
	return why
}
