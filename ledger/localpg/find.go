package localpg

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// BinEnv names the environment variable that says where Postgres's programs are, over every other way to find them.
const BinEnv = "BPNT_POSTGRES_BIN"

// oldestMajor is the oldest Postgres that its community still mends.
const oldestMajor = 14

// ErrNoPostgres says that this machine has no Postgres that can be used; the error around it says what to do.
var ErrNoPostgres = errors.New("no Postgres was found")

// Binaries is one installed Postgres server.
type Binaries struct {
	Dir   string // holds postgres, initdb and psql
	Major int    // 15 for Postgres 15.18
}

// installedAt are the folders where packages put a server: Debian and Ubuntu, the Postgres project's own RPMs, a
// build from source, Homebrew on Apple and on Intel processors.
var installedAt = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
}

// Find looks for Postgres: the folder of BinEnv and nothing else if that is set; then what pg_config on the PATH says;
// then where packages install it, the newest first. The error is ErrNoPostgres and says what to install.
func Find() (Binaries, error) { return findMajor(0) }

// findMajor is Find for one major version only, since data files belong to one; 0 takes any.
func findMajor(major int) (Binaries, error) {
	if dir := os.Getenv(BinEnv); dir != "" {
		return findNamed(dir, major)
	}
	for _, dir := range candidates() {
		if b, err := inspect(dir); err == nil && (major == 0 || b.Major == major) {
			return b, nil
		}
	}
	return Binaries{}, notInstalled(major)
}

// findNamed takes the folder that the operator named or says what is wrong with it.
func findNamed(dir string, major int) (Binaries, error) {
	b, err := inspect(dir)
	if err != nil {
		return Binaries{}, fmt.Errorf("%w in %s=%q (%v): name the folder that holds postgres, initdb and psql", ErrNoPostgres, BinEnv, dir, err)
	}
	if major != 0 && b.Major != major {
		return Binaries{}, fmt.Errorf("%w of version %d in %s=%q (it has %d): the data folder belongs to version %d", ErrNoPostgres, major, BinEnv, dir, b.Major, major)
	}
	return b, nil
}

func notInstalled(major int) error {
	if major != 0 {
		return fmt.Errorf("%w of version %d, to which the data folder belongs: install that version, or take another data folder", ErrNoPostgres, major)
	}
	install := "apt-get install postgresql"
	if runtime.GOOS == "darwin" {
		install = "brew install postgresql@15"
	}
	return fmt.Errorf("%w (version %d or newer): run `%s`, or name the folder of its programs in %s", ErrNoPostgres, oldestMajor, install, BinEnv)
}

// candidates lists folders to look into, the best first. They need not exist.
func candidates() []string {
	var dirs []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range installedAt {
		found, _ := filepath.Glob(pattern) // its only error is a malformed pattern, and ours are constants
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(lastNumber(b), lastNumber(a)) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var digits = regexp.MustCompile(`\d+`)

// lastNumber is the version in a path such as /usr/lib/postgresql/15/bin, or 0.
func lastNumber(path string) int {
	all := digits.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

// inspect sees whether a folder holds a whole server (a developer's package has a pg_config and no postgres).
func inspect(dir string) (Binaries, error) {
	for _, name := range []string{"postgres", "initdb", "psql"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return Binaries{}, fmt.Errorf("it has no program %s", name)
		}
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("postgres --version: %w", err)
	}
	major, _ := strconv.Atoi(digits.FindString(string(out)))
	if major < oldestMajor {
		return Binaries{}, fmt.Errorf("it is version %d, older than %d", major, oldestMajor)
	}
	return Binaries{Dir: dir, Major: major}, nil
}

func (b Binaries) path(program string) string { return filepath.Join(b.Dir, program) }
