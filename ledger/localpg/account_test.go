package localpg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRootStepsDown(t *testing.T) {
	s := mustStart(t, initialisedDir(t))
	info, err := os.Stat(filepath.Join(s.dataDir, "postmaster.pid")) // Postgres wrote it, so its owner is the server's user
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if owner == 0 {
		t.Error("Postgres runs as root")
	}
	if os.Geteuid() != 0 && int(owner) != os.Geteuid() {
		t.Errorf("Postgres runs as uid %d, and we are %d", owner, os.Geteuid())
	}
}

func TestClosedFolderIsNamed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root's server runs as somebody else")
	}
	dir := openTempDir(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(testContext(t), Config{DataDir: filepath.Join(dir, "pg")})
	if err == nil || !strings.Contains(err.Error(), "cannot enter "+dir) {
		t.Errorf("error: %v", err)
	}
}

// Root's tests run themselves again as the unprivileged user, so that both ways are seen wherever tests run as root.
func TestAsOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("every test already runs as an ordinary user")
	}
	who, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	dir := openTempDir(t)
	self := filepath.Join(dir, "localpg.test")
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(self, program, 0o755); err != nil {
		t.Fatal(err)
	}
	again := exec.Command(self, "-test.run=^(TestStartStopStart|TestKillAndRecover|TestOrphanIsAdopted|TestRootStepsDown)$", "-test.v")
	again.Dir = dir
	again.SysProcAttr = &syscall.SysProcAttr{Credential: who.credential}
	out, err := again.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") != 4 {
		t.Errorf("as user %s: %v\n%s", who.name, err, out)
	}
}
