package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// stanMax is the last STAN before a terminal begins anew at 1.
const stanMax = 999_999

// A batch has six digits in DE60, and begins anew at 1 as STANs do.
const (
	batchDigits = 6
	batchMax    = 999_999
)

// edcState is what the terminal must not forget between two commands. It holds no card data: an entry is its STAN, its
// amount and the number of the profile's card. Working keys stand in it as they came, under the terminal's master key.
type edcState struct {
	NextSTAN int32       `json:"next_stan"`
	Batch    string      `json:"batch"`             // the open one, DE60
	Journal  []*edcEntry `json:"journal,omitempty"` // of the open batch
	Closing  *edcClosing `json:"closing,omitempty"` // a settlement under way
	KeyBlock string      `json:"key_block,omitempty"`

	path string
}

func loadState(profilePath string, firstSTAN int32) (*edcState, error) {
	s := &edcState{NextSTAN: firstSTAN, Batch: "000001", path: profilePath + ".state"}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, usage("the terminal's state cannot be read: %w", err)
	}
	if json.Unmarshal(text, s) != nil || s.NextSTAN < 1 || s.NextSTAN > stanMax || !s.readable() {
		return nil, usage("the terminal's state %s is damaged: delete it, and run bpnt ledger terminal reset if STANs were used", s.path)
	}
	return s, nil
}

// readable tells whether everything that was kept can be made messages again.
func (s *edcState) readable() bool {
	for _, e := range s.Journal {
		if e == nil || !e.readable() {
			return false
		}
	}
	return len(s.Batch) == batchDigits && strings.Trim(s.Batch, "0123456789") == "" && s.Closing.readable(len(s.Journal))
}

// nextBatch begins a batch: nothing of the one before can be voided any more, and nothing of it can be lost.
func (s *edcState) nextBatch() {
	no, _ := strconv.Atoi(s.Batch) // six digits: readable has seen to it
	s.Batch, s.Journal, s.Closing = fmt.Sprintf("%0*d", batchDigits, no%batchMax+1), nil, nil
}

// take hands out a STAN and writes it down first, so that none is used twice.
func (s *edcState) take() (int32, error) {
	stan := s.NextSTAN
	s.NextSTAN = stan%stanMax + 1
	return stan, s.save()
}

func (s *edcState) save() error { return writeJSON(s.path, s) }
