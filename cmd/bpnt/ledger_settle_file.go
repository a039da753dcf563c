package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bpnt/ledger"
	"bpnt/ledger/payfile"
)

// writtenFile is a file that was written; its name and its digest are the same whenever it is.
type writtenFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// writeFiles writes a settlement's files: no payout order where nothing is paid.
func (c *settleCmd) writeFiles(ctx context.Context, s *streams, books *ledger.Ledger, settlement ledger.Settlement) ([]writtenFile, error) {
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return nil, usage("the folder cannot be made: %w", err)
	}
	rows, err := writeFile(filepath.Join(c.Out, settlement.Name+"-rows.csv"), func(w io.Writer) error {
		return c.writeRows(ctx, s, books, settlement, w)
	})
	if err != nil || settlement.Payouts == 0 {
		return []writtenFile{rows}, err
	}
	order, err := books.PayoutOrder(ctx, settlement)
	if err != nil {
		return nil, err
	}
	payout, err := writeFile(filepath.Join(c.Out, settlement.Name+"-payout.xml"), func(w io.Writer) error {
		return payfile.WriteOrder(w, order)
	})
	return []writtenFile{rows, payout}, err
}

func (c *settleCmd) writeRows(ctx context.Context, s *streams, books *ledger.Ledger, settlement ledger.Settlement, w io.Writer) error {
	delimiter := ','
	if c.Delimiter == "pipe" {
		delimiter = '|'
	}
	head := payfile.RowHead{ID: settlement.Name, Rows: settlement.Redemptions + settlement.Undoings, NetIDR: settlement.NetIDR}
	rows, err := payfile.NewRowWriter(w, delimiter, head)
	if err != nil {
		return err
	}
	bar, count := newProgress(s, "rows of "+settlement.Name, head.Rows), int64(0)
	err = books.SettlementRows(ctx, settlement, func(r payfile.Row) error {
		if count++; count%1000 == 0 {
			bar.set(count)
		}
		return rows.Write(r)
	})
	if err != nil {
		return err
	}
	bar.done(count)
	return rows.Close()
}

// writeFile writes a file beside its place and moves it there when it is whole and on the disk. Accounts stand in it, so it
// is for its owner's eyes.
func writeFile(path string, write func(io.Writer) error) (done writtenFile, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return done, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	digest := sha256.New()
	err = write(io.MultiWriter(file, digest))
	info, badInfo := file.Stat()
	if err = errors.Join(err, badInfo, file.Sync(), file.Close()); err != nil {
		return done, err
	}
	done = writtenFile{Path: path, Bytes: info.Size(), SHA256: hex.EncodeToString(digest.Sum(nil))}
	return done, os.Rename(file.Name(), path)
}
