package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"bpnt/iso"
)

// stanMax is the last STAN before a terminal begins anew at 1.
const stanMax = 999_999

// edcState is what the terminal must not forget between two commands. It holds no card data: a purchase is its STAN,
// its amount and the number of the profile's card.
type edcState struct {
	NextSTAN int32    `json:"next_stan"`
	Batch    string   `json:"batch"`
	Last     *edcSale `json:"last_purchase,omitempty"`

	path string
}

// edcSale is the last redemption, in food or in cash.
type edcSale struct {
	STAN   int32 `json:"stan"`
	Amount int64 `json:"amount_idr"`
	Card   int   `json:"card"` // of the profile, or typedCard
	// Code and Account make DE3, which a reversal repeats.
	Code    string `json:"processing_code"` // iso.ProcessingPurchase or iso.ProcessingCash
	Account string `json:"account"`
	// Open says that no final answer came: only a reversal may follow.
	Open bool `json:"open"`
	// Reversals counts the reversals sent: after the first they are repeats.
	Reversals int `json:"reversals"`
}

// name heads a slip of the terminal's own.
func (s *edcSale) name() string {
	if s.Code == iso.ProcessingCash {
		return "CASH"
	}
	return "PURCHASE"
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
	if json.Unmarshal(text, s) != nil || s.NextSTAN < 1 || s.NextSTAN > stanMax || !s.Last.readable() {
		return nil, usage("the terminal's state %s is damaged: delete it, and run bpnt ledger terminal reset if STANs were used", s.path)
	}
	return s, nil
}

// readable tells whether a sale that was kept can be made a message again.
func (s *edcSale) readable() bool {
	return s == nil || len(s.Account) == 2 && (s.Code == iso.ProcessingPurchase || s.Code == iso.ProcessingCash)
}

// take hands out a STAN and writes it down first, so that none is used twice.
func (s *edcState) take() (int32, error) {
	stan := s.NextSTAN
	s.NextSTAN = stan%stanMax + 1
	return stan, s.save()
}

func (s *edcState) save() error { return writeJSON(s.path, s) }
