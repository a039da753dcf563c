package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
)

// proof holds the terminals' account against the books.
type proof struct {
	Checked            int   `json:"checked"`
	Violations         int64 `json:"violations"`
	LedgerDebitsIDR    int64 `json:"ledger_debits_idr"`    // of this run
	TerminalsDebitsIDR int64 `json:"terminals_debits_idr"` // of this run
	Unresolved         int   `json:"unresolved"`

	Batches *batchProof `json:"batches,omitempty"` // nil where no terminal settled

	faults []error // of the gateway, as terminals saw them
}

// prove audits the books, and compares what these runs, one after another since before, moved and settled on a link.
func prove(ctx context.Context, books *ledger.Ledger, link string, before ledger.AuditReport, runs ...*loadtest.Report) (*proof, error) {
	after, err := books.Audit(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("the audit could not be made: %w", err)
	}
	p := &proof{Checked: len(after.Checked), Violations: after.Violations, LedgerDebitsIDR: after.DebitsIDR - before.DebitsIDR}
	for _, r := range runs {
		p.TerminalsDebitsIDR += r.TerminalsDebitsIDR
		p.Unresolved += len(r.Unresolved)
		p.faults = append(p.faults, r.Fault())
	}
	p.Batches, err = proveBatches(ctx, books, link, runs)
	return p, err
}

func (p *proof) write(w io.Writer) error {
	_, err := fmt.Fprintf(w, "audit              %d invariants, %d violations\nbooks              %s\nterminals          %s\n",
		p.Checked, p.Violations, iso.Rupiah(p.LedgerDebitsIDR), iso.Rupiah(p.TerminalsDebitsIDR))
	if err == nil && p.Batches != nil {
		_, err = fmt.Fprintf(w, "batches            %d compared, %d differ; ledger %s, terminals %s\n", p.Batches.Compared,
			p.Batches.Differ, iso.Rupiah(p.Batches.LedgerIDR), iso.Rupiah(p.Batches.TerminalsIDR))
	}
	return err
}

// verdict is nil where the books are right to the rupiah.
func (p *proof) verdict() error {
	wrong := slices.Clone(p.faults)
	if p.Violations > 0 {
		wrong = append(wrong, fmt.Errorf("the books are not right: %d rows break an invariant", p.Violations))
	}
	if p.LedgerDebitsIDR != p.TerminalsDebitsIDR {
		wrong = append(wrong, fmt.Errorf("the books debited %s, the terminals say %s, with %d purchases unresolved",
			iso.Rupiah(p.LedgerDebitsIDR), iso.Rupiah(p.TerminalsDebitsIDR), p.Unresolved))
	}
	return errors.Join(append(wrong, p.Batches.verdict())...)
}

// findings are the proof for the page of a report; none where nothing was proved.
func (p *proof) findings() []loadtest.Finding {
	if p == nil {
		return nil
	}
	if err := p.verdict(); err != nil {
		return []loadtest.Finding{{Text: err.Error()}}
	}
	return []loadtest.Finding{{Good: true, Text: fmt.Sprintf("Books and terminals agree to the rupiah: %s of this run; %d invariants hold.",
		iso.Rupiah(p.LedgerDebitsIDR), p.Checked)}}
}
