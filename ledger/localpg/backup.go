package localpg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// ArchiveSettings are those of a server that keeps its log: each file of it is copied to a folder when it is full, and
// once in as many seconds in any case. What was committed since the last copy is lost with the server's disk. The copy
// is written beside and renamed, so that a file in the folder is whole, and none is ever written over another.
func ArchiveSettings(folder string, seconds int) map[string]string {
	file := folder + "/%f"
	command := `test ! -f "` + file + `" && cp "%p" "` + file + `.part" && sync "` + file + `.part" && mv "` + file + `.part" "` + file + `"`
	return map[string]string{"archive_mode": "on", "archive_timeout": fmt.Sprint(seconds), "archive_command": command}
}

// ArchiveFolder makes a folder into which the server may write its log.
func ArchiveFolder(folder string) error {
	a, err := serverAccount()
	if err != nil {
		return err
	}
	return errors.Join(a.mkdir(folder), a.reaches(folder))
}

// Backup copies the running server to a folder that is empty (ArchiveFolder makes one), and verifies every file of the
// copy against its check sum. Together with the archive of the log since then it can be restored to any moment after it.
func (s *Server) Backup(ctx context.Context, folder string) error {
	err := s.asOwner(ctx, "pg_basebackup", "--pgdata="+folder, "--dbname="+s.URL("postgres"), "--checkpoint=fast")
	if err != nil {
		return err
	}
	return s.asOwner(ctx, "pg_verifybackup", "--quiet", folder)
}

// asOwner runs a program of the installation as the user who owns the server's files.
func (s *Server) asOwner(ctx context.Context, program string, args ...string) error {
	a, err := serverAccount()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, s.binaries.path(program), args...)
	cmd.Dir, cmd.Env = "/", cleanEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, lastLines(string(out)))
	}
	return nil
}

// Restored says what to make of a backup.
type Restored struct {
	Config         // of a data folder that is new
	Backup  string // folder that Backup filled; it stays as it is
	Archive string // folder of the log since then
	// Target is where to stop, as a setting of Postgres and its value: recovery_target_time, recovery_target_name and
	// so on. Empty for the end of the archive.
	Target map[string]string
}

// StartRestored returns a server with the books as they were at a moment, on a timeline of its own. It is open for
// writing: see to it that the server whose books these were is dead, and stays so.
func StartRestored(ctx context.Context, r Restored) (*Server, error) {
	if err := r.lay(ctx); err != nil {
		return nil, fmt.Errorf("lay out the backup %s: %w", r.Backup, err)
	}
	settings := map[string]string{
		"restore_command": fmt.Sprintf(`cp "%s/%%f" "%%p"`, r.Archive), "recovery_target_action": "promote",
		"hot_standby": "off", // nobody is let in before the moment is reached
	}
	maps.Copy(settings, r.Target)
	maps.Copy(settings, r.Settings)
	r.Settings = settings
	return Start(ctx, r.Config)
}

// lay copies the backup to the data folder, which appears complete or not at all.
func (r Restored) lay(ctx context.Context) error {
	data := filepath.Join(r.DataDir, "data")
	if _, err := os.Stat(data); err == nil {
		return fmt.Errorf("%s is there already: name a new data folder", data)
	}
	if err := os.MkdirAll(r.DataDir, 0o755); err != nil {
		return err
	}
	fresh := data + ".restore"
	if out, err := exec.CommandContext(ctx, "cp", "-a", r.Backup, fresh).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLines(string(out)))
	}
	a, err := serverAccount()
	if err != nil {
		return err
	}
	signal := filepath.Join(fresh, "recovery.signal")
	if err := errors.Join(os.WriteFile(signal, nil, 0o600), a.own(signal)); err != nil {
		return err
	}
	return os.Rename(fresh, data)
}
