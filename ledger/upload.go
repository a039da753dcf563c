package ledger

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// UploadItem is one message of a batch upload (0320): what the terminal has in its journal. It never moves money.
type UploadItem struct {
	Link           int16
	TID            string
	STAN           int32 // of the 0320 itself
	OriginalMTI    int32 // 200
	OriginalSTAN   int32
	RRN            string // DE37 of the original; empty where the terminal never had an answer
	PAN            PANKey // zero where the message carries none
	Amount         int64  // whole rupiah
	ProcessingCode int32  // DE3
}

// UploadAnswer says that an upload was noted.
//
// Outcomes: approved, whether or not it is in the books, since what is not becomes an exception; upload_foreign, where
// the RRN is another terminal's; terminal_unknown, where nothing was noted.
type UploadAnswer struct {
	Outcome Outcome
	Replay  bool // it was noted before
	At      time.Time
}

// Upload notes what a terminal has in its journal, held against the books. Errors are those of CloseBatch; safe to repeat.
func (l *Ledger) Upload(ctx context.Context, u UploadItem) (UploadAnswer, error) {
	var a UploadAnswer
	pan := pgtype.UUID{Bytes: u.PAN, Valid: u.PAN != PANKey{}}
	err := l.errand(ctx, `select outcome, replay, at from bpnt.upload_note($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		l.now(), u.Link, u.TID, u.OriginalMTI, u.OriginalSTAN, u.RRN, pan, u.Amount, u.ProcessingCode).
		Scan(&a.Outcome, &a.Replay, &a.At)
	if err != nil {
		return UploadAnswer{}, err
	}
	return a, nil
}
