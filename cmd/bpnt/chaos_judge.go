package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"bpnt/iso"
	"bpnt/loadtest/chaos"
	"bpnt/loadtest/faults"
	"bpnt/loadtest/linear"
)

// Judge holds everything against everything, when the terminals have gone home.
func (w *chaosWorld) Judge(ctx context.Context, r *chaos.Report) error {
	if w.load == nil {
		return nil // Play has failed, and says so
	}
	w.countWire(r)
	w.awaitUnknown(ctx)
	w.figures(r)
	p, err := prove(ctx, w.books, demoLink, w.before, w.load)
	if err != nil {
		return err
	}
	debits, err := w.books.Debits(ctx, demoLink)
	if err != nil {
		return err
	}
	compareSales(w.jakarta, w.load.Sales(), debits).into(r)
	proofZeros(p, r)
	if err := w.invariantZeros(ctx, r); err != nil {
		return err
	}
	w.terminalZeros(r)
	w.gatewayZeros(r)
	orderZeros(w.witness.Check(ctx, orderPatience), r)
	return nil
}

// orderZeros are the accounts whose messages cannot have happened in any order.
func orderZeros(found *linear.Report, r *chaos.Report) {
	r.Fact("accounts ordered", int64(found.Accounts), fmt.Sprintf("of families whose %d operations have an order in which "+
		"one purse does them, %d of them without an answer; %d undecided", found.Operations, found.Unanswered, found.Undecided))
	first := ""
	if len(found.Stories) > 0 {
		first = fmt.Sprint(found.Stories[0])
	}
	r.MustBeZero("illegal", int64(found.Illegal), "accounts whose messages have no such order", first)
}

// awaitUnknown gives the gateways the time to settle by tombstones what they still do not know.
func (w *chaosWorld) awaitUnknown(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, chaosRecovery)
	defer cancel()
	tick := time.NewTicker(superviseEvery)
	defer tick.Stop()
	for {
		open := int64(0)
		for _, g := range w.gateways {
			g.counters.read(ctx)
			open += g.counters.now(counterUnknown) - g.counters.now(counterEnded)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if open == 0 {
			return
		}
	}
}

func (w *chaosWorld) countWire(r *chaos.Report) {
	for _, kind := range faults.Kinds {
		var n int64
		for _, p := range w.proxies {
			n += p.Counts()[kind]
		}
		r.Proxy = append(r.Proxy, chaos.Count{Name: string(kind), Injected: n})
	}
}

// counted sums a counter of the gateways over all their lives.
func (w *chaosWorld) counted(name string) (sum int64) {
	for _, g := range w.gateways {
		sum += g.counters.sum(name)
	}
	return sum
}

func (w *chaosWorld) figures(r *chaos.Report) {
	t := w.load
	r.Fact(chaos.FigureApproved, t.Outcomes["approved"], "purchases that terminals saw approved, "+
		iso.Rupiah(t.TerminalsDebitsIDR)+" of them stand")
	r.Fact("declined", t.Results.Declined, "for want of money, or because the card had been replaced")
	r.Fact("no answer", t.Timeouts+t.Broken,
		fmt.Sprintf("%d timeouts, %d connections that broke under a message", t.Timeouts, t.Broken))
	r.Fact(chaos.FigureReversed, t.Outcomes["reversed"], "of purchases and voids whose answer did not come, or was lost")
	r.Fact("voids approved", t.Outcomes["void_approved"], "")
	if s := t.Settlement; s != nil {
		r.Fact("batches closed", int64(s.Agreed+s.Disputed), fmt.Sprintf("%d after an upload of %d sales", s.Disputed, s.Uploads))
	}
	w.unknownFigures(r)
	r.Fact("repeats replayed", w.counted(counterReplays), "messages answered from the books")
	starts := 0
	for _, g := range w.gateways {
		starts += g.starts
	}
	r.Fact("gateways started", int64(starts), "")
	r.Fact("Postgres started", int64(w.server.starts), "")
}

