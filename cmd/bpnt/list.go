package main

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
)

// list is a CSV file that a job fills as it goes: a row stands in the file when its purse has been moved, whatever becomes
// of the job. A nil list takes everything and writes nothing.
type list struct {
	file *os.File
	csv  *csv.Writer
}

// newList makes the file; the list is nil where none was asked for. An older list is never overwritten: it may be the
// only one of what an earlier run moved. Families stand in it, so it is for its owner's eyes.
func newList(path string, header []string) (*list, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, usage("%s exists: name a new file for the list", path)
	}
	if err != nil {
		return nil, usage("the list cannot be written: %w", err)
	}
	l := &list{file, csv.NewWriter(file)}
	return l, l.write(header)
}

func (l *list) write(cells []string) error {
	if l == nil {
		return nil
	}
	if err := l.csv.Write(cells); err != nil {
		return err
	}
	l.csv.Flush()
	return l.csv.Error()
}

// close sees to it that the list is on the disk.
func (l *list) close() error {
	if l == nil {
		return nil
	}
	return errors.Join(l.file.Sync(), l.file.Close())
}
