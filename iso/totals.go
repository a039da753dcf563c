package iso

import "math"

// Totals are the pairs of DE63, in its order: sales, refunds, then the same of debit cards and of others. A terminal
// sends one, two, four or six; N says how many.
type Totals struct {
	N     int
	Pairs [totalsMax]Total
}

// Total is a number of transactions and their sum in whole rupiah.
type Total struct {
	Count  int32
	Amount int64
}

// One pair of DE63: a count of three digits, an amount of twelve in minor units.
const (
	totalsMax        = 6
	totalCountDigits = 3
	totalDigits      = totalCountDigits + 12
)

// TotalsOf are the totals that a terminal of one pair or two sends: sales, and refunds where there are any.
func TotalsOf(sales, refunds Total) Totals {
	t := Totals{N: 1, Pairs: [totalsMax]Total{sales, refunds}}
	if refunds != (Total{}) {
		t.N = 2
	}
	return t
}

// pairsFit tells whether a terminal may send so many pairs.
func pairsFit(n int) bool { return n == 1 || n == 2 || n == 4 || n == totalsMax }

// parseTotals reads DE63 of a settlement. scale is the number of minor units in a rupiah.
func parseTotals(wire []byte, scale int64) (t Totals, reason string) {
	n := len(wire) / totalDigits
	if len(wire)%totalDigits != 0 || !pairsFit(n) || !allDigits(wire) {
		return Totals{}, ReasonTotalsForm
	}
	t.N = n
	for i := range t.Pairs[:n] {
		pair := wire[i*totalDigits : (i+1)*totalDigits]
		minor := digitsNumber(pair[totalCountDigits:])
		if minor%scale != 0 {
			return Totals{}, ReasonAmountScale
		}
		t.Pairs[i] = Total{Count: int32(digitsNumber(pair[:totalCountDigits])), Amount: minor / scale}
	}
	return t, ""
}

// append appends DE63, or tells that a number does not fit.
func (t *Totals) append(dst []byte, scale int64) ([]byte, bool) {
	if !pairsFit(t.N) {
		return dst, false
	}
	for _, pair := range t.Pairs[:t.N] {
		if !within(int64(pair.Count), pow10(totalCountDigits)) || !within(pair.Amount, pow10(12)/scale) {
			return dst, false
		}
		dst = appendDigits(dst, int64(pair.Count), totalCountDigits)
		dst = appendDigits(dst, pair.Amount*scale, 12)
	}
	return dst, true
}

func within(v, limit int64) bool { return v >= 0 && v < limit }

// Figures are what one side of a switch counts for a business day. Credits are what is given to cards (refunds), debits
// what is taken from them (redemptions).
type Figures struct {
	Credits         Total // DE74, DE86
	CreditReversals Total // DE75, DE87
	Debits          Total // DE76, DE88
	DebitReversals  Total // DE77, DE89
	Net             int64 // DE97, whole rupiah: credits less debits, as the sender says it
}

// figureFields are the fields of a Figures and where each total stands in it: the count in the first, the amount in the
// second.
var figureFields = [...]struct {
	count, amount int
	total         func(*Figures) *Total
}{
	{74, 86, func(f *Figures) *Total { return &f.Credits }},
	{75, 87, func(f *Figures) *Total { return &f.CreditReversals }},
	{76, 88, func(f *Figures) *Total { return &f.Debits }},
	{77, 89, func(f *Figures) *Total { return &f.DebitReversals }},
}

// netDigits is the amount of DE97 behind its sign C or D.
const netDigits = 16

// figures reads DE74 to 77, 86 to 89 and 97. What is absent is zero.
func (w *wire) figures(f *Figures, scale int64) fault {
	for _, x := range figureFields {
		count, minor := w.number(x.count, 0), w.number(x.amount, 0)
		switch {
		case count > math.MaxInt32:
			return fault{x.count, ReasonTotalsForm}
		case minor%scale != 0:
			return fault{x.amount, ReasonAmountScale}
		}
		*x.total(f) = Total{Count: int32(count), Amount: minor / scale}
	}
	return w.net(&f.Net, scale)
}

func (w *wire) net(to *int64, scale int64) fault {
	content := w.bytes(97)
	switch {
	case content == nil:
		return fault{}
	case content[0] != 'C' && content[0] != 'D' || !allDigits(content[1:]):
		return fault{97, ReasonTotalsForm}
	}
	minor := digitsNumber(content[1:])
	if minor%scale != 0 {
		return fault{97, ReasonAmountScale}
	}
	if *to = minor / scale; content[0] == 'D' {
		*to = -*to
	}
	return fault{}
}

// write writes one of the fields of a Figures.
func (f *Figures) write(w *writer, de int) {
	for _, x := range figureFields {
		switch de {
		case x.count:
			w.number(de, int64(x.total(f).Count))
		case x.amount:
			w.money(de, x.total(f).Amount)
		}
	}
	if de == 97 {
		w.net(f.Net)
	}
}
