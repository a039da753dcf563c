package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// AddFamily registers a family. Its bucket is that of its first card and never changes.
func (l *Ledger) AddFamily(ctx context.Context, id int64, region int16, name string, first PANKey) error {
	return l.addFamily(ctx, id, region, name, l.BucketOf(first))
}

// AddFamilyWithoutCard registers a family whose first card is not known yet. Its bucket comes from its number, so most
// of its cards will hash to another one and be found through a forward: AddFamily is better where there is a card.
func (l *Ledger) AddFamilyWithoutCard(ctx context.Context, id int64, region int16, name string) error {
	return l.addFamily(ctx, id, region, name, bucketOfNumber(id, l.buckets))
}

func (l *Ledger) addFamily(ctx context.Context, id int64, region int16, name string, bucket int16) error {
	if id <= 0 {
		return errors.New("a family needs a number greater than 0")
	}
	if err := checkText("the family's name", name); err != nil {
		return err
	}
	return l.registering(ctx, func(conn *pgx.Conn) error {
		return underBucket(ctx, conn, bucket, func(tx pgx.Tx) error {
			if err := knownRegion(ctx, tx, region); err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, `insert into bpnt.family (bucket, id, region, name)
				select $1, $2, $3, $4 where not exists (
					select from bpnt.bucket b join bpnt.family f on f.bucket = b.id where f.id = $2)`, bucket, id, region, name)
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				return errors.New("a family with this number stands in the books already")
			}
			return journal(ctx, tx, "family add", familyWhat(id), "")
		})
	})
}

func knownRegion(ctx context.Context, tx pgx.Tx, region int16) error {
	var known bool
	err := tx.QueryRow(ctx, `select exists (select from bpnt.region where id = $1)`, region).Scan(&known)
	if err == nil && !known {
		err = errRegion(region)
	}
	return err
}

func errRegion(region int16) error {
	return fmt.Errorf("region %d is not in the books: bpnt ledger import regions brings it in", region)
}

func errBank(bank int16) error {
	return fmt.Errorf("bank %d is not in the books: bpnt ledger import banks brings it in", bank)
}

// MoveFamily notes that a family lives in another region from now on. Reports as of a day before count it where it lived.
func (l *Ledger) MoveFamily(ctx context.Context, id int64, region int16, reason string) error {
	if err := checkText("the reason", reason); err != nil {
		return err
	}
	return l.changeFamily(ctx, id, func(tx pgx.Tx, bucket int16) error {
		if err := knownRegion(ctx, tx, region); err != nil {
			return err
		}
		var from int16
		err := tx.QueryRow(ctx, `select region from bpnt.family where bucket = $1 and id = $2`, bucket, id).Scan(&from)
		if err != nil {
			return err
		}
		if from == region {
			return fmt.Errorf("family %d lives in region %d already", id, region)
		}
		_, err = tx.Exec(ctx, `insert into bpnt.family_move (bucket, family, at, from_region, to_region)
			values ($1, $2, bpnt.clock($5), $3, $4)`, bucket, id, from, region, l.now())
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `update bpnt.family set region = $3 where bucket = $1 and id = $2`, bucket, id, region); err != nil {
			return err
		}
		return journal(ctx, tx, "family move", fmt.Sprintf("%s: from region %d to %d", familyWhat(id), from, region), reason)
	})
}

// SetFamilyBank notes that a family's cards are another bank's from the next business day on.
func (l *Ledger) SetFamilyBank(ctx context.Context, id int64, bank, reason string) error {
	if err := checkText("the reason", reason); err != nil {
		return err
	}
	number, err := bankByCode(ctx, l.pool, bank)
	if err != nil {
		return err
	}
	return l.changeFamily(ctx, id, func(tx pgx.Tx, bucket int16) error {
		var before int16
		err := tx.QueryRow(ctx, `select bank from bpnt.family where bucket = $1 and id = $2`, bucket, id).Scan(&before)
		if err != nil {
			return err
		}
		if before == number {
			return fmt.Errorf("family %d is with %s already", id, bank)
		}
		_, err = tx.Exec(ctx, `insert into bpnt.family_bank (bucket, family, until, bank)
			values ($1, $2, bpnt.business_date(bpnt.clock($4)) + 1, $3) on conflict do nothing`, bucket, id, before, l.now())
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `update bpnt.family set bank = $3 where bucket = $1 and id = $2`, bucket, id, number); err != nil {
			return err
		}
		return journal(ctx, tx, "family bank", fmt.Sprintf("%s: from bank %d to %d", familyWhat(id), before, number), reason)
	})
}

// RenameFamily corrects a family's name. The journal keeps that it was done and why, never the names.
func (l *Ledger) RenameFamily(ctx context.Context, id int64, name, reason string) error {
	if err := firstError(checkText("the family's name", name), checkText("the reason", reason)); err != nil {
		return err
	}
	return l.changeFamily(ctx, id, func(tx pgx.Tx, bucket int16) error {
		if _, err := tx.Exec(ctx, `update bpnt.family set name = $3 where bucket = $1 and id = $2`, bucket, id, name); err != nil {
			return err
		}
		return journal(ctx, tx, "family rename", familyWhat(id), reason)
	})
}

// changeFamily finds a family and changes it under its bucket's lock.
func (l *Ledger) changeFamily(ctx context.Context, id int64, change func(pgx.Tx, int16) error) error {
	bucket, err := l.familyBucket(ctx, id)
	if err != nil {
		return fmt.Errorf("family %d: %w", id, err)
	}
	return l.inBucket(ctx, bucket, func(tx pgx.Tx) error { return change(tx, bucket) })
}
