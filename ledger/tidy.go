package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Tidy does at once what a server does by itself in the hours after a bulk load: vacuum, so that the first redemption of
// each family does not write down that its purse's row is committed (with data checksums on, a full page each), and a
// checkpoint, so that the log files of the load are used again instead of new ones being filled with zeros. The URL's
// user must own the books and may checkpoint: the superuser of a private server is one.
func Tidy(ctx context.Context, url string) error {
	config, err := poolConfig(Options{URL: url, AppName: "bpnt tidy"})
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return connectError(err)
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"vacuum (analyze) bpnt.family, bpnt.card, bpnt.purse, bpnt.posting", "checkpoint"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return jobError(err)
		}
	}
	return nil
}
