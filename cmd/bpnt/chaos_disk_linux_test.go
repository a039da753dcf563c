package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"bpnt/ledger/localpg/pgtest"
)

// TestChaosDisk: a disk that is filled takes no more byte, one that was freed does, and the mount goes away with it;
// what is kept is kept without the ballast.
func TestChaosDisk(t *testing.T) {
	dir := filepath.Join(pgtest.Folder(t), "disk")
	d, err := newChaosDisk(dir, 4<<20)
	if err != nil {
		t.Fatal(err)
	}
	if !d.mounted {
		t.Skip(d.why)
	}
	defer func() { _ = d.close(false) }()
	books := filepath.Join(dir, "books")
	if err := errors.Join(os.WriteFile(books, nil, 0o600), d.fill()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(books, []byte("more"), 0o600); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("a full disk took it: %v", err)
	}
	if err := errors.Join(d.free(), os.WriteFile(books, []byte("more"), 0o600), d.fill()); err != nil {
		t.Error(err)
	}
	if err := d.close(true); err != nil {
		t.Error(err)
	}
	kept, err := os.ReadFile(filepath.Join(dir+"-kept", "books"))
	if _, ballast := os.Stat(filepath.Join(dir+"-kept", "ballast")); err != nil || string(kept) != "more" || !os.IsNotExist(ballast) {
		t.Errorf("kept %q, %v, and the ballast %v", kept, err, ballast)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("still mounted: %v, %v", left, err)
	}
}
