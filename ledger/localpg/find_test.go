package localpg

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindNamesWhatToDo(t *testing.T) {
	t.Setenv(BinEnv, t.TempDir())
	_, err := Find()
	if !errors.Is(err, ErrNoPostgres) || !strings.Contains(err.Error(), BinEnv) || !strings.Contains(err.Error(), "no program postgres") {
		t.Errorf("an empty folder in %s: %v", BinEnv, err)
	}

	t.Setenv(BinEnv, "")
	t.Setenv("PATH", t.TempDir())
	saved := installedAt
	t.Cleanup(func() { installedAt = saved })
	installedAt = nil
	_, err = Find()
	if !errors.Is(err, ErrNoPostgres) || !strings.Contains(err.Error(), " install postgresql") {
		t.Errorf("no Postgres at all: %v", err)
	}
}

func TestFindPrefersTheNamedFolder(t *testing.T) {
	t.Setenv(BinEnv, "")
	usual, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(t.TempDir(), "bin")
	if err := os.Symlink(usual.Dir, named); err != nil {
		t.Fatal(err)
	}
	t.Setenv(BinEnv, named)
	got, err := Find()
	if err != nil || got.Dir != named || got.Major != usual.Major {
		t.Errorf("found %+v, %v; want %s", got, err, named)
	}
}

func TestDataFolderOfAnotherVersion(t *testing.T) {
	for _, named := range []string{"", mustFind(t).Dir} {
		t.Setenv(BinEnv, named)
		if _, err := findMajor(11); !errors.Is(err, ErrNoPostgres) || !strings.Contains(err.Error(), "version 11") {
			t.Errorf("data folder of Postgres 11: %v", err)
		}
	}
}

func mustFind(t *testing.T) Binaries {
	t.Helper()
	b, err := Find()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLastNumber(t *testing.T) {
	for path, want := range map[string]int{
		"/usr/lib/postgresql/15/bin":            15,
		"/opt/homebrew/opt/postgresql@9/bin":    9,
		"/usr/local/pgsql/bin":                  0,
		"/home/kpm2018/usr/lib/postgresql/7/bi": 7,
	} {
		if got := lastNumber(path); got != want {
			t.Errorf("lastNumber(%s) = %d, want %d", path, got, want)
		}
	}
}

func TestMemoryBoundsSharedBuffers(t *testing.T) {
	for memory, want := range map[int64]string{64 << 30: "8192MB", 2 << 30: "512MB", 1 << 20: "16MB"} {
		if got := DefaultSettings(memory)["shared_buffers"]; got != want {
			t.Errorf("shared_buffers of a machine with %d bytes: %s, want %s", memory, got, want)
		}
	}
	if memoryBytes() < 64<<20 {
		t.Errorf("this machine has %d bytes of memory?", memoryBytes())
	}
}
