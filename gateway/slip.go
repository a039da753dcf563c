package gateway

import (
	"fmt"

	"bpnt/iso"
	"bpnt/ledger"
)

// slip is what the terminal prints when its batch is closed (DE48): what the books count, as the published host prints it.
// Like a receipt it is made of the stored answer, the masthead and the request's identity.
func (l *link) slip(x *exchange, code string, head ledger.Masthead) string {
	r := iso.NewReceipt(title(x.verdict, code))
	x.heading(r, head)
	r.Normal("").Bold("SETTLEMENT")
	var space [40]byte
	r.Normal(string(appendWhen(space[:0], x.at().In(l.zone))), batchLine(x.closing.SentBatch), "")
	l.totals(r, &x.closing.BatchAnswer)
	if sumTotals(x.closing.sent) != x.closing.Ours {
		r.Normal("", "TOTAL TERMINAL BERBEDA:", "YANG BERLAKU TOTAL BANK")
	}
	return r.Normal("", "SETTLEMENT SELESAI").Text()
}

func batchLine(sent int32) string {
	if sent == ledger.Absent {
		return "BATCH DITUTUP"
	}
	return "BATCH : " + digits(int64(sent), 6) + " DITUTUP"
}

// totals are three columns, count and sum of each kind; sales are those before voids.
func (l *link) totals(r *iso.Receipt, b *ledger.BatchAnswer) {
	line := func(name string, count int32, amount int64) string {
		return fmt.Sprintf("%-9s %03d %18s", name, count, iso.Rupiah(amount))
	}
	r.Normal(
		line("PENJUALAN", b.Gross.Sales, b.Gross.SalesAmount),
		line("VOID", b.Voids, b.VoidsAmount),
		line("REFUND", b.Ours.Refunds, b.Ours.RefundsAmount),
	)
	r.Bold(line("TOTAL", b.Ours.Sales+b.Ours.Refunds, b.Ours.Net()))
}
