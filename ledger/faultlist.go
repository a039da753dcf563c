package ledger

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"bpnt/ledger/intake"
)

// faultList lists a file's faults in the order of its lines, in constant memory. Those of form are found while it is
// read and wait in a file of their own; those that only the books know come afterwards, in order too, and both are
// merged.
type faultList struct {
	path  string
	forms *intake.Rejects
	all   *intake.Rejects
	last  int64 // line that was listed last
}

func newFaultList(path string) *faultList {
	return &faultList{path: path, forms: intake.NewRejects(path + ".form"), all: intake.NewRejects(path)}
}

// form lists a fault that was found while the file was read.
func (f *faultList) form(fault intake.Fault) error {
	return f.written(f.forms.Add(fault), fault)
}

// written says what to do where the list cannot be written, and the fault, which is then listed nowhere.
func (f *faultList) written(err error, fault intake.Fault) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the list of faults cannot be written, name another place for it: %w; line %d: %s", err, fault.Line, fault.Reason)
}

// merge writes the list: the faults of form together with those that the books find, which come in order.
func (f *faultList) merge(books func(add func(intake.Fault) error) error) error {
	forms, err := f.openForms()
	if err != nil {
		return err
	}
	defer forms.close()
	err = books(func(fault intake.Fault) error {
		if err := f.addForms(forms, fault.Line); err != nil {
			return err
		}
		return f.add(fault)
	})
	if err == nil {
		err = f.addForms(forms, 0)
	}
	return errors.Join(err, f.all.Close())
}

// addForms lists the faults of form before a line; 0 for all that are left.
func (f *faultList) addForms(forms *formFaults, before int64) error {
	for forms.more && (before == 0 || forms.fault.Line < before) {
		if err := f.add(forms.fault); err != nil {
			return err
		}
		if err := forms.read(); err != nil {
			return err
		}
	}
	return nil
}

// add lists a fault. A line is listed once, with its first fault.
func (f *faultList) add(fault intake.Fault) error {
	if fault.Line == f.last {
		return nil
	}
	f.last = fault.Line
	return f.written(f.all.Add(fault), fault)
}

// drop removes the file of the faults of form.
func (f *faultList) drop() error {
	if err := f.forms.Close(); err != nil && !errors.Is(err, os.ErrClosed) { // closed before it was read
		return err
	}
	if f.forms.Count() == 0 {
		return nil
	}
	return os.Remove(f.forms.Path())
}

// formFaults reads the faults of form again.
type formFaults struct {
	file  *os.File
	csv   *csv.Reader
	fault intake.Fault // the next one
	more  bool
}

func (f *faultList) openForms() (*formFaults, error) {
	forms := &formFaults{}
	if err := f.forms.Close(); err != nil || f.forms.Count() == 0 {
		return forms, err
	}
	file, err := os.Open(f.forms.Path())
	if err != nil {
		return nil, err
	}
	forms.file, forms.csv = file, csv.NewReader(file)
	if _, err := forms.csv.Read(); err != nil { // the columns
		return nil, errors.Join(err, file.Close())
	}
	return forms, forms.read()
}

func (f *formFaults) read() error {
	record, err := f.csv.Read()
	f.more = err == nil
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	f.fault.Reason = record[1]
	f.fault.Line, err = strconv.ParseInt(record[0], 10, 64)
	return err
}

func (f *formFaults) close() {
	if f.file != nil {
		_ = f.file.Close() // was only read
	}
}
