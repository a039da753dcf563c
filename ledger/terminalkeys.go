package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// SetTerminalKeys gives a terminal new working keys, wrapped (gateway/pin); nil leaves a key as it is. The keys before
// stay good until ConfirmTerminalKeys. Until then nothing is changed here: the terminal may have been sent what stands
// there, so that is what it must be sent again. ErrNotFound where the link has no such terminal; else errors are those of CloseBatch.
func (l *Ledger) SetTerminalKeys(ctx context.Context, link int16, tid string, wrappedTPK, wrappedTAK []byte) error {
	return l.changeKeys(ctx, `select bpnt.terminal_keys($1, $2, $3, $4, $5)`, l.now(), link, tid, wrappedTPK, wrappedTAK)
}

// ConfirmTerminalKeys says that the terminal has used these keys, as they are wrapped. Where they are the present ones
// those before them end.
func (l *Ledger) ConfirmTerminalKeys(ctx context.Context, link int16, tid string, wrappedTPK, wrappedTAK []byte) error {
	return l.changeKeys(ctx, `select bpnt.terminal_keys_used($1, $2, $3, $4)`, link, tid, wrappedTPK, wrappedTAK)
}

// LoadTerminalMasterKey gives a terminal its master key, wrapped (gateway/pin): its working keys are sent under it when it
// logs on.
func (l *Ledger) LoadTerminalMasterKey(ctx context.Context, link, tid string, wrappedTMK []byte, reason string) error {
	return l.changeTerminal(ctx, link, tid, func(tx pgx.Tx, t *terminalRow) error {
		return t.set(ctx, tx, "terminal master key", "", reason, `wrapped_tmk = $2`, wrappedTMK)
	})
}
