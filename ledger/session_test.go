package ledger

import (
	"strings"
	"testing"
)

// setForDatabase is what an administrator has set for the whole database.
func (b *books) setForDatabase(setting string) {
	b.t.Helper()
	b.asOwner(`do $$ begin execute format('alter database %I set ` + setting + `', current_database()); end $$`)
}

// TestSessionMustKeepItsPromises: sessions on which an approval could be lost, or on a server that takes no writes, are
// refused with a sentence; what they would inherit and we can set, we set.
func TestSessionMustKeepItsPromises(t *testing.T) {
	for _, tt := range []struct{ name, setting, sentence string }{
		{"commits do not wait for the disk", "synchronous_commit = off", "synchronous_commit is off"},
		{"no writes are taken", "default_transaction_read_only = on", "takes writes"},
		{"a stricter isolation is usual", "default_transaction_isolation = serializable", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBooks(t)
			b.setForDatabase(tt.setting)
			l, err := Open(t.Context(), Options{URL: b.url, Role: RoleGateway})
			if err == nil {
				defer l.Close()
			}
			if tt.sentence != "" {
				if err == nil || !strings.Contains(err.Error(), tt.sentence) {
					t.Errorf("opened: %v", err)
				}
				return
			}
			b.must(0, err)
			var isolation string
			b.must(0, l.pool.QueryRow(t.Context(), `show transaction_isolation`).Scan(&isolation))
			if isolation != "read committed" {
				t.Errorf("isolation %s", isolation)
			}
		})
	}
}
