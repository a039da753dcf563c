package e2e

import (
	"fmt"
	"strings"
	"testing"

	"bpnt/gateway"
	"bpnt/ledger"
)

// TestBackendsTerminated ends the gateway's sessions one after another while terminals trade (F29): what was under way in
// one is unknown, is posted again, and counts once.
func TestBackendsTerminated(t *testing.T) {
	w := newWorld(t, nil)
	load := w.startLoad(w.fleet(8))
	ended := 0
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		victims := w.asOwner(`select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and query like '%bpnt.post(%' and pid <> pg_backend_pid() order by random() limit 1`)
		ended += strings.Count(victims, "t")
		w.trade(10)
	}
	report := load.end()
	w.agree(report, 0)
	unknown := metric(t, w.gateway, `bpnt_ledger_attempts_total{fate="unknown"}`)
	if ended == 0 || unknown == 0 {
		t.Errorf("%d sessions ended, %v batches unknown: the terminations did not meet the load", ended, unknown)
	}
	t.Logf("%d sessions ended, %v batches unknown, %d redemptions", ended, unknown, report.Redemptions)
}

// otherType makes post() answer with another type of column than the gateway's prepared statements expect, as a later
// version's might: the server then refuses to run the statement (0A000).
const otherType = `do $$ begin
	alter function bpnt.post rename to post_before;
	execute format('create function bpnt.post(%s) returns table (n integer, outcome smallint, replay boolean, again boolean,
			moved_to smallint, id bigint, amount bigint, balance bigint, at timestamptz, batch integer, invoice text,
			nii smallint, entry_mode smallint, masthead integer, tries_left integer, generation smallint)
		language sql as $f$ select n, outcome, replay, again, moved_to, id, amount, balance, at, batch, invoice, nii,
			entry_mode, masthead, tries_left::integer, generation from bpnt.post_before(%s) $f$',
		pg_get_function_arguments('bpnt.post_before'::regproc),
		(select string_agg('$' || i, ',') from generate_series(1, 25) i));
	grant execute on function bpnt.post to bpnt_gateway;
end $$`

// TestStalePlan changes what post() answers under the gateway's prepared statements (F38). Nothing was written where the
// server refuses a plan, so the batch is posted again, and nobody hears of it.
func TestStalePlan(t *testing.T) {
	w := newWorld(t, nil)
	cards := []card{w.family(), w.family(), w.family()}
	w.disburse()
	e := w.dial()
	for i, c := range cards {
		e.want("before", "00", w.purchase(c, int32(i+1), 1_000))
	}
	w.asOwner(otherType)
	for i, c := range cards {
		e.want("after", "00", w.purchase(c, int32(i+11), 1_000))
	}
	if n := metric(t, w.gateway, `bpnt_ledger_attempts_total{fate="busy"}`); n == 0 {
		t.Error("no plan was refused")
	}
	if report := w.audit(); report.Redemptions != 6 {
		t.Errorf("%d redemptions", report.Redemptions)
	}
}

// TestMigrateUnderLoad replaces all functions while terminals trade, three at a time (F38, F39). A purchase may have to
// wait; none is refused for it with 96, and none is lost.
func TestMigrateUnderLoad(t *testing.T) {
	w := newWorld(t, nil)
	load := w.startLoad(w.fleet(8))
	rounds := 4
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		w.trade(50)
		w.migrateAtOnce(3)
	}
	w.trade(50)
	report := load.end()
	w.agree(report, 0)
	if report.Results.Declined > 0 {
		t.Errorf("purchases were declined: %v", report.Outcomes)
	}
}

func (w *world) migrateAtOnce(n int) {
	w.t.Helper()
	done := make(chan error, n)
	for range n {
		go func() {
			done <- ledger.Migrate(w.t.Context(), w.url, ledger.MigrateOptions{KeyFingerprint: w.keys.Fingerprint()})
		}()
	}
	for range n {
		w.check(<-done)
	}
}

// metric reads a figure of the gateway's page; 0 where it is not there.
func metric(t *testing.T, g *gateway.Gateway, name string) (value float64) {
	t.Helper()
	for line := range strings.Lines(get(t, g.AdminHandler(), "/metrics")) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			_, err := fmt.Sscan(rest, &value)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return value
}
