package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bpnt/loadtest"
)

// loadFunds is what each family may spend, in rupiah: more than it can during a test.
const loadFunds = 100_000_000

// fleet makes terminals that play, with two families each, and pays out to all families.
func (w *world) fleet(terminals int) []loadtest.Outlet {
	w.t.Helper()
	all := make([]loadtest.Outlet, terminals)
	for i := range all {
		all[i] = loadtest.Outlet{TID: fmt.Sprintf("LOAD%04d", i), MID: testMID}
		w.addTerminal(all[i].TID, testMID)
		for range 2 {
			c := w.family()
			played, err := loadtest.NewCard(int(c.family), c.track2, block(w.t, c, testPIN))
			w.check(err)
			all[i].Cards = append(all[i].Cards, played)
		}
	}
	w.fund(programmeBPNT, 202611, loadFunds)
	return all
}

// load is terminals that shop until end is called.
type load struct {
	stop   context.CancelFunc
	report chan *loadtest.Report
}

func (w *world) startLoad(fleet []loadtest.Outlet) *load {
	w.t.Helper()
	c := loadtest.DefaultConfig()
	c.Addr, c.Dialect = w.gateway.Addr("edc").String(), w.config.Links[0].Dialect
	c.Duration, c.Warmup, c.AnswerTimeout = time.Hour, 0, 2*time.Second
	c.Inquiries, c.Repeats, c.Reversals, c.Settle, c.Fresh, c.Funds = 0.1, 0.05, 0.05, true, true, loadFunds
	ctx, stop := context.WithCancel(w.t.Context())
	l := &load{stop: stop, report: make(chan *loadtest.Report, 1)}
	go func() {
		report, err := loadtest.Run(ctx, c, fleet)
		if err != nil {
			w.t.Errorf("load: %v", err)
		}
		l.report <- report
	}()
	w.t.Cleanup(stop)
	return l
}

func (l *load) end() *loadtest.Report {
	l.stop()
	return <-l.report
}

// standing are the purchases in the primary's books, as terminal, STAN and RRN: what is on the receipt.
func (w *world) standing() map[string]bool {
	w.t.Helper()
	rows := w.asOwner(`select concat_ws(' ', t.tid, m.stan, bpnt.rrn(m.bucket, m.id))
		from bpnt.message m join bpnt.terminal t on t.id = m.terminal where m.class = 'R' and m.outcome = 1`)
	all := map[string]bool{}
	for row := range strings.Lines(rows) {
		all[strings.TrimSpace(row)] = true
	}
	return all
}

// lost counts the approvals that a terminal heard and did not take back, and of those the ones that the books do not have
// as the receipt says. (A repeat after a failover may have booked a lost one anew, under another RRN.)
func (w *world) lost(report *loadtest.Report) (heard, lost int) {
	w.t.Helper()
	stand := w.standing()
	for s := range report.Sales() {
		if s.Fate != loadtest.FateApproved {
			continue
		}
		heard++
		if !stand[fmt.Sprintf("%s %d %s", s.TID, s.STAN, s.RRN)] {
			lost++
		}
	}
	return heard, lost
}

// agree holds the books against the terminals after a load, and audits them: to the rupiah, with extra that others spent.
func (w *world) agree(report *loadtest.Report, extra int64) {
	w.t.Helper()
	heard, lost := w.lost(report)
	if heard == 0 || lost > 0 || len(report.Unresolved) > 0 {
		w.t.Errorf("%d approvals heard, %d of them lost, unresolved: %v", heard, lost, report.Unresolved)
	}
	if books := w.audit().DebitsIDR; books != report.TerminalsDebitsIDR+extra {
		w.t.Errorf("books Rp %d, terminals Rp %d", books, report.TerminalsDebitsIDR+extra)
	}
	if report.Redemptions == 0 {
		w.t.Error("nothing was sold")
	}
}

// trade waits until the books have numbered so many more messages.
func (w *world) trade(messages int64) {
	w.t.Helper()
	count := func() int64 {
		n, err := strconv.ParseInt(w.asOwner("select sum(message_no) from bpnt.bucket"), 10, 64)
		w.check(err)
		return n
	}
	deadline := time.Now().Add(30 * time.Second)
	for until := count() + messages; count() < until; {
		if time.Now().After(deadline) {
			w.t.Fatal("the load does not trade")
		}
	}
}
