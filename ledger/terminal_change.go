package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// terminalRow is a registered terminal while nobody else changes it.
type terminalRow struct {
	id        int32
	link, tid string
	mid       string
	status    string
}

// changeTerminal finds a terminal and changes it. An unregistered one is as good as none.
func (l *Ledger) changeTerminal(ctx context.Context, link, tid string, change func(pgx.Tx, *terminalRow) error) error {
	return l.inTx(ctx, func(tx pgx.Tx) error {
		t := terminalRow{link: link, tid: tid}
		err := tx.QueryRow(ctx, `select t.id, o.mid, t.status from bpnt.terminal t join bpnt.link k on k.id = t.link
			join bpnt.outlet o on o.id = t.outlet where k.name = $1 and t.tid = $2 for update of t`, link, tid).
			Scan(&t.id, &t.mid, &t.status)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("%w: link %s has no terminal %s (bpnt ledger terminal add, or another --link)", ErrNotFound, link, tid)
		}
		if err != nil {
			return err
		}
		return change(tx, &t)
	})
}

// set makes one journaled change of a terminal; said is what the journal adds to its name.
func (t *terminalRow) set(ctx context.Context, tx pgx.Tx, action, said, reason, set string, args ...any) error {
	if reason != "" {
		if err := checkText("the reason", reason); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update bpnt.terminal set changed_at = now(), `+set+` where id = $1`, append([]any{t.id}, args...)...)
	if err != nil {
		return err
	}
	what := terminalWhat(t.link, t.tid)
	if said != "" {
		what += ": " + said
	}
	return journal(ctx, tx, action, what, reason)
}

// TerminalVerb is what an operator does to a terminal.
type TerminalVerb string

// The verbs.
const (
	TerminalActivate TerminalVerb = "activate"
	TerminalSuspend  TerminalVerb = "suspend"
)

// terminalMoves says which status a verb leads to; it leads from the other one.
var terminalMoves = map[TerminalVerb]string{TerminalActivate: "active", TerminalSuspend: "suspended"}

// ChangeTerminal does a verb to a terminal. The next message that it sends is judged by its new status; reversals always
// pass.
func (l *Ledger) ChangeTerminal(ctx context.Context, link, tid string, verb TerminalVerb, reason string) error {
	status, known := terminalMoves[verb]
	if !known {
		return fmt.Errorf("a terminal cannot be %q", verb)
	}
	if verb == TerminalSuspend {
		if err := checkText("the reason", reason); err != nil {
			return err
		}
	}
	return l.changeTerminal(ctx, link, tid, func(tx pgx.Tx, t *terminalRow) error {
		if t.status == status {
			return fmt.Errorf("terminal %s is %s: nothing to do", tid, status)
		}
		return t.set(ctx, tx, "terminal "+string(verb), "", reason, `status = $2`, status)
	})
}

// MoveTerminal notes that a terminal stands in another outlet from now on, lent or for good. What was bought before stays
// owed to the outlet where it was bought, and so does a reversal of it; the terminal's open batch stays open.
func (l *Ledger) MoveTerminal(ctx context.Context, link, tid, mid, reason string) error {
	if err := checkText("the reason", reason); err != nil {
		return err
	}
	return l.changeTerminal(ctx, link, tid, func(tx pgx.Tx, t *terminalRow) error {
		if t.mid == mid {
			return fmt.Errorf("terminal %s stands in outlet %s already", tid, mid)
		}
		outlet, err := findOutlet(ctx, tx, mid, "")
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoOutlet(mid)
		}
		if err != nil {
			return err
		}
		said := fmt.Sprintf("from outlet %s to %s", t.mid, mid)
		if err := t.set(ctx, tx, "terminal move", said, reason, `outlet = $2`, outlet.ID); err != nil {
			return err
		}
		return l.stay(ctx, tx, link, tid)
	})
}

// LoadTerminalKey gives a terminal another PIN key, wrapped (gateway/pin). Gateways at work take it up within their
// terminal_fresh time. A key before it, which a logon left good (SetTerminalKeys), ends.
func (l *Ledger) LoadTerminalKey(ctx context.Context, link, tid string, wrappedTPK []byte, reason string) error {
	return l.changeTerminal(ctx, link, tid, func(tx pgx.Tx, t *terminalRow) error {
		return t.set(ctx, tx, "terminal key", "", reason, `wrapped_tpk = $2, wrapped_tpk_before = null`, wrappedTPK)
	})
}
