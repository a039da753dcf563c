package e2e

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"bpnt/loadtest"
)

// failoversEnv says how many failovers TestFailover makes, one after the other.
const failoversEnv = "BPNT_TEST_FAILOVERS"

// TestFailover kills the primary of a synchronous pair under load, promotes its standby and has the dead one follow that,
// round after round. The gateway follows by itself. Every approval that a terminal heard stands in the last primary's
// books, and books and terminals agree to the rupiah.
func TestFailover(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	watch := p.stopwatch()
	load := p.startLoad(p.fleet(8))
	var took []time.Duration
	for round := range failovers(t) {
		if round > 0 {
			p.rejoin()
		}
		p.follow(true)
		took = append(took, watch.around(p.failOver))
	}
	report := load.end()
	p.agree(report, watch.debits)
	heard, lost := p.lost(report)
	slices.Sort(took)
	t.Logf("%d failovers, synchronous: %d approvals heard, %d lost; %d answers missed, %d stale connections dropped, batches %+v",
		len(took), heard, lost, report.Timeouts, p.books.PoolStats().Stale, *report.Settlement)
	t.Logf("from the kill to the first approval: p50 %v, p99 %v", took[len(took)/2], took[len(took)-1])
}

func failovers(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(failoversEnv))
	switch {
	case os.Getenv(failoversEnv) == "" && testing.Short():
		return 1
	case os.Getenv(failoversEnv) == "":
		return 3
	case err != nil || n < 1:
		t.Fatalf("%s must be a number of failovers", failoversEnv)
	}
	return n
}

// TestFailoverAsynchronous tells what is lost without a synchronous standby, and that it comes to light.
//
// A standby that lags when its primary dies has not all that terminals were told. The audit finds nothing: the books are
// whole, and short. It is the terminals who know: their totals differ at the settlement, they upload what they have, and
// every sale that the books lack becomes an exception. So the loss is counted here three times: from the terminals'
// journals, from the sums, and from the exceptions that a bank's people would see. What was lost and then booked anew by
// a repeat is an exception too, as its RRN is another, but no money is missing.
func TestFailoverAsynchronous(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lags bool
	}{{"plain", false}, {"lagging", true}} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && !c.lags {
				t.Skip("short: whether anything is lost is chance there")
			}
			p := newPair(t, nil)
			load := p.startLoad(p.fleet(8))
			p.follow(false)
			p.trade(200)
			if c.lags {
				p.check(p.roles[second].Freeze())
				p.trade(600) // more than the socket between the two holds
				p.check(p.roles[first].Kill())
				p.check(p.roles[second].Thaw())
				p.promoted()
			} else {
				p.failOver()
			}
			p.tellLoss(load.end(), c.lags)
		})
	}
}

// tellLoss counts what was lost, from both sides.
func (p *pair) tellLoss(report *loadtest.Report, some bool) {
	p.t.Helper()
	heard, lost := p.lost(report)
	books := p.audit().DebitsIDR
	found := p.asOwner("select count(*) from bpnt.exception where kind like 'upload\\_%'")
	p.t.Logf("asynchronous: %d approvals heard, %d lost; books Rp %d, terminals Rp %d; %d batches disputed, %s exceptions",
		heard, lost, books, report.TerminalsDebitsIDR, report.Settlement.Disputed, found)
	if len(report.Unresolved) > 0 || some && lost == 0 {
		p.t.Errorf("lost %d, unresolved %v", lost, report.Unresolved)
	}
	if strconv.Itoa(lost) != found {
		p.t.Errorf("%d approvals are lost, and the uploads brought %s to light", lost, found)
	}
	if lost == 0 && books != report.TerminalsDebitsIDR {
		p.t.Error("nothing is lost, and the sums differ")
	}
}
