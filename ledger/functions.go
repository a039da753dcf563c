package ledger

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"path"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The functions are the program's, not the database's: each version brings its own, so that a change of a rule is read
// as a change of one file and not as a new copy of it.
//
//go:embed functions/*.sql
var functions embed.FS

// functionsText is all of them, in the order of their names.
func functionsText() (string, error) {
	files, err := functions.ReadDir("functions")
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, file := range files {
		text, err := functions.ReadFile(path.Join("functions", file.Name()))
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}

// codeDigest names this program's functions.
func codeDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// replaceFunctions drops the functions that are there and makes this program's, unless they are the same. Gateways at
// work wait for the moment that it takes.
func replaceFunctions(ctx context.Context, tx pgx.Tx) error {
	text, err := functionsText()
	if err != nil {
		return err
	}
	// Two migrations at once: the second waits, and finds nothing to do.
	if _, err := tx.Exec(ctx, `lock table bpnt.code in share row exclusive mode`); err != nil {
		return err
	}
	digest := codeDigest(text)
	var old string
	err = tx.QueryRow(ctx, `select digest from bpnt.code`).Scan(&old)
	if old == digest {
		return nil
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if _, err := tx.Conn().PgConn().Exec(ctx, text).ReadAll(); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into bpnt.code (digest) values ($1) on conflict (only_row) do update set digest = excluded.digest`, digest)
	return err
}
