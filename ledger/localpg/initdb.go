package localpg

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dataMajor is the version that a data folder belongs to; 0 where there is none yet.
func (s *starter) dataMajor() int {
	text, err := os.ReadFile(filepath.Join(s.dataDir(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return major
}

// initialise makes the data folder unless it is there. It is made under another name: whoever is killed on the way
// leaves no half of a data folder that looks like a whole one.
func (s *starter) initialise() error {
	if s.dataMajor() != 0 {
		return s.resumable()
	}
	fresh := s.dataDir() + ".init"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished data folder: %w", err)
	}
	if err := s.account.mkdir(fresh); err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	if err := s.fill(fresh); err != nil {
		return err
	}
	return os.Rename(fresh, s.dataDir())
}

// fill makes the files of a server of its own, or of a standby, whose primary's include our settings already.
func (s *starter) fill(dir string) error {
	if s.standby != nil {
		return s.copyPrimary(dir)
	}
	if err := s.initdb(dir); err != nil {
		return err
	}
	if err := includeConf(dir); err != nil {
		return fmt.Errorf("configure the data folder: %w", err)
	}
	return nil
}

// initdb's locale is C: text sorts by its bytes, the same on every machine, and indexes survive an upgrade of the
// system's libraries. Checksums find what a disk forgot.
func (s *starter) initdb(dir string) error {
	args := []string{
		"--pgdata=" + dir, "--username=" + superuser, "--encoding=UTF8", "--locale=C",
		"--auth-local=trust", "--auth-host=reject", "--data-checksums",
	}
	if s.config.Settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	if out, err := s.command(s.ctx, "initdb", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", dir, err, lastLines(string(out)))
	}
	return nil
}

func includeConf(dir string) error {
	file, err := os.OpenFile(filepath.Join(dir, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "\ninclude_if_exists '%s'\n", confFile)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
