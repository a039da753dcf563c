package localpg

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// confFile is our part of the configuration; postgresql.conf includes it as its last line, so it wins there, and
// ALTER SYSTEM wins over it.
const confFile = "bpnt.conf"

// DefaultSettings are what a private server runs with on a machine that has memory bytes of RAM. Durability is
// written out although it is Postgres's own default, so that nobody can weaken it without a line that says so.
func DefaultSettings(memory int64) map[string]string {
	return map[string]string{
		"fsync":              "on",
		"synchronous_commit": "on",
		"full_page_writes":   "on",

		"listen_addresses":        "",
		"unix_socket_permissions": "0700",
		"max_connections":         "100",

		// A country's cards and purses are 7 GB, each of which may be the next; what is not used costs nothing.
		"shared_buffers":       megabytes(min(8<<30, memory/4)),
		"effective_cache_size": megabytes(memory / 2),
		"wal_buffers":          "64MB",
		"random_page_cost":     "1.1", // no disk arm to move
		"jit":                  "off", // compiling the posting function's statements cost two thirds of its speed

		// Checkpoints far apart and spread out: after each one, the first change of a page writes the whole page to
		// the WAL, and hash-distributed cards touch a new page nearly every time.
		"max_wal_size":                 "8GB",
		"checkpoint_timeout":           "15min",
		"checkpoint_completion_target": "0.9",
		"wal_compression":              "on",

		// Card data must not reach the log.
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"logging_collector":                 "off", // our caller hands stderr to a file, which outlives the gateway
		"log_line_prefix":                   "%m [%p] %a %e ",
		"log_timezone":                      "UTC",
		"timezone":                          "UTC",
	}
}

// TestSettings are for short-lived servers of unit tests: small, and without fsync. A test that kills Postgres may use
// them (the kernel still has what was written); a test that measures commits must not.
func TestSettings() map[string]string {
	return map[string]string{
		"fsync":                "off",
		"shared_buffers":       "64MB",
		"effective_cache_size": "256MB",
		"wal_buffers":          "4MB",
		"max_wal_size":         "256MB",
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%dMB", max(n>>20, 16)) }

// settings are those of this start: the defaults, what this build can do better, the caller's over both.
func (s *starter) settings(socketDir string) map[string]string {
	all := DefaultSettings(memoryBytes())
	if s.accepts("wal_compression", "lz4") { // cheaper than the built-in pglz; needs a build with it
		all["wal_compression"] = "lz4"
	}
	maps.Copy(all, s.config.Settings)
	all["unix_socket_directories"] = socketDir
	return all
}

// accepts asks the server program itself whether it knows a value; it prints the value and ends.
func (s *starter) accepts(name, value string) bool {
	return s.command(s.ctx, "postgres", "-D", s.dataDir(), "-c", name+"="+value, "-C", name).Run() == nil
}

// writeConf replaces our part of the configuration.
func (s *starter) writeConf(settings map[string]string) error {
	var text strings.Builder
	text.WriteString("# Written by bpnt at every start: change it with ALTER SYSTEM, not here.\n")
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&text, "%s = '%s'\n", name, strings.ReplaceAll(settings[name], "'", "''"))
	}
	path := filepath.Join(s.dataDir(), confFile)
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("write the settings of Postgres: %w", err)
	}
	return s.account.own(path)
}
