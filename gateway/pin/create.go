package pin

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Create makes a keystore with new random keys in a folder that does not exist or is empty. It appears complete or not at
// all: it is written beside, to the disk, and renamed. It never overwrites anything.
func Create(dir string) error {
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("create a keystore: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), ".keystore-") // mode 0700
	if err != nil {
		return fmt.Errorf("create a keystore: %w", err)
	}
	err = writeKeystore(fresh)
	if err == nil {
		err = publish(fresh, dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("create a keystore: %w", err), os.RemoveAll(fresh))
	}
	return syncDir(filepath.Dir(dir))
}

// publish gives the finished folder its name. An empty folder of that name is in the way of a rename; one that holds
// anything stays.
func publish(fresh, dir string) error {
	if err := syscall.Rmdir(dir); err != nil && !errors.Is(err, os.ErrNotExist) { // os.Remove would remove a file, too
		return fmt.Errorf("%s is not an empty folder: name another, or keep the keystore that is there", dir)
	}
	return os.Rename(fresh, dir)
}

func writeKeystore(dir string) error {
	key := make([]byte, masterBytes)
	defer clear(key)
	rand.Read(key)
	m, err := newMaster(key)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(newKeyFile(m), "", "  ")
	if err != nil {
		return err
	}
	line := append(hex.AppendEncode(nil, key), '\n')
	defer clear(line)
	return errors.Join(
		writeSynced(filepath.Join(dir, masterName), line),
		writeSynced(filepath.Join(dir, keysName), append(text, '\n')),
		syncDir(dir))
}

func newKeyFile(m master) keyFile {
	return keyFile{Format: keyFormat, MasterCheck: m.checkHex(), Keys: []keyEntry{newPANEntry(m), newVerificationEntry(m)}}
}

func newPANEntry(m master) keyEntry {
	key := make([]byte, 32)
	defer clear(key)
	rand.Read(key)
	check := hmacCheck(key)
	e := keyEntry{ID: 1, Use: usePAN, Active: true, Check: hexUpper(check[:])}
	e.Wrapped = m.wrap(key, e.label())
	return e
}

func newVerificationEntry(m master) keyEntry {
	key := newDESKey()
	defer clear(key)
	block, err := expand(key)
	if err != nil {
		panic(err) // sixteen bytes are a key
	}
	e := keyEntry{ID: 1, Use: useVerification, Method: methodIBM3624, Active: true, Check: checkValue(block)}
	e.Wrapped = m.wrap(key, e.label())
	return e
}

// writeSynced writes a new file that only its owner may read, through to the disk.
func writeSynced(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncDir makes a folder's entries survive a loss of power.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
