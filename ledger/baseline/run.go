package baseline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

// Rate is what a run found.
type Rate struct {
	Redemptions int64
	Seconds     float64
}

// PerSecond is the rate.
func (r Rate) PerSecond() float64 { return float64(r.Redemptions) / r.Seconds }

// redemption is one message.
type redemption struct {
	tid      string
	stan     int32
	pan      pgtype.UUID
	pinValue int32
	amount   int64 // whole rupiah
}

// worker is one connection with the families that are its own.
type worker struct {
	conn   *pgxpool.Conn
	tid    string
	stan   int32
	cards  []Card
	posted int64
}

var errNotPosted = errors.New("a good redemption was not posted")

// run lets so many workers do a step again and again until the time is over.
func (b *Books) run(ctx context.Context, workers int, d time.Duration, step func(context.Context, *worker) error) (Rate, error) {
	if len(b.cards) < workers {
		return Rate{}, fmt.Errorf("%d families are too few for %d connections", len(b.cards), workers)
	}
	all, err := b.hire(ctx, workers)
	defer b.dismiss(all)
	if err != nil {
		return Rate{}, err
	}
	start := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for _, w := range all {
		group.Go(func() error {
			for time.Since(start) < d {
				if err := step(ctx, w); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = group.Wait()
	rate := Rate{Seconds: time.Since(start).Seconds()}
	for _, w := range all {
		rate.Redemptions += w.posted
	}
	return rate, err
}

// hire gives each worker a connection and a share of the families.
func (b *Books) hire(ctx context.Context, workers int) (all []*worker, err error) {
	for i := range workers {
		conn, err := b.pool.Acquire(ctx)
		if err != nil {
			return all, err
		}
		from, to := len(b.cards)*i/workers, len(b.cards)*(i+1)/workers
		all = append(all, &worker{conn: conn, tid: fmt.Sprintf("BASE%04d", i), stan: b.stan, cards: b.cards[from:to]})
	}
	return all, nil
}

// dismiss takes the connections back, and notes what was posted and which STANs are used.
func (b *Books) dismiss(all []*worker) {
	for _, w := range all {
		w.conn.Release()
		b.told += w.posted
		b.stan = max(b.stan, w.stan)
	}
}

// The amounts are a purchase's: multiples of 500 rupiah up to 20,000.
const (
	amountStep  = 500
	amountSteps = 40
)

// next is a redemption of one of the worker's families, drawn at random.
func (w *worker) next() redemption { return w.of(rand.IntN(len(w.cards))) }

// of is a redemption of the worker's family i.
func (w *worker) of(i int) redemption {
	w.stan++
	return redemption{
		tid: w.tid, stan: w.stan, pan: pgtype.UUID{Bytes: w.cards[i].PAN, Valid: true}, pinValue: w.cards[i].PINValue,
		amount: amountStep * (1 + rand.Int64N(amountSteps)),
	}
}
