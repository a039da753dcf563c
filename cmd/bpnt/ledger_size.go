package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"bpnt/ledger"
)

type sizeCmd struct {
	storage
	JSON bool `help:"Print the sizes as JSON, index by index."`
}

func (sizeCmd) Help() string {
	return `Names each table and what a row of it takes, in the table and in its indexes. A family is a row of family,
one of card, and one of purse for each month; a redemption a row of message and one of posting or more. Counts are the server's
estimates; nothing is read through.

  bpnt ledger size

  bpnt ledger size --json | jq '.tables[] | select(.table == "purse")'`
}

func (c *sizeCmd) Run(ctx context.Context, s *streams) error {
	return c.withLedger(ctx, s, func(books *ledger.Ledger) error {
		size, err := books.Size(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, size)
		}
		writeSize(s.out, size)
		return nil
	})
}

// writeSize prints a line for each table that takes more than a page or two.
func writeSize(w io.Writer, size ledger.Size) {
	const worthALine = 256 << 10
	rows := [][]string{{"table", "rows", "dead", "MB", "indexes MB", "bytes a row", "of indexes"}}
	for _, t := range size.Tables {
		if t.HeapBytes+t.IndexBytes < worthALine {
			continue
		}
		heap, indexes := t.RowBytes()
		rows = append(rows, []string{
			t.Table, strconv.FormatInt(t.Rows, 10), strconv.FormatInt(t.DeadRows, 10), megabytesCell(t.HeapBytes),
			megabytesCell(t.IndexBytes), strconv.FormatInt(heap, 10), strconv.FormatInt(indexes, 10),
		})
	}
	grid(w, "lrrrrrr", rows)
	fmt.Fprintf(w, "%s MB in all\n", megabytesCell(size.DatabaseBytes))
}

// megabytesCell is a size with one decimal.
func megabytesCell(bytes int64) string {
	tenths := (bytes*10 + 1<<19) >> 20
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
