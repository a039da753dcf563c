package baseline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// setWorkers is the number of connections that carry batches: as many as a ledger on two cores has lanes.
const setWorkers = 2

const setSQL = `with moved as (
		update purse p set balance = p.balance - r.amount
		from unnest($1::text[], $2::integer[], $3::uuid[], $4::integer[], $5::bigint[]) r (tid, stan, pan, pin_value, amount)
		join card c on c.pan = r.pan and c.pin_value = r.pin_value
		where p.family = c.family and p.balance >= r.amount
		and not exists (select from posting o where o.tid = r.tid and o.stan = r.stan and o.pan = r.pan)
		returning r.tid, r.stan, r.pan, p.family, r.amount, p.balance)
	insert into posting (tid, stan, pan, family, amount, balance)
	select tid, stan, pan, family, amount, balance from moved
	returning tid, stan, balance`

// SetMax is the largest batch that Set takes of so many families: each of its connections draws from a share of them.
func SetMax(families int) int { return families / setWorkers }

// Set is one statement a batch over two connections, each its own transaction: what group commit could reach at best. The
// answers are read, as a gateway has to.
func (b *Books) Set(ctx context.Context, d time.Duration, size int) (Rate, error) {
	if size < 1 || size > SetMax(len(b.cards)) {
		return Rate{}, fmt.Errorf("a batch of %d is too large for %d families", size, len(b.cards))
	}
	return b.run(ctx, setWorkers, d, func(ctx context.Context, w *worker) error {
		rows, err := w.conn.Query(ctx, setSQL, w.batch(size)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		posted := 0
		for rows.Next() {
			posted++
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if posted != size {
			return errNotPosted
		}
		w.posted += int64(posted)
		return nil
	})
}

// batch is the arguments of a batch of different cards.
func (w *worker) batch(size int) []any {
	tid, stan := make([]string, size), make([]int32, size)
	pan, value, amount := make([]pgtype.UUID, size), make([]int32, size), make([]int64, size)
	taken := make(map[int]bool, size)
	for i := range size {
		card := rand.IntN(len(w.cards))
		for taken[card] {
			card = rand.IntN(len(w.cards))
		}
		taken[card] = true
		r := w.of(card)
		tid[i], stan[i], pan[i], value[i], amount[i] = r.tid, r.stan, r.pan, r.pinValue, r.amount
	}
	return []any{tid, stan, pan, value, amount}
}
