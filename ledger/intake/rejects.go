package intake

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// rejectsHeader is the first line of a list.
const rejectsHeader = "line,reason\n"

// examplesMax is how many faults Rejects keeps to be shown; the file has all.
const examplesMax = 10

// Rejects collects faults into a CSV file "line,reason", which is made at the first one. It never holds what a line
// says, which may be a card number.
type Rejects struct {
	path     string
	file     *os.File
	buffer   *bufio.Writer
	csv      *csv.Writer
	count    int64
	examples []Fault
}

// NewRejects is a list that is written to path.
func NewRejects(path string) *Rejects { return &Rejects{path: path} }

// Add lists a fault.
func (r *Rejects) Add(f Fault) error {
	if r.file == nil {
		if err := r.create(); err != nil {
			return err
		}
	}
	r.count++
	if len(r.examples) < examplesMax {
		r.examples = append(r.examples, f)
	}
	return r.csv.Write([]string{strconv.FormatInt(f.Line, 10), f.Reason})
}

func (r *Rejects) create() error {
	if !ours(r.path) {
		return fmt.Errorf("the list of faults cannot be written: %s is there already, and is no such list", r.path)
	}
	file, err := os.Create(r.path)
	if err != nil {
		return err
	}
	r.file, r.buffer = file, bufio.NewWriter(file)
	r.csv = csv.NewWriter(r.buffer)
	_, err = r.buffer.WriteString(rejectsHeader)
	return err
}

// ours tells whether a path is free, or holds a list of faults: anything else, be it the file itself that is being read,
// is left alone.
func ours(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	if !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	begin := make([]byte, len(rejectsHeader))
	_, err = io.ReadFull(file, begin)
	return err == nil && string(begin) == rejectsHeader
}

// Count is how many faults were listed.
func (r *Rejects) Count() int64 { return r.count }

// Examples are the first faults.
func (r *Rejects) Examples() []Fault { return r.examples }

// Path is where the list is.
func (r *Rejects) Path() string { return r.path }

// Close writes what is left. Without a fault there is no file, and one of an earlier run is removed, so that nobody takes
// it for this one's.
func (r *Rejects) Close() error {
	if r.file == nil {
		if _, err := os.Lstat(r.path); err != nil || !ours(r.path) {
			return nil // there is none, nor a folder for one; or somebody named a file that is none
		}
		return os.Remove(r.path)
	}
	r.csv.Flush()
	return errors.Join(r.csv.Error(), r.buffer.Flush(), r.file.Close())
}
