package baseline

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bpnt/ledger/localpg/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// made is books with so many families.
func made(t *testing.T, families int) *Books {
	t.Helper()
	cards := make([]Card, families)
	for i := range cards {
		sum := sha256.Sum256(fmt.Append(nil, i))
		cards[i] = Card{PAN: [16]byte(sum[:16]), PINValue: int32(i%999_999) + 1}
	}
	b, err := Make(t.Context(), pgtest.CreateDatabase(t), cards)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// TestEachWayPostsAndBalances: every way posts, one after another on the same books, and the money is where it belongs.
func TestEachWayPostsAndBalances(t *testing.T) {
	b := made(t, 500)
	for name, way := range map[string]func(context.Context, time.Duration) (Rate, error){
		"locking": b.Locking, "conditional": b.Conditional,
		"set": func(ctx context.Context, d time.Duration) (Rate, error) { return b.Set(ctx, d, 50) },
	} {
		r, err := way(t.Context(), 50*time.Millisecond)
		if err != nil || r.Redemptions == 0 || r.PerSecond() <= 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCopiesMoveNothing: a second message of the same identity is refused in every way, and takes no money.
func TestCopiesMoveNothing(t *testing.T) {
	b := made(t, 500)
	ways := map[string]func(context.Context, time.Duration) (Rate, error){
		"locking": b.Locking, "conditional": b.Conditional,
		"set": func(ctx context.Context, d time.Duration) (Rate, error) { return b.Set(ctx, d, 5) },
	}
	// Every message that a worker can send once more is in the books already, whatever its card.
	_, err := b.pool.Exec(t.Context(), `insert into posting (tid, stan, pan, family, amount, balance)
		select 'BASE' || lpad(w::text, 4, '0'), s, c.pan, c.family, 1, 0 from generate_series(0, 31) w, generate_series(1, 5) s, card c`)
	if err != nil {
		t.Fatal(err)
	}
	for name, way := range ways {
		b.stan = 0
		if r, err := way(t.Context(), time.Millisecond); err == nil || r.Redemptions != 0 {
			t.Errorf("%s posted %d copies: %v", name, r.Redemptions, err)
		}
	}
	var spent int64
	if err := b.pool.QueryRow(t.Context(), `select sum($1 - balance)::bigint from purse`, int64(grantIDR)).Scan(&spent); err != nil || spent != 0 {
		t.Errorf("%d rupiah left the purses: %v", spent, err)
	}
}

// TestCheckSeesWhatIsWrong: a rupiah that is missing, and a posting that nobody was told of.
func TestCheckSeesWhatIsWrong(t *testing.T) {
	for _, wrong := range []string{
		`update purse set balance = balance - 1 where family = 0`,
		`insert into posting (tid, stan, pan, family, amount, balance) select 'X', 1, pan, family, 1, 0 from card limit 1`,
	} {
		b := made(t, 40)
		if err := b.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := b.pool.Exec(t.Context(), wrong); err != nil {
			t.Fatal(err)
		}
		if err := b.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "not right") {
			t.Errorf("after %s: %v", wrong, err)
		}
	}
}

// TestTooFewFamilies is a sentence.
func TestTooFewFamilies(t *testing.T) {
	b := made(t, 5)
	if _, err := b.Locking(t.Context(), time.Millisecond); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Error(err)
	}
	if _, err := b.Set(t.Context(), time.Millisecond, SetMax(5)+1); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Error(err)
	}
}
