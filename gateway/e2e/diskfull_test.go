package e2e

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/ledger/localpg/pgtest"
)

// TestDiskFull: the books' disk fills up while a terminal sells, first under the tables, then under the log, which ends
// Postgres. Nothing is approved that does not stand in the books; when there is room again everything goes on by itself
// but for the start of Postgres, and what the terminal heard nothing of is undone by its reversal.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t, 256<<20)
	s := &server{t: t, dir: filepath.Join(dir, "books")}
	s.start()
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	w := &world{t: t, keys: newKeys(t), postgres: s}
	w.check(s.EnsureDatabase(t.Context(), "bpnt"))
	w.url = s.URL("bpnt")
	w.prepare(func(c *gateway.Config) {
		c.Links[0].Deadline = gateway.Duration{Duration: 3 * time.Second}
		c.Limits.Attempt = gateway.Duration{Duration: time.Second}
	})
	w.start()
	k := &keeper{w: w, e: w.dial(), card: w.family()}
	w.disburse()
	k.sell(3)
	if k.approved != 3 {
		t.Fatalf("%d of 3 approved while there is room", k.approved)
	}

	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	k.sell(5)
	_, err := w.exec(`select pg_switch_wal(); create table public.growing as select 1; select pg_switch_wal(); checkpoint`)
	t.Logf("with a full disk: %v; %d approved, %d refused, %d silent", err != nil, k.approved, k.refused, len(k.open))
	k.sell(2)
	if k.refused+len(k.open) == 0 {
		t.Error("a full disk was not felt")
	}

	w.check(os.Remove(ballast))
	_ = s.Stop(context.Background()) // what is left of it
	s.start()
	k.e = w.dial()
	k.e.until("room again", "00", func(stan int32) string { return k.e.ask(w.purchase(k.card, stan, 500)).ResponseCode })
	k.approved++
	k.undo()
	if got := testGrant - w.balance(k.card.family); got != 500*int64(k.approved) {
		t.Errorf("the family is short of Rp %d, the terminal has approvals of Rp %d", got, 500*k.approved)
	}
	w.audit()
}

// keeper sells for Rp 500 and remembers what it heard.
type keeper struct {
	w                 *world
	e                 *wire
	card              card
	stan              int32
	approved, refused int
	open              []int32 // STANs of sales without an answer
}

func (k *keeper) sell(n int) {
	k.w.t.Helper()
	for range n {
		k.stan++
		k.e.send(k.e.frame(k.w.purchase(k.card, k.stan, 500)))
		a, _, err := k.e.receive(6 * time.Second)
		switch {
		case err != nil:
			k.open = append(k.open, k.stan)
			k.e = k.w.dial()
		case a.ResponseCode == "00":
			k.approved++
		case a.ResponseCode == "91":
			k.refused++
		default:
			k.w.t.Errorf("DE39 %s", a.ResponseCode)
		}
	}
}

func (k *keeper) undo() {
	k.w.t.Helper()
	for _, stan := range k.open {
		k.e.want("a sale without an answer is reversed", "00", k.w.reversal(k.card, stan, 500))
	}
}

// smallDisk is a file system of so many bytes, where the test may mount one.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := filepath.Join(pgtest.Folder(t), "disk")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := mountSmall(dir, bytes); err != nil {
		t.Skipf("no file system of its own to fill: %v", err)
	}
	t.Cleanup(func() { _ = unmount(dir) })
	return dir
}

// fill takes all room that is left.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err = file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill up: %v", err)
	}
}
