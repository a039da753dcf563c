package main

import (
	"fmt"

	"bpnt/iso"
	"bpnt/ledger"
)

// switchReport is what one run of bpnt switch saw.
type switchReport struct {
	Messages   []row                `json:"messages"`
	Counted    ledger.SwitchTotals  `json:"counted"`              // in the day that is open at the end
	Day        string               `json:"day,omitempty"`        // that was reconciled
	Reconciled *ledger.SwitchTotals `json:"reconciled,omitempty"` // in it
	Balance    string               `json:"balance,omitempty"`    // DE66: 1 in balance, 2 out of balance
	Strange    []string             `json:"strange"`              // not as docs/protocol.md says
}

// row is one message and its answer.
type row struct {
	What      string  `json:"what"`
	MTI       string  `json:"mti"`
	STAN      int32   `json:"stan"`
	Card      string  `json:"card,omitempty"` // masked
	AmountIDR int64   `json:"amount_idr,omitempty"`
	Code      string  `json:"response_code"` // empty where no answer came
	Meaning   string  `json:"meaning"`
	Millis    float64 `json:"ms"`
}

const rowForm = "%-29s %-5s %-7s %-17s %10s  %-3s %8s  %s\n"

func (r *switchReport) begin(b *bank) {
	r.Messages, r.Strange = []row{}, []string{}
	if !b.JSON {
		fmt.Fprintf(b.streams.out, rowForm, "message", "MTI", "STAN", "card", "rupiah", "DE39", "ms", "meaning")
	}
}

// add puts down a line as soon as it is known.
func (r *switchReport) add(m row, b *bank) {
	r.Messages = append(r.Messages, m)
	if b.JSON {
		return
	}
	amount := ""
	if m.AmountIDR > 0 {
		amount = fmt.Sprint(m.AmountIDR)
	}
	fmt.Fprintf(b.streams.out, rowForm, m.What, m.MTI, fmt.Sprintf("%06d", m.STAN), m.Card, amount, m.Code,
		fmt.Sprintf("%.1f", m.Millis), m.Meaning)
}

func (r *switchReport) strange(format string, args ...any) {
	r.Strange = append(r.Strange, fmt.Sprintf(format, args...))
}

// balances are the words for DE66.
var balances = map[string]string{"1": "in balance", "2": "out of balance"}

// switchMeanings are DE39 where a switch link means something else by it than an EDC link.
var switchMeanings = map[string]string{
	notSignedOnCode: "sign on first", unmatchedCode: "no such original: it is blocked from now on",
	totalsDifferCode: "the totals differ", keyRefusedCode: "system error, or a key that is not good: the old one stays",
}

func switchMeaning(a *iso.Answer) string {
	text := meaning(a.ResponseCode)
	if own := switchMeanings[a.ResponseCode]; own != "" {
		text = own
	}
	if a.SettlementCode != "" {
		text += fmt.Sprintf(", DE66 %s: %s", a.SettlementCode, balances[a.SettlementCode])
	}
	return text
}

// end prints the summary.
func (r *switchReport) end(b *bank) error {
	if b.JSON {
		return printJSON(b.streams.out, r)
	}
	if r.Reconciled != nil {
		verdict := balances[r.Balance]
		if verdict == "" {
			verdict = "not answered"
		}
		fmt.Fprintf(b.streams.out, "\nday %s, %s: %s\n", r.Day, verdict, figuresLine(*r.Reconciled))
	}
	fmt.Fprintf(b.streams.out, "day %s, open: %s\n", b.state.Date, figuresLine(r.Counted))
	return nil
}

func figuresLine(t ledger.SwitchTotals) string {
	return fmt.Sprintf("%d redemptions %s, %d reversed %s, owed %s", t.Debits.Count, iso.Rupiah(t.Debits.Amount),
		t.DebitReversals.Count, iso.Rupiah(t.DebitReversals.Amount), iso.Rupiah(t.Net))
}
