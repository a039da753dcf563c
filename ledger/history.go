package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Event is a line of the journal: what was done, by whom and why.
type Event struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Action string    `json:"action"`
	What   string    `json:"what"`
	Reason string    `json:"reason"`
}

// historyMax is how many lines of the journal are shown of one thing.
const historyMax = 100

// The names by which the journal knows things. What is part of a thing follows after a comma, what is said of it after
// a colon: "family 7, card 999912******0004 #5f21c0de".
func familyWhat(id int64) string           { return fmt.Sprintf("family %d", id) }
func outletWhat(mid string) string         { return "outlet " + mid }
func terminalWhat(link, tid string) string { return "terminal " + link + " " + tid }

// whatRange is between which texts all stand that begin with a name and a separator.
func whatRange(what string, separator byte) (from, to string) {
	return what + string(separator), what + string(separator+1)
}

// history reads what the journal has of a thing and its parts, newest first, in the ledger's time zone.
func (l *Ledger) history(ctx context.Context, db querier, what string) ([]Event, error) {
	zone, err := readZone(ctx, db)
	if err != nil {
		return nil, err
	}
	partFrom, partTo := whatRange(what, ',')
	saidFrom, saidTo := whatRange(what, ':')
	rows, err := db.Query(ctx, `select at, actor, action, what, reason from bpnt.journal
		where what collate "C" = $1 or what collate "C" >= $2 and what collate "C" < $3
		   or what collate "C" >= $4 and what collate "C" < $5 order by id desc limit $6`,
		what, partFrom, partTo, saidFrom, saidTo, historyMax)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Event, err error) {
		err = row.Scan(&e.At, &e.By, &e.Action, &e.What, &e.Reason)
		e.At = e.At.In(zone)
		return e, err
	})
}

// readZone is the ledger's time zone, in which people are shown times.
func readZone(ctx context.Context, db querier) (*time.Location, error) {
	rows, err := db.Query(ctx, `select time_zone from bpnt.ledger`)
	if err != nil {
		return nil, err
	}
	name, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}

// journal notes what an operator did.
func journal(ctx context.Context, tx pgx.Tx, action, what, reason string) error {
	_, err := tx.Exec(ctx, `insert into bpnt.journal (action, what, reason) values ($1, $2, $3)`, action, what, reason)
	return err
}
