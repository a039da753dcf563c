package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"bpnt/iso"
)

// profile is what a terminal was set up with. It holds clear keys and synthetic cards: for tests only, mode 0600.
type profile struct {
	Addr           string        `json:"addr"`
	TID            string        `json:"tid"`
	MID            string        `json:"mid"`
	NII            string        `json:"nii"`
	TPDU           iso.TPDU      `json:"tpdu"`
	AmountDecimals int           `json:"amount_decimals"`
	PANPad         iso.PadSide   `json:"pan_pad"`
	FirstSTAN      int32         `json:"first_stan"`
	TPK            hexKey        `json:"tpk"`           // clear PIN key; empty for a terminal that sends no PIN
	TMK            hexKey        `json:"tmk,omitempty"` // clear master key, under which bpnt edc logon gets working keys
	Cards          []profileCard `json:"cards"`
}

// profileCard is a synthetic test card.
type profileCard struct {
	Track2 string `json:"track2"`
	PIN    string `json:"pin"`
}

// hexKey is a key that stands as hex in the profile and nowhere else.
type hexKey []byte

func (k hexKey) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(k)), nil }

func (k *hexKey) UnmarshalText(text []byte) (err error) {
	*k, err = hex.DecodeString(string(text))
	return err
}

// profileMode keeps keys and cards from other users of the machine.
const profileMode = 0o600

func loadProfile(path string) (*profile, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("there is no terminal profile %s: bpnt demo --stay --data-dir data writes one to data/edc.json, --profile names another", path)
	}
	if err != nil {
		return nil, usage("the profile cannot be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, usage("the profile %s holds keys and others can read it: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("the profile cannot be read: %w", err)
	}
	return parseProfile(path, text)
}

// parseProfile never quotes the file: it holds a key and cards.
func parseProfile(path string, text []byte) (*profile, error) {
	p := new(profile)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(p) != nil {
		return nil, usage("the profile %s is not a terminal profile: it must be JSON as bpnt demo writes it", path)
	}
	if len(p.TID) != 8 || p.Addr == "" || p.FirstSTAN < 1 || p.FirstSTAN > stanMax {
		return nil, usage("the profile %s needs addr, a tid of 8 characters and a first_stan of 1 to %d", path, stanMax)
	}
	for name, key := range map[string]hexKey{"tpk": p.TPK, "tmk": p.TMK} {
		if len(key) != 0 && len(key) != 16 {
			return nil, usage("the %s of profile %s must be 32 hex digits", name, path)
		}
	}
	return p, nil
}

func (p *profile) save(path string) error { return writeJSON(path, p) }

// writeJSON replaces a file at once, so that a crash leaves the old or the new one.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, append(text, '\n'), profileMode); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
