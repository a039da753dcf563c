package e2e

import (
	"fmt"
	"strings"
	"time"

	"bpnt/iso"
)

// tell writes a sentence of the story.
func (s *story) tell(post int, h heard) {
	answer := "no answer"
	if h.answer != nil {
		answer = h.answer.ResponseCode
		if h.answer.HasBalance {
			answer += ", balance " + iso.Rupiah(h.answer.Balance)
		}
	}
	s.note("EDC %c over gateway %d: %s -> %s", 'A'+h.till, post+1, s.describe(h.letter), answer)
}

func (s *story) note(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func (s *story) describe(l letter) string {
	switch l.kind {
	case letterSettlement, letterTrailer:
		return fmt.Sprintf("%s of batch %d, STAN %d: %d sales %s, %d refunds %s", l.kind, l.sent, l.stan, l.claim.sales,
			iso.Rupiah(l.claim.salesAmount), l.claim.refunds, iso.Rupiah(l.claim.refundsAmount))
	case letterInquiry:
		return fmt.Sprintf("inquiry, STAN %d, card %s%s", l.stan, s.cards[l.card].name, l.secret())
	}
	text := fmt.Sprintf("%s %06d of %s, STAN %d, card %s%s",
		l.kind, l.code, iso.Rupiah(l.amount), l.stan, s.cards[l.card].name, l.secret())
	if l.rrn != "" {
		text += ", RRN " + l.rrn
	}
	return text
}

// secret tells of a PIN only whether it is the right one.
func (l letter) secret() string {
	switch {
	case l.kind != letterPurchase && l.kind != letterInquiry, l.pin == testPIN:
		return ""
	case l.pin == "":
		return ", no PIN"
	}
	return ", wrong PIN"
}

// foretold says what was expected instead.
func (s *story) foretold(now time.Time, all []heard) string {
	var text strings.Builder
	fmt.Fprintf(&text, "no order of what was under way foretells these answers (%d states were possible):", len(s.worlds))
	for _, h := range all {
		for i, w := range s.worlds[:min(len(s.worlds), 3)] {
			c := w.clone()
			r := c.post(h.letter, now)
			fmt.Fprintf(&text, "\n    %s: state %d foretells %s", s.describe(h.letter), i+1, r.code)
			if r.known {
				fmt.Fprintf(&text, ", balance %s", iso.Rupiah(r.balance))
			}
			if r.replay {
				text.WriteString(", the first answer again, byte by byte")
			}
		}
	}
	return text.String()
}

// fail ends the story; the first failure counts.
func (s *story) fail(why string) {
	if s.failure == "" {
		s.failure = why
	}
}

// text is the whole story, one sentence a line.
func (s *story) text() string {
	var b strings.Builder
	for i, line := range s.lines {
		fmt.Fprintf(&b, "%3d. %s\n", i+1, line)
	}
	return b.String()
}
