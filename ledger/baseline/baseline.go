package baseline

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	//go:embed schema.sql
	schemaSQL string
	//go:embed keys.sql
	keysSQL string
)

// connsMax is the size of the pool: that of a gateway that gives each message a connection.
const connsMax = 32

// grantIDR is what each family gets: no run can spend it.
const grantIDR = 1_000_000_000

// Card is a family's card as the database knows it.
type Card struct {
	PAN      [16]byte // keyed hash
	PINValue int32
}

// Books are the small schema in a database, and the account of those who spend from it.
type Books struct {
	pool  *pgxpool.Pool
	cards []Card
	stan  int32 // of the next message; never the same twice
	told  int64 // redemptions that workers were told are posted
}

// Make puts the schema into a database, in the place of one that is there, with a family for each card.
func Make(ctx context.Context, url string, cards []Card) (*Books, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read: give postgres://user@host:port/database")
	}
	config.MaxConns = connsMax
	config.ConnConfig.RuntimeParams["search_path"] = "bpnt_baseline"
	config.ConnConfig.RuntimeParams["application_name"] = "bpnt baseline"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	b := &Books{pool: pool, cards: cards}
	if err := b.fill(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("make the baseline's schema: %w", err)
	}
	return b, nil
}

// Close closes the connections; the schema stays.
func (b *Books) Close() { b.pool.Close() }

func (b *Books) fill(ctx context.Context) error {
	conn, err := b.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if err := script(ctx, conn.Conn(), schemaSQL); err != nil {
		return err
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"card"}, []string{"pan", "family", "pin_value"},
		pgx.CopyFromSlice(len(b.cards), func(i int) ([]any, error) {
			return []any{pgtype.UUID{Bytes: b.cards[i].PAN, Valid: true}, int64(i), b.cards[i].PINValue}, nil
		}))
	if err != nil {
		return err
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"purse"}, []string{"family", "balance"},
		pgx.CopyFromSlice(len(b.cards), func(i int) ([]any, error) { return []any{int64(i), int64(grantIDR)}, nil }))
	if err != nil {
		return err
	}
	if err := script(ctx, conn.Conn(), keysSQL); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `vacuum (analyze) card, purse, posting`)
	return err
}

// script runs several statements that have no arguments.
func script(ctx context.Context, conn *pgx.Conn, sql string) error {
	_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// Check holds the purses against the postings, and both against what the workers were told.
func (b *Books) Check(ctx context.Context) error {
	var spent, posted, count int64
	err := b.pool.QueryRow(ctx, `select (select sum($1 - balance) from purse)::bigint, coalesce(sum(amount), 0)::bigint, count(*)
		from posting`, int64(grantIDR)).Scan(&spent, &posted, &count)
	if err != nil {
		return err
	}
	if spent != posted || count != b.told {
		return fmt.Errorf("the baseline's books are not right: %d rupiah left the purses, %d were posted; %d postings, %d were answered",
			spent, posted, count, b.told)
	}
	return nil
}
