package main

import (
	"fmt"
	"strings"

	"bpnt/iso"
)

const (
	approvedCode    = "00"
	unavailableCode = "91"
)

// slipColumns is the width of the paper.
const slipColumns = iso.ReceiptColumnsMin

// codeMeanings are DE39 in plain English, by the default table of an EDC link.
var codeMeanings = map[string]string{
	"00": "approved", "03": "outlet unknown or suspended", "12": "not supported", "13": "amount not valid",
	"14": "card unknown", "25": "no such sale in the open batch, or it was undone", "30": "message not understood",
	"40": "function not supported", "41": "card lost", "43": "card stolen",
	"51": "balance too small, or no aid there: the slip says which", "54": "card expired", "55": "wrong PIN",
	"57": "the programme does not allow this", "58": "terminal unknown or suspended", "61": "over the limit of an amount",
	"62": "card blocked or not active, or account frozen: the slip says which", "63": "MAC wrong",
	"65": "over the limit of redemptions a day", "75": "PIN tries used up: the branch unblocks the card",
	"77": "no settlement waits for this trailer", "79": "this batch is closed", "95": "the totals differ: upload the batch",
	"91": "books unreachable, nothing was debited: try again",
	"94": "this STAN was used for something else, or its purchase was reversed", "96": "system error, nothing was debited",
}

// slip is the answer as a script reads it.
type slip struct {
	What         string   `json:"what"`
	MTI          string   `json:"mti"`
	STAN         int32    `json:"stan"`
	ResponseCode string   `json:"response_code"`
	Meaning      string   `json:"meaning"`
	Approved     bool     `json:"approved"`
	TID          string   `json:"tid"`
	Card         string   `json:"card,omitempty"` // masked
	AmountIDR    int64    `json:"amount_idr,omitempty"`
	BalanceIDR   *int64   `json:"balance_idr,omitempty"`
	RRN          string   `json:"rrn,omitempty"`
	Approval     string   `json:"approval,omitempty"`
	Receipt      []string `json:"receipt"`

	Batch    string     `json:"batch,omitempty"`    // of a settlement
	Totals   *edcTotals `json:"totals,omitempty"`   // as the terminal claimed them
	Uploaded int        `json:"uploaded,omitempty"` // sales, because the totals differed
	Strange  int        `json:"strange,omitempty"`  // of those, not answered 00

	hosts bool // the receipt is the host's text
}

func (t *edcTerminal) print(s *slip) error {
	if t.flags.JSON && t.day != nil {
		t.day.Slips = append(t.day.Slips, s)
		return nil
	}
	if t.flags.JSON {
		return printJSON(t.streams.out, s)
	}
	edge := "+" + strings.Repeat("-", slipColumns+2) + "+"
	fmt.Fprintln(t.streams.out, edge)
	for _, line := range s.Receipt {
		fmt.Fprintf(t.streams.out, "| %-*s |\n", slipColumns, line)
	}
	fmt.Fprintln(t.streams.out, edge)
	fmt.Fprintf(t.streams.out, "%s %s: %s\n", s.What, s.ResponseCode, s.Meaning)
	return nil
}

func newSlip(what string, o *iso.Outgoing, a *iso.Answer) (*slip, error) {
	s := &slip{
		What: strings.ToLower(what), MTI: a.MTI.String(), STAN: a.STAN, ResponseCode: a.ResponseCode,
		Meaning: meaning(a.ResponseCode), Approved: a.ResponseCode == approvedCode, TID: o.TID,
		Card: cardOf(o), RRN: a.RRN, Approval: a.Approval,
	}
	if s.Approved && o.MTI.Class() == iso.MTIReversal.Class() {
		s.Meaning = "heard, what it reverses does not stand"
	}
	if o.HasAmount {
		s.AmountIDR = o.Amount
	}
	if a.HasBalance {
		s.BalanceIDR = &a.Balance
	}
	return s, s.write(what, a)
}

func meaning(code string) string {
	if text := codeMeanings[code]; text != "" {
		return text
	}
	return "refused"
}

// settled makes it the slip of a settlement: what was claimed and what became of it.
func (s *slip) settled(state *edcState, claimed edcTotals) {
	c := state.Closing
	s.Batch, s.Totals, s.Uploaded, s.Strange = state.Batch, &claimed, c.Uploaded, c.Strange
	switch {
	case !s.Approved:
	case c.Disputed:
		s.Meaning = fmt.Sprintf("batch %s is closed with the host's totals, after an upload of %d", s.Batch, s.Uploaded)
	default:
		s.Meaning = fmt.Sprintf("batch %s is closed, both sides agree", s.Batch)
	}
	if !s.hosts {
		s.Receipt = append(s.Receipt, append([]string{"BATCH   : " + s.Batch}, claimed.lines()...)...)
	}
}

// write is the host's text where there is one, else a slip of the terminal's own.
func (s *slip) write(what string, a *iso.Answer) error {
	if a.Receipt == "" {
		s.Receipt = s.own(what)
		return nil
	}
	text, err := iso.RenderReceipt(a.Receipt, slipColumns)
	if err != nil {
		return fmt.Errorf("the host's receipt cannot be printed: %w", err)
	}
	s.Receipt, s.hosts = strings.Split(strings.TrimRight(text, "\n"), "\n"), true
	return nil
}

func (s *slip) own(what string) []string {
	lines := []string{
		title(what, s.Approved), "TID     : " + s.TID, fmt.Sprintf("TRACE   : %06d", s.STAN),
	}
	if s.Card != "" {
		lines = append(lines, "KARTU   : "+s.Card)
	}
	if s.AmountIDR > 0 {
		lines = append(lines, "JUMLAH  : "+iso.Rupiah(s.AmountIDR))
	}
	if s.RRN != "" {
		lines = append(lines, "RREF    : "+s.RRN)
	}
	return append(lines, fmt.Sprintf("JAWABAN : %s", s.ResponseCode))
}

// titles head slips of the terminal's own, in Bahasa Indonesia as all slips are.
var titles = map[string]string{"REVERSAL": "PEMBATALAN", "CASH": "TARIK TUNAI", "ADVICE": "BERITA ACARA"}

func title(what string, approved bool) string {
	if text := titles[what]; text != "" {
		what = text
	}
	if approved {
		return what + " BERHASIL"
	}
	return what + " DITOLAK"
}

func cardOf(o *iso.Outgoing) string {
	if o.Track2.Present() {
		return o.Track2.PAN().Masked()
	}
	return o.PAN.Masked()
}
