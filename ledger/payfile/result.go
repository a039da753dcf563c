package payfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"bpnt/ledger/intake"
)

// What a bank may say of a payout.
const (
	StatusPaid     = "paid"
	StatusRejected = "rejected"
)

// Limits of a bank's file.
const (
	FileBytesMax = 256 << 20
	EntriesMax   = 1_000_000
	depthMax     = 32
	textMax      = 4096
)

// Result is what a bank's file says.
type Result struct {
	ID      string // the file's own identity
	Digest  [sha256.Size]byte
	Entries []Entry
	Others  int64 // entries without a reference of ours: fees, other business
	Pending int64 // entries that are not booked yet, or only information
}

// Entry is what it says of one payout.
type Entry struct {
	Reference string // EndToEndId
	Status    string
	AmountIDR int64
	Reason    string // of a rejection: ISO's code, or the bank's text
}

// ReadResult reads a bank's file: camt.053, camt.054, or CSV of the kind "payout-result".
func ReadResult(in io.Reader) (Result, error) {
	limited := &countedReader{in: in}
	digest := sha256.New()
	buffered := bufio.NewReaderSize(io.TeeReader(limited, digest), 1<<16)
	start, err := buffered.Peek(1)
	if err != nil {
		return Result{}, errors.Join(errors.New("the file is empty, or cannot be read"), notEOF(err))
	}
	read := readCSV
	if bytes.ContainsAny(start, "<\xef \r\n\t") {
		read = readCamt
	}
	r, err := read(buffered)
	if err != nil {
		return r, fmt.Errorf("the bank's file: %w", err)
	}
	if _, err := io.Copy(io.Discard, buffered); err != nil { // what the reader left: the digest is of the whole file
		return r, err
	}
	r.Digest = [sha256.Size]byte(digest.Sum(nil))
	return r, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// countedReader refuses to read on after FileBytesMax.
type countedReader struct {
	in    io.Reader
	bytes int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.bytes += int64(n); c.bytes > FileBytesMax {
		return 0, fmt.Errorf("it is longer than %d MiB", FileBytesMax>>20)
	}
	return n, err
}

// readCSV reads
//
//	bpnt,payout-result,1,IDENTITY,LINES,SUM
//	reference,status,amount,reason
func readCSV(in io.Reader) (r Result, err error) {
	reader, err := intake.NewReader(in, "payout-result", "reference", "status", "amount", "reason")
	if err != nil {
		return r, err
	}
	r.ID = reader.Header().ID
	var sum int64
	for {
		fields, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return r, reader.CheckTotals(sum)
		}
		var e Entry
		if err == nil {
			e, err = csvEntry(fields)
			sum += e.AmountIDR
		}
		if err == nil {
			err = r.add(e)
		}
		var fault *intake.Fault
		switch {
		case errors.As(err, &fault):
			return r, err
		case err != nil:
			return r, fmt.Errorf("line %d: %w", reader.Line(), err)
		}
	}
}

func csvEntry(f []string) (Entry, error) {
	amount, err := intake.Rupiah(f[2])
	e := Entry{Reference: f[0], Status: f[1], AmountIDR: amount, Reason: f[3]}
	switch {
	case err != nil:
		return e, err
	case e.Status != StatusPaid && e.Status != StatusRejected:
		return e, errors.New("the status must be paid or rejected")
	case e.Reference == "":
		return e, errors.New("the reference is missing")
	}
	return e, nil
}

func (r *Result) add(e Entry) error {
	if len(r.Entries) == EntriesMax {
		return fmt.Errorf("it has more than %d entries", EntriesMax)
	}
	r.Entries = append(r.Entries, e)
	return nil
}
