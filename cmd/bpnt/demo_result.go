package main

import (
	"context"
	"errors"
	"os"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
)

// demoResult is the one object that bpnt demo --json prints.
type demoResult struct {
	Families    int              `json:"families"`
	Outlets     int              `json:"outlets"`
	Redemptions int64            `json:"redemptions"` // approved and not reversed
	RatePerS    float64          `json:"rate_per_s"`
	GoodputPerS float64          `json:"goodput_per_s"`
	Latency     demoLatency      `json:"latency_ms"`
	Outcomes    map[string]int64 `json:"outcomes"`
	Audit       demoAudit        `json:"audit"`

	LedgerDebitsIDR    int64            `json:"ledger_debits_idr"`
	TerminalsDebitsIDR int64            `json:"terminals_debits_idr"`
	Unresolved         int              `json:"unresolved"`
	Batches            *batchProof      `json:"batches"`
	Load               *loadtest.Report `json:"load"`
}

type demoLatency struct {
	P50  float64 `json:"p50"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`

	P90   float64 `json:"p90"`
	P9999 float64 `json:"p9999"`
}

type demoAudit struct {
	Checked    int   `json:"checked"`
	Violations int64 `json:"violations"`
}

func newDemoResult(j ledger.Jakarta, r *loadtest.Report, p *proof) demoResult {
	q := r.Latency
	return demoResult{
		Families: j.Families, Outlets: j.Outlets, Redemptions: r.Redemptions, RatePerS: r.RatePerS,
		GoodputPerS: r.GoodputPerS, Latency: demoLatency{q.P50, q.P95, q.P99, q.P999, q.P90, q.P9999}, Outcomes: r.Outcomes,
		Audit:           demoAudit{p.Checked, p.Violations},
		LedgerDebitsIDR: p.LedgerDebitsIDR, TerminalsDebitsIDR: p.TerminalsDebitsIDR, Unresolved: p.Unresolved,
		Batches: p.Batches, Load: r,
	}
}

// watched plays the terminals and measures beside them what the wire does not show.
func (d *demo) watched(ctx context.Context, cfg loadtest.Config, h *host, fleet []loadtest.Outlet) (report *loadtest.Report, err error) {
	where := observed{url: d.url, dataDir: d.storage.DataDir, together: true, probe: d.Probe}
	if h.address != nil {
		where.admin = h.address.String()
	}
	o, err := newObserver(ctx, where)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.close(context.WithoutCancel(ctx))) }()
	o.into(ctx, &cfg)
	if report, err = loadtest.Run(ctx, cfg, fleet); err != nil {
		return nil, err
	}
	o.complete(context.WithoutCancel(ctx), report)
	return report, nil
}

// profileCards is how many test cards the profile of bpnt edc gets.
const profileCards = 5

// writeProfile sets up a terminal for bpnt edc: the first of the fleet, with families of its own outlet.
func (d *demo) writeProfile(addr string) error {
	t := d.jakarta.Terminal(0)
	p := &profile{
		Addr: addr, TID: t.TID, MID: t.MID, NII: "0001", TPDU: iso.TPDU{0x60, 0x00, 0x01, 0x00, 0x00},
		AmountDecimals: 2, PANPad: iso.PadLeft, FirstSTAN: edcFirstSTAN, TPK: t.TPK[:],
	}
	for i := 0; i < d.jakarta.Families && len(p.Cards) < profileCards; i += d.jakarta.TerminalCount() {
		card := d.jakarta.Card(i)
		p.Cards = append(p.Cards, profileCard{Track2: track2Of(card), PIN: string(card.PIN[:])})
	}
	return p.save(d.profilePath())
}

// hint says what to try next, while there is still something to try it on.
func (d *demo) hint(h *host) {
	if !d.Stay {
		d.streams.say("Next, with a terminal at your shell while it stays up:\n  %s demo --stay --data-dir data", os.Args[0])
		return
	}
	d.streams.say("")
	d.streams.say("The gateway stays up on %s until Ctrl-C. From another shell:", h.gateway.Addr(demoLink))
	d.streams.say("  %s edc day --profile %s", os.Args[0], d.profilePath())
	d.streams.say("  %s edc purchase --profile %s --amount 25000", os.Args[0], d.profilePath())
	d.streams.say("  %s edc reverse --profile %s", os.Args[0], d.profilePath())
	d.streams.say("  %s ledger family show %d --data-dir %s", os.Args[0], d.jakarta.FamilyID(0), d.storage.DataDir)
	d.streams.say("  %s ledger report realisation --data-dir %s", os.Args[0], d.storage.DataDir)
	d.streams.say("  %s ledger batch list --data-dir %s", os.Args[0], d.storage.DataDir)
	if h.address != nil {
		d.streams.say("  curl -s http://%s/metrics | grep bpnt_", h.address)
	}
}

// print is the result of the demo.
func (d *demo) print(r *loadtest.Report, p *proof) error {
	if d.JSON {
		return printJSON(d.streams.out, newDemoResult(d.jakarta, r, p))
	}
	if err := r.WriteText(d.streams.out); err != nil {
		return err
	}
	return p.write(d.streams.out)
}
