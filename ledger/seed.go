package ledger

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// seedChunk is how many families go into a bucket under one hold of its lock.
const seedChunk = 5000

// SeedKeys are the parts of the security boundary that seeding needs; pin.Keystore has them.
type SeedKeys interface {
	PANKey(digits []byte) [16]byte
	PANKeyID() int16
	ValueOfPIN(pinDigits, panDigits []byte) (int32, error)
}

// SeedOptions say what to put into an empty ledger.
type SeedOptions struct {
	Area Jakarta
	Link string // name of the link on which the terminals speak
	Keys SeedKeys
	// WrapTPK wraps a terminal's PIN key under the master key.
	WrapTPK  func(tid string, clear []byte) ([]byte, error)
	Progress func(families int64)
}

// Seed puts a synthetic area into the books: outlets, terminals, families and cards, by COPY. It refuses a ledger that
// holds families already.
func (l *Ledger) Seed(ctx context.Context, o SeedOptions) error {
	if o.Area.Families < 1 || o.Area.Outlets < 1 || o.Area.TerminalCount() < o.Area.Outlets || o.Area.TerminalCount() > 99_999 {
		return errors.New("seed needs at least one family, an outlet, and a terminal at each outlet, 99,999 at most")
	}
	var any bool
	if err := l.pool.QueryRow(ctx, `select exists (select from bpnt.family)`).Scan(&any); err != nil {
		return jobError(err)
	}
	if any {
		return errors.New("this ledger holds families already: seed only an empty one")
	}
	if err := l.seedOutlets(ctx, o); err != nil {
		return err
	}
	if err := l.seedTerminals(ctx, o); err != nil {
		return err
	}
	return l.seedFamilies(ctx, o)
}

func (l *Ledger) seedOutlets(ctx context.Context, o SeedOptions) error {
	const bankBNI = 9
	if err := l.SetBankAccount(ctx, "BNI", "9900000000", "DINSOS DKI JAKARTA"); err != nil {
		return err
	}
	return l.inPieces(ctx, o.Area.Outlets, func(tx pgx.Tx, i int) error {
		outlet := o.Area.Outlet(i)
		_, err := l.addOutlet(ctx, tx, Outlet{
			MID: outlet.MID, Name: outlet.Name, City: outlet.City, Region: outlet.Region, Bank: bankBNI, Account: outlet.Account,
		})
		return err
	})
}

// seedTerminals registers the terminals.
func (l *Ledger) seedTerminals(ctx context.Context, o SeedOptions) error {
	link, err := l.LinkID(ctx, o.Link)
	if err != nil {
		return err
	}
	return l.inPieces(ctx, o.Area.TerminalCount(), func(tx pgx.Tx, k int) error { return l.seedTerminal(ctx, tx, o, link, k) })
}

// inPieces does n things, a thousand in one transaction: twenty thousand commits would take a minute.
func (l *Ledger) inPieces(ctx context.Context, n int, do func(tx pgx.Tx, i int) error) error {
	const piece = 1000
	for from := 0; from < n; from += piece {
		err := l.inTx(ctx, func(tx pgx.Tx) error {
			for i := from; i < min(from+piece, n); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) seedTerminal(ctx context.Context, tx pgx.Tx, o SeedOptions, link int16, k int) error {
	t := o.Area.Terminal(k)
	wrapped, err := o.WrapTPK(t.TID, t.TPK[:])
	if err != nil {
		return err
	}
	return l.addTerminal(ctx, tx, link, NewTerminal{Link: o.Link, TID: t.TID, MID: t.MID, WrappedTPK: wrapped})
}

// seedFamily is a family on its way into the books.
type seedFamily struct {
	index int
	card  JakartaCard
	pan   PANKey
}

// seedFamilies gathers families by bucket and copies a chunk whenever one is full.
func (l *Ledger) seedFamilies(ctx context.Context, o SeedOptions) error {
	waiting := make([][]seedFamily, l.buckets)
	var done int64
	flush := func(bucket int16) error {
		if err := l.seedChunk(ctx, o, bucket, waiting[bucket]); err != nil {
			return err
		}
		done += int64(len(waiting[bucket]))
		waiting[bucket] = waiting[bucket][:0]
		if o.Progress != nil {
			o.Progress(done)
		}
		return nil
	}
	for i := range o.Area.Families {
		card := o.Area.Card(i)
		pan := PANKey(o.Keys.PANKey(card.PAN[:]))
		bucket := l.BucketOf(pan)
		waiting[bucket] = append(waiting[bucket], seedFamily{i, card, pan})
		if len(waiting[bucket]) == seedChunk {
			if err := flush(bucket); err != nil {
				return err
			}
		}
	}
	for bucket := range waiting {
		if err := flush(int16(bucket)); err != nil {
			return err
		}
	}
	return nil
}

// seedChunk copies a bucket's families and their cards under its lock.
func (l *Ledger) seedChunk(ctx context.Context, o SeedOptions, bucket int16, families []seedFamily) error {
	return l.inBucket(ctx, bucket, func(tx pgx.Tx) error {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"bpnt", "family"}, []string{"bucket", "id", "region", "name"},
			pgx.CopyFromSlice(len(families), func(i int) ([]any, error) {
				f := families[i]
				region := o.Area.Outlet(o.Area.OutletOf(f.index)).Region
				return []any{bucket, o.Area.FamilyID(f.index), region, o.Area.FamilyName(f.index)}, nil
			}))
		if err != nil {
			return err
		}
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"bpnt", "card"},
			[]string{"bucket", "pan", "pan_key", "family", "expiry", "pin_value", "first6", "last4"},
			pgx.CopyFromSlice(len(families), func(i int) ([]any, error) { return seedCard(o, bucket, families[i]) }))
		return err
	})
}

func seedCard(o SeedOptions, bucket int16, f seedFamily) ([]any, error) {
	value, err := o.Keys.ValueOfPIN(f.card.PIN[:], f.card.PAN[:])
	if err != nil {
		return nil, err
	}
	expiry, err := strconv.Atoi(f.card.Expiry)
	if err != nil {
		return nil, err
	}
	return []any{
		bucket,
		pgtype.UUID{Bytes: f.pan, Valid: true},
		o.Keys.PANKeyID(), o.Area.FamilyID(f.index), int32(expiry), value,
		string(f.card.PAN[:6]), string(f.card.PAN[12:]),
	}, nil
}
