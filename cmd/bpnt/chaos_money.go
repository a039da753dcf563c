package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"bpnt/ledger"
)

// pay gives every family a little for the current month, and all but each eighth what the rule says for the months to
// come. In a drain all have the same, as the race wants it.
func (w *chaosWorld) pay(ctx context.Context) error {
	period, err := w.books.CurrentPeriod(ctx)
	if err != nil {
		return err
	}
	amount := int64(chaosPittance)
	if w.drains() {
		amount = chaosMonth
	}
	_, err = disburse(ctx, w.quiet(), w.books, chaosProgramme, period, amount, unknownTotal)
	if err != nil || w.drains() {
		return err
	}
	path := filepath.Join(w.dir, "pay.csv")
	if err := os.WriteFile(path, w.payFile(later(period, 1), later(period, chaosMonths)), 0o600); err != nil {
		return err
	}
	_, err = w.books.DisburseFile(ctx, ledger.FileOptions{Path: path, Rejects: path + ".rejects.csv"})
	return err
}

func (w *chaosWorld) payFile(from, to int32) []byte {
	var lines []byte
	families := 0
	for i := range w.jakarta.Families {
		if i%chaosPoor != 0 {
			families++
			lines = fmt.Appendf(lines, "%d,%s,%d-%d,%d\n", w.jakarta.FamilyID(i), chaosProgramme, from, to,
				chaosMonths*chaosMonth)
		}
	}
	head := fmt.Appendf(nil, "bpnt,disbursement,1,CHAOS-%d,%d,%d\nfamily,programme,period,amount\n", from, families,
		int64(families)*chaosMonths*chaosMonth)
	return append(head, lines...)
}
