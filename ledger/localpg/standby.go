package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// Standby says where and how to run a server that follows another by streaming replication.
type Standby struct {
	Config
	// Primary is whom it follows. Its socket must stay where it is: the standby finds it there after every start of either.
	Primary *Server
	// Name is the standby's: of its slot at the primary, in pg_stat_replication, in synchronous_standby_names. Small
	// letters, digits and underscores.
	Name string
}

var standbyName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// StartStandby returns a standby that is open for reading: a fresh copy of its primary where the folder is new, else
// the standby that was there, which goes on where it stopped. A folder with the books of a former primary is refused:
// that is for Rejoin.
func StartStandby(ctx context.Context, c Standby) (*Server, error) {
	switch {
	case !standbyName.MatchString(c.Name):
		return nil, fmt.Errorf("%q cannot name a standby: take small letters, digits and underscores", c.Name)
	case c.Primary.tempSocket:
		return nil, fmt.Errorf("the socket of the primary is in %s, which its next start changes: "+
			"give it a data folder with a shorter path", c.Primary.socketDir)
	}
	standby, err := start(ctx, c.Config, &c)
	if err != nil || standby.attached {
		return standby, err
	}
	// The copy has the primary's settings, and among them the standbys for which it waits: once promoted, this one would
	// wait for itself.
	_, err = standby.Exec(ctx, "postgres", `ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf()`)
	if err != nil {
		return nil, errors.Join(err, standby.Stop(context.WithoutCancel(ctx)))
	}
	return standby, nil
}

// Rejoin makes a standby of the server of a former primary, which must not run. What it had and its new primary has
// not is gone from the books; its files stay beside the copy, as data.before, until the next Rejoin.
func Rejoin(ctx context.Context, c Standby) (*Server, error) {
	s := &starter{ctx: ctx, config: c.Config}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.setAside(); err != nil {
		return nil, fmt.Errorf("set the former primary's files aside: %w", err)
	}
	return StartStandby(ctx, c)
}

// setAside renames the data folder while nobody can start a server on it.
func (s *starter) setAside() error {
	lock, err := acquire(s.home)
	if err != nil {
		return err
	}
	if lock == nil {
		return errors.New("its server is run by another process")
	}
	defer func() { _ = lock.Close() }() // StartStandby takes it again
	if _, runs := s.attach(); runs {
		return errors.New("its server runs: stop it first")
	}
	before := s.dataDir() + ".before"
	if err := os.RemoveAll(before); err != nil {
		return err
	}
	if err := os.Rename(s.dataDir(), before); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// copyPrimary fills the folder with a base backup and with what a standby needs to know. The slot keeps the primary's
// log from the first byte of the copy on, however long the standby is away.
func (s *starter) copyPrimary(dir string) error {
	p, name := s.standby.Primary, s.standby.Name
	slot := fmt.Sprintf(`SELECT pg_create_physical_replication_slot(%[1]s, true)
		WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %[1]s)`, quoteLiteral(name))
	if _, err := p.Exec(s.ctx, "postgres", slot); err != nil {
		return fmt.Errorf("make the standby's slot: %w", err)
	}
	args := []string{
		"--pgdata=" + dir, "--dbname=" + p.URL("postgres") + "&application_name=" + name, "--slot=" + name,
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast",
	}
	if s.config.Settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	if out, err := s.command(s.ctx, "pg_basebackup", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("copy the primary to %s: %w: %s", dir, err, lastLines(string(out)))
	}
	return nil
}

// resumable refuses a folder that would start as a second primary.
func (s *starter) resumable() error {
	if s.standby == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(s.dataDir(), "standby.signal")); err != nil {
		return fmt.Errorf("%s holds the books of a primary: Rejoin sets them aside", s.dataDir())
	}
	return nil
}