// unknownFigures are the outcomes that gateways did not know, and how they ended.
func (w *chaosWorld) unknownFigures(r *chaos.Report) {
	unknown, repeated := w.counted(counterUnknown), w.counted(counterRepeated)
	settled, abandoned := w.counted(counterSettled), w.counted(counterAbandoned)
	r.Fact(chaos.FigureUnknown, unknown, "messages in batches whose commit became unknown to a gateway")
	r.Fact("  repeated", repeated, "ended by the same batch once more, which committed")
	r.Fact("  settled", settled,
		fmt.Sprintf("ended by tombstones after the deadline; %d of them can never be posted", w.counted(counterBlocked)))
	r.Fact("  abandoned", abandoned, "given up in a shutdown without a database: the terminals' reversals settle them")
	r.Fact("  died", unknown-repeated-settled-abandoned, "with their gateway, likewise")
}

func proofZeros(p *proof, r *chaos.Report) {
	difference := p.LedgerDebitsIDR - p.TerminalsDebitsIDR
	r.MustBeZero("unbalanced", max(difference, -difference), "rupiah between what the books debited and what terminals sold", "")
	r.MustBeZero("unresolved", int64(p.Unresolved), "purchases whose terminal never learned what became of them", "")
	if b := p.Batches; b != nil {
		r.MustBeZero("batches", int64(b.Differ), fmt.Sprintf("of %d that are not the ledger's to the rupiah", b.Compared), b.First)
	}
}

// invariantZeros is the last audit.
func (w *chaosWorld) invariantZeros(ctx context.Context, r *chaos.Report) error {
	report, err := w.books.Audit(ctx, nil)
	if err != nil {
		return err
	}
	r.Audits.Made++
	var negative int64
	var first string
	for _, check := range report.Checked {
		if check.Invariant == "I04" {
			negative = check.Violations
		}
		if check.Violations > 0 && first == "" {
			first = check.Invariant + ", " + check.Examples[0]
		}
	}
	r.MustBeZero("negative", negative, "purses below zero or above what they were given", "")
	r.MustBeZero("invariants", report.Violations, fmt.Sprintf("rows that break one of %d", len(report.Checked)), first)
	return nil
}

// terminalZeros are what no host may do to a terminal.
func (w *chaosWorld) terminalZeros(r *chaos.Report) {
	r.MustBeZero("altered", w.load.Altered, "repeats that were answered otherwise than the first time", "")
	if s := w.load.Settlement; s != nil {
		r.MustBeZero("refused batches", int64(s.Refused+s.Open), "settlements that were refused, or never answered", "")
	}
	if err := w.load.Fault(); err != nil {
		r.Trouble = append(r.Trouble, err.Error())
	}
}

// crashWords stand in the lines that the runtime writes when a gateway breaks, and in those of the gateway about a panic
// that it contained. "fatal error" is what nobody can recover from: two writers of a map, a stack that is full, no memory.
// Races are found where this program was built with -race.
var crashWords = regexp.MustCompile(`panic|fatal error: |DATA RACE|unexpected signal`)

// panics are the lines of the gateways' logs that no gateway may write.
func (w *chaosWorld) panics() (n int64, first string) {
	for _, g := range w.gateways {
		text, err := os.ReadFile(g.log.Name())
		if err != nil {
			return n + 1, fmt.Sprintf("the log cannot be read: %v", err)
		}
		for line := range strings.Lines(string(text)) {
			if crashWords.MatchString(line) {
				n++
				first = cmp.Or(first, strings.TrimSpace(line))
			}
		}
	}
	return n, first
}

func (w *chaosWorld) hung() (n int64) {
	for _, g := range w.gateways {
		n += g.hung.Load()
	}
	return n
}

func (w *chaosWorld) gatewayZeros(r *chaos.Report) {
	r.MustBeZero("unsettled", w.counted(counterUnsettled), "unknown outcomes that the ledger refused to settle", "")
	var open int64
	for _, g := range w.gateways {
		open += g.counters.now(counterUnknown) - g.counters.now(counterEnded)
	}
	panics, first := w.panics()
	r.MustBeZero("panics", panics, "panics, fatal errors and data races in the gateways' logs", first)
	r.MustBeZero("hung", w.hung(), fmt.Sprintf("gateways that did not end within %v of a SIGTERM, and were not frozen", drainMax), "")
	r.MustBeZero("unknown", open, "outcomes that a gateway still does not know", "")
}
