package main

import (
	"context"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"bpnt/ledger"
)

// postAlone calls the ledger as the gateway's lanes do, without a gateway: a call under way for each bucket.
type postAlone struct {
	books *ledger.Ledger
	link  int16
	cards [][]aloneCard // by bucket
	stan  []int32       // of each bucket's next message, below aloneSTANs
	tids  []string      // of the outlets
}

type aloneCard struct {
	pan    ledger.PANKey
	value  int32
	outlet int32
}

const (
	aloneAmount = 500 // whole rupiah
	// Terminals of the gateway's runs begin at STAN 1. These messages come from the same terminals, with the other half.
	aloneSTANs     = 500_000
	aloneFirstSTAN = 500_000
)

func newPostAlone(ctx context.Context, w *baselineWorld) (*postAlone, error) {
	books, err := ledger.Open(ctx, ledger.Options{URL: w.server.URL(databaseName), Role: ledger.RoleGateway, AppName: "bpnt baselines"})
	if err != nil {
		return nil, err
	}
	p := &postAlone{books: books, cards: make([][]aloneCard, books.Buckets()), stan: make([]int32, books.Buckets())}
	if p.link, err = books.LinkID(ctx, demoLink); err == nil {
		err = p.deal(w)
	}
	if err != nil {
		books.Close()
		return nil, err
	}
	return p, nil
}

// deal gives each bucket its cards, with the values of the right PINs made beforehand.
func (p *postAlone) deal(w *baselineWorld) error {
	for o := range w.jakarta.Outlets {
		p.tids = append(p.tids, w.jakarta.Terminal(o).TID)
	}
	for i := range w.jakarta.Families {
		card := w.jakarta.Card(i)
		value, err := w.keys.ValueOfPIN(card.PIN[:], card.PAN[:])
		if err != nil {
			return err
		}
		pan := ledger.PANKey(w.keys.PANKey(card.PAN[:]))
		bucket := p.books.BucketOf(pan)
		p.cards[bucket] = append(p.cards[bucket], aloneCard{pan, value, int32(w.jakarta.OutletOf(i))})
	}
	return nil
}

// post measures post() with batches of this size.
func (w *baselineWorld) post(size int) func(context.Context) (figures, error) {
	return func(ctx context.Context) (figures, error) {
		f, err := w.costs(ctx, 0, func() (int64, float64, error) {
			start := time.Now()
			count, err := w.alone.run(ctx, w.cmd.Duration, size)
			w.before.DebitsIDR += count * aloneAmount // no terminal will account for it
			return count, float64(count) / time.Since(start).Seconds(), err
		})
		if err != nil {
			return nil, err
		}
		f[roundTrips] = 1 / float64(size)
		return f, nil
	}
}

func (p *postAlone) run(ctx context.Context, d time.Duration, size int) (approved int64, err error) {
	start, counts := time.Now(), make([]int64, len(p.cards))
	group, ctx := errgroup.WithContext(ctx)
	for bucket := range p.cards {
		group.Go(func() error {
			for time.Since(start) < d {
				n, err := p.call(ctx, int16(bucket), size)
				counts[bucket] += n
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = group.Wait()
	for _, n := range counts {
		approved += n
	}
	return approved, err
}

func (p *postAlone) call(ctx context.Context, bucket int16, size int) (approved int64, err error) {
	results, err := p.books.Post(ctx, bucket, p.batch(bucket, size))
	for _, r := range results {
		if r.Outcome == ledger.OutcomeApproved && !r.Replay {
			approved++
		}
	}
	return approved, err
}

// batch is a purchase of each of so many cards, drawn at random.
func (p *postAlone) batch(bucket int16, size int) []ledger.Request {
	cards := p.cards[bucket]
	requests, taken := make([]ledger.Request, 0, size), make(map[int]bool, size)
	for len(requests) < size {
		i := rand.IntN(len(cards))
		if taken[i] {
			continue
		}
		taken[i] = true
		c, stan := cards[i], aloneFirstSTAN+p.stan[bucket]
		p.stan[bucket] = (p.stan[bucket] + 1) % aloneSTANs
		requests = append(requests, ledger.Request{
			Kind: ledger.KindRedeem, Link: p.link, TID: p.tids[c.outlet], STAN: stan, PAN: c.pan, Amount: aloneAmount,
			Programme: 1, LocalStamp: ledger.Absent, ATC: ledger.Absent, Original: ledger.Absent, Invoice: "000001", Batch: 1,
			NII: 1, EntryMode: 21, PINRequired: true, PINValue: c.value,
		})
	}
	return requests
}
