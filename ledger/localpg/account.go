package localpg

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who Postgres runs as. The zero value is the user that we are.
type account struct {
	name       string
	credential *syscall.Credential
}

// serverAccount steps down from root, which Postgres refuses to be run by: to postgres, which its package creates, else
// to nobody.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return account{}, fmt.Errorf("no user postgres or nobody to run Postgres as, which refuses root: create one, or run bpnt as another user")
}

func newAccount(u *user.User) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user id of %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("group id of %s: %w", u.Username, err)
	}
	return account{u.Username, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// own gives a file or folder that was made here to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// mkdir makes a folder that only the account may enter.
func (a account) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	return a.own(path)
}

// reaches checks that the account may pass every folder on the way to dir: /root, and the temporary folders of tests,
// are closed to others, and Postgres's own message for that names neither folder nor user.
func (a account) reaches(dir string) error {
	if a.credential == nil {
		return nil
	}
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		if !a.passes(info) {
			return fmt.Errorf("user %s, as whom root runs Postgres, cannot enter %s: choose a data folder elsewhere, such as /var/lib/bpnt, or run `chmod o+x %s`", a.name, at, at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// passes reads the execute bit that counts for the account: its own, its group's or everyone's.
func (a account) passes(info os.FileInfo) bool {
	bit := os.FileMode(0o001)
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		switch {
		case owner.Uid == a.credential.Uid:
			bit = 0o100
		case owner.Gid == a.credential.Gid:
			bit = 0o010
		}
	}
	return info.Mode().Perm()&bit != 0
}
