package linear

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"bpnt/iso"
	"bpnt/loadtest"
)

// Story is why an account's messages cannot have happened, in lines for people. It has no card data.
type Story struct {
	Family     int32    `json:"family"`
	Operations int      `json:"operations"`
	Fit        int      `json:"fit"`    // length of the longest order that a purse allows
	Before     []string `json:"before"` // the end of that order
	Balance    string   `json:"balance"`
	None       []string `json:"none"` // what must come next, and of which nothing can
}

// A story shows the end of the order, and not all that may come next.
const (
	beforeMax = 8
	noneMax   = 8
)

// tell makes a story of the longest order that fits.
func (h history) tell(order []int) Story {
	s := Story{Family: h.family, Operations: len(h.ops), Fit: len(order)}
	p := h.model().Init().(purse)
	placed := make([]bool, len(h.ops))
	for _, i := range order {
		p, _ = p.step(&h.ops[i])
		placed[i] = true
	}
	for _, i := range order[max(0, len(order)-beforeMax):] {
		s.Before = append(s.Before, h.ops[i].line())
	}
	s.Balance = p.balance()
	s.None = h.next(placed)
	return s
}

// next are the operations of which one has to come next: who was asked before the first of the rest was answered.
func (h history) next(placed []bool) (lines []string) {
	due := int64(never)
	for i := range h.ops {
		if !placed[i] {
			due = min(due, h.ops[i].ret)
		}
	}
	for i := range h.ops {
		if !placed[i] && h.ops[i].call <= due && len(lines) < noneMax {
			lines = append(lines, h.ops[i].line())
		}
	}
	return lines
}

func (p purse) balance() string {
	switch {
	case p.least == p.most:
		return iso.Rupiah(p.least)
	case p.most >= wide/2:
		return "unknown"
	}
	return fmt.Sprintf("%s to %s", iso.Rupiah(p.least), iso.Rupiah(p.most))
}

// line is one operation, its columns parted by tabs.
func (op *operation) line() string {
	answered := "-"
	if op.ret != never {
		answered = "+" + time.Duration(op.ret).Round(time.Microsecond).String()
	}
	return fmt.Sprintf("+%v\t%s\t%s %06d\t%s\t%s\t%s", time.Duration(op.call).Round(time.Microsecond), answered,
		strings.TrimSpace(op.TID), op.STAN, op.Kind, op.money(), op.answer())
}

func (op *operation) money() string {
	if op.Kind == loadtest.KindInquiry {
		return "-"
	}
	return iso.Rupiah(op.Amount)
}

func (op *operation) answer() string {
	switch {
	case op.code == "":
		return "no answer"
	case !op.HasBalance:
		return op.code
	}
	return fmt.Sprintf("%s, balance %s", op.code, iso.Rupiah(op.Balance))
}

// Write prints the verdict in one line, and the stories.
func (r *Report) Write(w io.Writer) error {
	if r == nil {
		return nil
	}
	_, err := fmt.Fprintf(w, "linearizable       %d accounts, %d operations (%d without answer, %d at once at most): %d illegal, %d undecided\n",
		r.Accounts, r.Operations, r.Unanswered, r.Widest, r.Illegal, r.Undecided)
	for _, s := range r.Stories {
		if err == nil {
			err = s.write(w)
		}
	}
	return err
}

func (s Story) write(w io.Writer) error {
	lines := aligned(slices.Concat(s.Before, s.None))
	_, err := fmt.Fprintf(w, `
family %d: no order of its %d operations explains all answers.
The longest that a purse allows has %d, and ends with
%sThen the balance is %s, and none of these can come next:
%s`, s.Family, s.Operations, s.Fit, strings.Join(lines[:len(s.Before)], ""), s.Balance, strings.Join(lines[len(s.Before):], ""))
	return err
}

// aligned puts columns under each other.
func aligned(lines []string) []string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		fmt.Fprintf(t, "  %s\n", line)
	}
	_ = t.Flush() // nothing fails in memory
	return slices.Collect(strings.Lines(b.String()))
}

// Fault is an error where an account did what no purse does.
func (r *Report) Fault() error {
	if r == nil || r.Illegal == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d accounts answered what no order of their messages explains", r.Illegal, r.Accounts)
}
