package main

import (
	"slices"
	"strings"
	"time"

	"bpnt/iso"
)

// send asks, checks what every answer must have, and puts down a line.
func (b *bank) send(what string, o *iso.Outgoing, expected ...string) (*iso.Answer, error) {
	began := time.Now()
	a, err := b.ask(o)
	r := row{What: what, MTI: o.MTI.String(), STAN: o.STAN, Card: cardOf(o), Millis: millis(time.Since(began))}
	if o.HasAmount {
		r.AmountIDR = o.Amount
	}
	if err != nil {
		r.Meaning = "no answer"
		b.report.add(r, b)
		return nil, err
	}
	r.Code, r.Meaning = a.ResponseCode, switchMeaning(a)
	b.report.add(r, b)
	if !slices.Contains(expected, a.ResponseCode) {
		b.report.strange("%s %06d: answered %s (%s), expected was %s%s", what, o.STAN, a.ResponseCode, r.Meaning,
			strings.Join(expected, ", "), hints[a.ResponseCode])
	}
	b.checkEcho(what, o, a)
	return a, nil
}

// checkEcho holds the fields that an answer repeats, and its MAC, against the message.
func (b *bank) checkEcho(what string, o *iso.Outgoing, a *iso.Answer) {
	for _, f := range []struct {
		de          int
		sent, heard string
	}{
		{7, o.TransmissionTime, a.TransmissionTime},
		{37, o.RRN, a.RRN},
		{41, strings.TrimRight(o.TID, " "), strings.TrimRight(a.TID, " ")},
	} {
		if f.sent != "" && a.Fields.Has(f.de) && f.sent != f.heard {
			b.report.strange("%s %06d: DE%d came back as %q, it was %q", what, o.STAN, f.de, f.heard, f.sent)
		}
	}
	if o.HasAmount && a.HasAmount && o.Amount != a.Amount {
		b.report.strange("%s %06d: DE4 came back as %d rupiah, it was %d (--decimals?)", what, o.STAN, a.Amount, o.Amount)
	}
	signed := o.ComputeMAC != nil && o.MTI.Class() != iso.MTINetwork.Class() && a.ResponseCode == approvedCode
	if signed && !b.zak.VerifyMAC(a.MACInput, a.MAC) {
		b.report.strange("%s %06d: the answer's MAC is wrong or missing", what, o.STAN)
	}
}

// hints say what to do about answers that come from how things are set up.
var hints = map[string]string{
	"01": ": the link wants a sign-on first", "03": ": bpnt ledger outlet add --mid … makes the outlet known",
	"58": ": bpnt ledger terminal add --link … --tid … --mid … makes the terminal known on this link",
	"14": ": the ledger must hold the synthetic area of the same --seed",
	"63": ": the link wants a MAC, --zmk-file and --mac send one", "96": ": the gateway's log says why",
	"91": ": the gateway's books are away",
}
