package pin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	masterName = "master.key"
	keysName   = "keys.json"
)

// Load opens the keystore in a folder. Each error is a sentence that says what to do; it is fs.ErrNotExist
// (errors.Is) where there is no keystore at all.
func Load(dir string) (*Keystore, error) {
	m, err := loadMaster(filepath.Join(dir, masterName))
	if err != nil {
		return nil, fmt.Errorf("keystore %s: %w", dir, err)
	}
	file, err := loadKeyFile(filepath.Join(dir, keysName))
	if err != nil {
		return nil, fmt.Errorf("keystore %s: %w", dir, err)
	}
	if file.MasterCheck != m.checkHex() {
		return nil, fmt.Errorf("keystore %s: %s has the check value %s, and %s needs the master key with %q: put the right one in its place",
			dir, masterName, m.checkHex(), keysName, file.MasterCheck)
	}
	k, err := newKeystore(m, file)
	if err != nil {
		return nil, fmt.Errorf("keystore %s: %s: %w: restore it from a backup", dir, keysName, err)
	}
	return k, nil
}

func loadMaster(path string) (master, error) {
	if err := checkMode(path); err != nil {
		return master{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return master{}, fmt.Errorf("%w: run as the user who owns it", err)
	}
	defer clear(text)
	key, err := decodeMaster(bytes.TrimSpace(text))
	if err != nil {
		return master{}, fmt.Errorf("%s is damaged, %w: restore it from its backup", masterName, err)
	}
	defer clear(key)
	return newMaster(key)
}

// checkMode refuses a master key that others may read.
func checkMode(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no %s: create a keystore there, or name the folder that holds one (%w)", masterName, fs.ErrNotExist)
	case err != nil:
		return fmt.Errorf("%w: run as the user who owns it", err)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("others may read %s (mode %04o): run `chmod 600 %s`, and think about who did", masterName, info.Mode().Perm(), path)
	}
	return nil
}

func loadKeyFile(path string) (keyFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return keyFile{}, fmt.Errorf("%s is not to be read, and without it no card is found: restore it from a backup (%v)", keysName, err)
	}
	file, err := parseKeyFile(text)
	if err != nil {
		return keyFile{}, fmt.Errorf("%s is damaged: %w: restore it from a backup", keysName, err)
	}
	return file, nil
}
