package main

import "bpnt/iso"

// closeDay cuts over, and reconciles the day that is over.
func (b *bank) closeDay() error {
	if !b.CutOver {
		return nil
	}
	over, next := *b.state, b.state.tomorrow()
	cut := func(what string) error {
		return b.network(what, approvedCode, func(s iso.Switch, at moment) iso.Outgoing {
			return s.CutOver(at.stan, at.time, next.mmdd())
		})
	}
	if err := cut("cut-over"); err != nil {
		return err
	}
	if b.Probe {
		if err := cut("the same cut-over"); err != nil {
			return err
		}
	}
	b.state.turn()
	b.report.Day, b.report.Reconciled = over.Date, &over.Counted
	return b.reconcile(&over)
}

// reconcile sends what the switch counted in a day. DE66 of the answer says whether the gateway counts the same.
func (b *bank) reconcile(day *switchState) error {
	at, err := b.now()
	if err != nil {
		return err
	}
	want := "1"
	if b.MissingDebit {
		want = "2"
		day.forget(b.Amount)
	}
	o := b.speaker().Reconciliation(at.stan, at.time, day.mmdd(), day.figures())
	a, err := b.send("reconciliation", &o, approvedCode, totalsDifferCode)
	if err != nil {
		return err
	}
	b.report.Balance = a.SettlementCode
	if a.SettlementCode != want {
		b.report.strange("reconciliation %06d of %s: DE66 is %q (1 in balance, 2 out of balance), %q was expected: "+
			"bpnt ledger exceptions list has both sides' figures", a.STAN, day.Date, a.SettlementCode, want)
	}
	return nil
}
