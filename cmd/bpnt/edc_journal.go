package main

import (
	"fmt"
	"slices"

	"bpnt/iso"
)

// edcEntry is one message about money in the terminal's open batch. It holds no card data: a card is its number in the
// profile, or typedCard.
type edcEntry struct {
	Kind        edcKind `json:"kind"`
	STAN        int32   `json:"stan"`
	Amount      int64   `json:"amount_idr"`
	Card        int     `json:"card"`
	Account     string  `json:"account"`
	RRN         string  `json:"rrn,omitempty"`          // DE37 of the answer
	Original    int32   `json:"original,omitempty"`     // STAN of the sale that a void or a refund is about
	OriginalRRN string  `json:"original_rrn,omitempty"` // and its RRN
	Time        int64   `json:"time,omitempty"`         // of an advice, MMDDhhmmss: its repeats have the same
	Fate        edcFate `json:"fate"`
	Sent        int     `json:"sent"`      // how often it went out unheard: after the first time as a repeat
	Reversals   int     `json:"reversals"` // how often its reversal went out
}

// edcKind is what a message does.
type edcKind string

// The kinds of messages about money.
const (
	edcPurchase edcKind = "purchase"
	edcCash     edcKind = "cash"
	edcAdvice   edcKind = "advice"
	edcVoid     edcKind = "void"
	edcRefund   edcKind = "refund"
)

// edcFate is what the terminal believes.
type edcFate string

// The fates. Unknown stands between the sending and a final answer: then only a reversal may follow, or the same advice.
const (
	edcUnknown  edcFate = "unknown"
	edcApproved edcFate = "approved"
	edcRefused  edcFate = "refused"
	edcReversed edcFate = "reversed"
	edcVoided   edcFate = "voided"
)

// processing is DE3 of each kind.
var processing = map[edcKind]string{
	edcPurchase: iso.ProcessingPurchase, edcAdvice: iso.ProcessingPurchase, edcCash: iso.ProcessingCash,
	edcVoid: iso.ProcessingVoid, edcRefund: iso.ProcessingRefund,
}

// sale tells whether the family got something for it: what can be voided, and counts as a sale in the totals.
func (k edcKind) sale() bool { return k == edcPurchase || k == edcCash || k == edcAdvice }

// readable tells whether an entry that was kept can be made a message again.
func (e *edcEntry) readable() bool {
	return processing[e.Kind] != "" && len(e.Account) == 2 && e.STAN >= 1 && e.STAN <= stanMax && e.Amount > 0 &&
		slices.Contains([]edcFate{edcUnknown, edcApproved, edcRefused, edcReversed, edcVoided}, e.Fate)
}

// last is the newest entry of the open batch; nil where it is empty.
func (s *edcState) last() *edcEntry {
	if len(s.Journal) == 0 {
		return nil
	}
	return s.Journal[len(s.Journal)-1]
}

// byTrace finds an approved sale of the open batch, the newest one where stan is 0.
func (s *edcState) byTrace(stan int32) (*edcEntry, error) {
	for _, e := range slices.Backward(s.Journal) {
		if e.Kind.sale() && (e.STAN == stan || stan == 0 && e.Fate == edcApproved) {
			return e, nil
		}
	}
	if stan == 0 {
		return nil, usage("the open batch has no sale that stands: bpnt edc purchase makes one")
	}
	return nil, usage("the open batch has no sale with trace %06d: bpnt edc journal lists it", stan)
}

// conclude settles the fate of an entry. A void carries its sale along, which stands where no void of it does.
func (s *edcState) conclude(e *edcEntry, fate edcFate) {
	e.Fate = fate
	if e.Kind != edcVoid {
		return
	}
	stands := edcApproved
	if slices.ContainsFunc(s.Journal, func(v *edcEntry) bool {
		return v.Kind == edcVoid && v.Original == e.Original && v.Fate == edcApproved
	}) {
		stands = edcVoided
	}
	for _, sale := range s.Journal {
		if sale.Kind.sale() && sale.STAN == e.Original && (sale.Fate == edcApproved || sale.Fate == edcVoided) {
			sale.Fate = stands
		}
	}
}

// standing are the entries that count in the batch's totals.
func (s *edcState) standing() (entries []*edcEntry) {
	for _, e := range s.Journal {
		if e.Fate == edcApproved && e.Kind != edcVoid {
			entries = append(entries, e)
		}
	}
	return entries
}

// edcTotals are a batch's totals: sales net of voids, and refunds, in whole rupiah.
type edcTotals struct {
	Sales      int32 `json:"sales"`
	SalesIDR   int64 `json:"sales_idr"`
	Refunds    int32 `json:"refunds"`
	RefundsIDR int64 `json:"refunds_idr"`
}

func totalsOf(entries []*edcEntry) (t edcTotals) {
	for _, e := range entries {
		if e.Kind == edcRefund {
			t.Refunds++
			t.RefundsIDR += e.Amount
			continue
		}
		t.Sales++
		t.SalesIDR += e.Amount
	}
	return t
}

// wire is the totals as DE63 has them: one pair, or two where there were refunds.
func (t edcTotals) wire() iso.Totals {
	return iso.TotalsOf(iso.Total{Count: t.Sales, Amount: t.SalesIDR}, iso.Total{Count: t.Refunds, Amount: t.RefundsIDR})
}

// lines are the totals on the terminal's own slip.
func (t edcTotals) lines() []string {
	lines := []string{fmt.Sprintf("PENJUALAN : %d  %s", t.Sales, iso.Rupiah(t.SalesIDR))}
	if t.Refunds > 0 {
		lines = append(lines, fmt.Sprintf("REFUND    : %d  %s", t.Refunds, iso.Rupiah(t.RefundsIDR)))
	}
	return lines
}
