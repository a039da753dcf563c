package pin

import (
	"errors"
	"fmt"
	"log/slog"
)

// Keystore is the master key and the gateway's own keys, expanded. It is safe for concurrent use and never shows itself.
type Keystore struct {
	master      master
	pans        *panHasher
	panKeyID    int16
	verifier    verifier
	fingerprint string
}

// Fingerprint names the keys on which the ledger's rows depend, by id, method and check value. It is not a secret. The ledger
// keeps it, so that a wrong keystore is refused at start.
func (k *Keystore) Fingerprint() string { return k.fingerprint }

// newKeystore opens every key of a file, the inactive ones too: a damaged one should be known before it is needed.
func newKeystore(m master, file keyFile) (*Keystore, error) {
	k := &Keystore{master: m}
	for _, e := range file.Keys {
		if err := k.open(e); err != nil {
			return nil, fmt.Errorf("key %s: %w", e.name(), err)
		}
	}
	pan, err := file.active(usePAN)
	if err != nil {
		return nil, err
	}
	pvk, err := file.active(useVerification)
	if err != nil {
		return nil, err
	}
	k.panKeyID = pan.ID
	k.fingerprint = fmt.Sprintf("%s:%s %s:%s:%s", pan.name(), pan.Check, pvk.name(), pvk.Method, pvk.Check)
	return k, nil
}

// open unwraps and checks one key, and takes it into service if it is active.
func (k *Keystore) open(e keyEntry) error {
	key, err := k.master.unwrap(e.Wrapped, e.label())
	if err != nil {
		return err
	}
	switch e.Use {
	case usePAN:
		return k.openPAN(e, key)
	case useVerification:
		defer clear(key)
		return k.openVerification(e, key)
	}
	clear(key)
	return errors.New("its use is unknown")
}

// openPAN keeps the clear key where it is active: every new HMAC state is made of it.
func (k *Keystore) openPAN(e keyEntry, key []byte) error {
	check := hmacCheck(key)
	if !e.Active || hexUpper(check[:]) != e.Check {
		clear(key)
	}
	if hexUpper(check[:]) != e.Check {
		return errCheckValue
	}
	if e.Active {
		k.pans = newPANHasher(key)
	}
	return nil
}

func (k *Keystore) openVerification(e keyEntry, key []byte) error {
	block, err := expand(key)
	if err != nil {
		return err
	}
	if checkValue(block) != e.Check {
		return errCheckValue
	}
	v, err := newVerifier(e.Method, e.ID, block)
	if err == nil && e.Active {
		k.verifier = v
	}
	return err
}

var errCheckValue = errors.New("its check value is another")

// Format prints the fingerprint under every verb.
func (k Keystore) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "keystore(%s)", k.fingerprint) }

// LogValue is what slog prints.
func (k Keystore) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(k)) }
