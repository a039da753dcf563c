package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// switchState is what a switch does not forget between two runs.
type switchState struct {
	NextSTAN int32               `json:"next_stan"`
	Date     string              `json:"date"`    // the open business day, 2018-11-22
	Counted  ledger.SwitchTotals `json:"counted"` // in it

	path string
}

const dateForm = "2006-01-02"

// loadSwitchState reads it, or begins one on the day that was named. now is the time in the switch's own zone.
func loadSwitchState(path, date string, now time.Time) (*switchState, error) {
	if date == "" {
		date = now.Format(dateForm)
	}
	s := &switchState{NextSTAN: 1, Date: date, path: path}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, usage("the switch's state cannot be read: %w", err)
	case json.Unmarshal(text, s) != nil || s.NextSTAN < 1 || s.NextSTAN > stanMax:
		return nil, usage("the switch's state %s is damaged: delete it, or name another with --state", path)
	}
	if _, err := time.Parse(dateForm, s.Date); err != nil {
		return nil, usage("the business day must be a date as 2018-11-22, not %q", s.Date)
	}
	return s, nil
}

// take hands out a STAN and writes it down first.
func (s *switchState) take() (int32, error) {
	stan := s.NextSTAN
	s.NextSTAN = stan%stanMax + 1
	return stan, s.save()
}

func (s *switchState) save() error {
	err := os.MkdirAll(filepath.Dir(s.path), 0o700)
	if err == nil {
		err = writeJSON(s.path, s)
	}
	if err != nil {
		return usage("the switch's state cannot be written (--state names another file): %w", err)
	}
	return nil
}

// mmdd is the open business day as DE15 has it.
func (s *switchState) mmdd() string { return s.Date[5:7] + s.Date[8:10] }

// tomorrow is the business day that follows. The date was checked when it was read.
func (s *switchState) tomorrow() (next switchState) {
	day, _ := time.Parse(dateForm, s.Date)
	return switchState{Date: day.AddDate(0, 0, 1).Format(dateForm)}
}

// turn begins the next business day.
func (s *switchState) turn() {
	s.Date, s.Counted = s.tomorrow().Date, ledger.SwitchTotals{}
}

// debit counts a redemption that was approved.
func (s *switchState) debit(amount int64) { tally(&s.Counted.Debits, amount, &s.Counted.Net, 1) }

// undo counts a reversal of one.
func (s *switchState) undo(amount int64) {
	tally(&s.Counted.DebitReversals, amount, &s.Counted.Net, -1)
}

// forget takes a redemption out, as a switch that lost it.
func (s *switchState) forget(amount int64) {
	s.Counted.Debits.Count--
	s.Counted.Debits.Amount -= amount
	s.Counted.Net -= amount
}

func tally(sum *ledger.Sum, amount int64, net *int64, sign int64) {
	sum.Count++
	sum.Amount += amount
	*net += sign * amount
}

// figures are what was counted as the wire has it: there the net is credits less debits.
func (s *switchState) figures() iso.Figures {
	t := s.Counted
	return iso.Figures{
		Debits: iso.Total(t.Debits), DebitReversals: iso.Total(t.DebitReversals), Net: -t.Net,
	}
}
