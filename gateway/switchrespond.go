package gateway

import (
	"bpnt/iso"
	"bpnt/ledger"
)

// DE66 of an answer to a reconciliation.
const (
	inBalance    = "1"
	outOfBalance = "2"
)

// respondSwitch puts right what a switch's answer has of its own: its DE12, 13 and 37 are the request's, because the switch
// knows its message by them; the ledger's own reference is for those who sent none.
func (l *link) respondSwitch(r *iso.Response, x *exchange) {
	r.Time = iso.LocalTime(max(0, x.request.LocalStamp))
	if x.head.RRN != "" {
		r.RRN = ""
	}
	if r.ComputeMAC == nil {
		r.Fields = r.Fields.Without(64) // eight zero bytes for a MAC are a terminal's custom
	}
	r.Original = x.original
	if x.kind == kindReconciliation {
		r.Institution = x.institution
		respondDay(r, x)
	}
}

func respondDay(r *iso.Response, x *exchange) {
	switch ledger.Outcome(x.verdict) {
	case ledger.OutcomeApproved:
		r.SettlementCode = inBalance
	case ledger.OutcomeTotalsDiffer:
		r.SettlementCode = outOfBalance
	default:
		return
	}
	ours := switchFigures(x.day.Ours)
	r.Figures = &ours
}
