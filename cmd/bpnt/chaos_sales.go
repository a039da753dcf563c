package main

import (
	"fmt"
	"iter"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest"
	"bpnt/loadtest/chaos"
)

// saleName is a purchase as terminal and ledger both call it. No terminal of a campaign uses a STAN twice.
type saleName struct {
	tid  string
	stan int32
}

// saleFaults are the purchases about which a terminal and the books do not agree.
type saleFaults struct{ lost, doubled, kept, charged findings64 }

// findings64 is how many, and the first.
type findings64 struct {
	n     int64
	first string
}

func (f *findings64) add(format string, args ...any) {
	if f.n++; f.first == "" {
		f.first = fmt.Sprintf(format, args...)
	}
}

// compareSales looks each sale of each terminal up in the books, and each debit of the books in the journals.
func compareSales(j ledger.Jakarta, sales iter.Seq[loadtest.Sale], debits []ledger.Debit) *saleFaults {
	standing := map[saleName][]ledger.Debit{}
	for _, d := range debits {
		if d.AmountIDR != 0 {
			name := saleName{d.TID, d.STAN}
			standing[name] = append(standing[name], d)
		}
	}
	f := new(saleFaults)
	for sale := range sales {
		name := saleName{sale.TID, sale.STAN}
		f.compare(sale, j.FamilyID(sale.Family), standing[name])
		delete(standing, name)
	}
	for name, rest := range standing {
		f.charged.add("%s/%06d: %s of family %d", name.tid, name.stan, iso.Rupiah(rest[0].AmountIDR), rest[0].Family)
	}
	return f
}

func (f *saleFaults) compare(s loadtest.Sale, family int64, found []ledger.Debit) {
	var sum int64
	for _, d := range found {
		sum += d.AmountIDR
	}
	told := fmt.Sprintf("%s/%06d: %s of family %d at the terminal (%s), %s in the books", s.TID, s.STAN,
		iso.Rupiah(s.Amount), family, s.Fate, iso.Rupiah(sum))
	switch {
	case len(found) > 1 || sum > s.Amount:
		f.doubled.add("%s", told)
	case s.Fate == loadtest.FateOpen:
	case s.Fate == loadtest.FateApproved && (sum < s.Amount || found[0].Family != family):
		f.lost.add("%s", told)
	case s.Fate != loadtest.FateApproved && sum != 0:
		f.kept.add("%s", told)
	}
}

func (f *saleFaults) into(r *chaos.Report) {
	r.MustBeZero("lost", f.lost.n, "approved at a terminal, and not debited", f.lost.first)
	r.MustBeZero("doubled", f.doubled.n, "debited more than once, or more than was sold", f.doubled.first)
	r.MustBeZero("kept", f.kept.n, "reversed or voided at a terminal, and debited all the same", f.kept.first)
	r.MustBeZero("charged", f.charged.n, "debited, although the terminal sold nothing", f.charged.first)
}
