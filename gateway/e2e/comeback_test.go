package e2e

import (
	"context"
	"syscall"
	"testing"
)

// TestPostgresRestarts restarts Postgres under load (F30), as an operator does, who lets it end what it has, and at once,
// as a machine that is switched off. What was under way is answered late, or not at all, and reversed; meanwhile new work
// is refused with 91; the gateway comes back by itself. How long that takes is told, not judged.
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	w, s := ownServer(t, nil)
	watch := w.stopwatch()
	load := w.startLoad(w.fleet(8))
	for _, how := range []struct {
		name string
		stop func()
	}{
		{"fast", func() {}},
		{"immediate", func() { w.check(syscall.Kill(s.Pid(), syscall.SIGQUIT)) }},
	} {
		w.trade(100)
		took := watch.around(func() {
			how.stop()
			w.check(s.Stop(context.Background()))
			s.start()
		})
		t.Logf("%s restart: first approval after %v", how.name, took)
	}
	w.trade(100)
	report := load.end()
	w.agree(report, watch.debits)
	t.Logf("%d redemptions, answers: %v", report.Redemptions, report.Outcomes)
}
