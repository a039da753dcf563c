package gateway

import (
	"context"

	"bpnt/ledger"
)

// What the gateway asks of the books for a switch.

func (p *poster) Reconcile(_ context.Context, c ledger.SwitchClaim) (ledger.SwitchAnswer, error) {
	return p.reconcile(c), nil
}

func (p *poster) CutOver(_ context.Context, _ int16, date string) (ledger.Outcome, error) {
	return p.cutOver(date), nil
}

func (p *poster) OpenSwitchDay(context.Context, int16) error { return nil }

func (p *poster) Link(context.Context, int16) (ledger.LinkCard, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.zone, p.fail
}

// SetLinkKeys does as the ledger does.
func (p *poster) SetLinkKeys(_ context.Context, _ int16, zpk, zak []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	replace := func(now, before *[]byte, fresh []byte) {
		if fresh == nil {
			return
		}
		if *before == nil {
			*before = *now
		}
		*now = fresh
	}
	replace(&p.zone.WrappedZPK, &p.zone.WrappedZPKBefore, zpk)
	replace(&p.zone.WrappedZAK, &p.zone.WrappedZAKBefore, zak)
	return p.fail
}

func (p *poster) ConfirmLinkKeys(context.Context, int16) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.zone.WrappedZPKBefore, p.zone.WrappedZAKBefore = nil, nil
	return p.fail
}
