package pin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// The uses of the gateway's own keys.
const (
	usePAN          = "pan-hmac"
	useVerification = "pin-verification"
)

// keyFormat is the version of keys.json.
const keyFormat = 1

// keyFile is keys.json.
type keyFile struct {
	Format      int        `json:"format"`
	MasterCheck string     `json:"master_check"` // of the master key that wraps the keys
	Keys        []keyEntry `json:"keys"`
}

// keyEntry is one key. Several of one use may stand there; one of them is active.
type keyEntry struct {
	ID      int16  `json:"id"`
	Use     string `json:"use"`
	Method  string `json:"method,omitempty"` // of a verification key; the operator may choose it before the first card
	Active  bool   `json:"active"`
	Check   string `json:"check"`
	Wrapped []byte `json:"wrapped"`
}

// label binds a wrapped key to its use and id.
func (e keyEntry) label() []byte { return fmt.Appendf(nil, "K%s:%d", e.Use, e.ID) }

// name is how errors and fingerprints speak of a key.
func (e keyEntry) name() string { return fmt.Sprintf("%s:%d", e.Use, e.ID) }

// parseKeyFile is strict: what it does not understand may be a key of a newer version.
func parseKeyFile(text []byte) (keyFile, error) {
	var file keyFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return keyFile{}, err
	}
	if file.Format != keyFormat {
		return keyFile{}, fmt.Errorf("its format is %d and this program reads %d", file.Format, keyFormat)
	}
	return file, file.checkIDs()
}

func (f keyFile) checkIDs() error {
	seen := map[string]bool{}
	for _, e := range f.Keys {
		if seen[e.name()] {
			return fmt.Errorf("key %s stands there twice", e.name())
		}
		seen[e.name()] = true
	}
	return nil
}

var errNotOneActive = errors.New("exactly one key of a use must be active")

// active finds the one key of a use that works now.
func (f keyFile) active(use string) (keyEntry, error) {
	var found []keyEntry
	for _, e := range f.Keys {
		if e.Use == use && e.Active {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		return keyEntry{}, fmt.Errorf("%w, and %d of %s are", errNotOneActive, len(found), use)
	}
	return found[0], nil
}
