package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bpnt/ledger/localpg"
)

// killFamilies is large enough for each phase of a file to be hit.
const killFamilies = 6_000

// payday is a ledger in which months are paid by files, and a family that looks at its balance after each kill.
type payday struct {
	*books
	swipe  PANKey // family 1's card
	stan   int32
	opened int64 // months that were paid to the end
}

// newPayday are books with killFamilies families, of which family 1 has a card.
func newPayday(b *books) *payday {
	b.manyFamilies(killFamilies)
	p := &payday{books: b, swipe: pan("payday", 1)}
	b.card(1, p.swipe)
	return p
}

// month is the file of the next month.
func (p *payday) month(i int) string {
	text := fileOfMany(fmt.Sprintf("M%d", i), killFamilies, "")
	return p.write("pay.csv", strings.ReplaceAll(text, ",202611,", fmt.Sprintf(",%d,", 202601+i/12*100+i%12)))
}

// looks fails unless family 1 may spend exactly the months that were paid to the end.
func (p *payday) looks() {
	p.t.Helper()
	p.funding()
	p.stan++
	r := p.post(p.inquire(p.swipe, p.stan))
	if p.opened == 0 {
		p.stan++
		p.want("before anything was opened", p.post(p.redeem(p.swipe, p.stan, 1_000)), OutcomeNotFunded)
	}
	if r.Balance != p.opened*200_000 {
		p.t.Errorf("family 1 may spend Rp %d after %d months of Rp 200000", r.Balance, p.opened)
	}
}

// funding tells how many months are half funded. Those that are open are counted as well: a run may have been killed
// after that, in its last moments.
func (p *payday) funding() (half int) {
	p.t.Helper()
	p.must(0, p.operator.pool.QueryRow(p.t.Context(), `select count(*) filter (where status = 'open'),
		count(*) filter (where status = 'funding') from bpnt.disbursement`).Scan(&p.opened, &half))
	return half
}

// exact fails unless every month was paid to every family once.
func (p *payday) exact(months int) {
	p.t.Helper()
	if report := p.audit(); report.FundedIDR != int64(months)*killFamilies*200_000 {
		p.t.Errorf("%d months of %d families came to Rp %d", months, killFamilies, report.FundedIDR)
	}
}

// TestKillDisburse kills files under way at twenty random points, eight in the short form, by ending their session or their context. Run again,
// each is finished; before, none of its money can be spent.
func TestKillDisburse(t *testing.T) {
	const killsAMonth = 4
	kills := shortOr(8, 20)
	p := newPayday(newBooks(t))
	k := newKiller(p.books, time.Second)
	months, funding := 0, 0
	for ; k.kills < kills; months++ {
		path := p.month(months)
		run := func(ctx context.Context) error {
			_, err := p.operator.at(p.now).DisburseFile(ctx, FileOptions{Path: path})
			return err
		}
		for range killsAMonth {
			if !k.killAt(run) {
				break
			}
			k.kills++
			funding += p.funding()
			p.looks()
		}
		start := time.Now()
		p.must(0, run(t.Context()))
		k.longest = time.Since(start) // the next kills spread over all of a run
		p.looks()
	}
	if p.funding(); p.opened != int64(months) {
		t.Errorf("%d of %d months are open", p.opened, months)
	}
	p.exact(months)
	t.Logf("%d kills over %d files, %d of them while purses were funded", k.kills, months, funding)
}

// TestKillDisburseEveryone: so it is with an order for every family, which has no file to be read again.
func TestKillDisburseEveryone(t *testing.T) {
	p := newPayday(newBooks(t))
	k := newKiller(p.books, 200*time.Millisecond)
	months := 0
	for ; months < 3; months++ {
		run := func(ctx context.Context) error {
			_, err := p.operator.at(p.now).Disburse(ctx, Disbursement{Programme: 1, Period: int32(202601 + months), AmountIDR: 200_000})
			return err
		}
		for range 3 {
			k.killAt(run)
			p.looks()
		}
		p.must(0, run(t.Context()))
		p.looks()
	}
	p.exact(months)
}

// TestKillPostgresDuringDisburse kills the server instead: its unlogged tables are empty when it is back, and what its
// last chunks wrote may be gone.
func TestKillPostgresDuringDisburse(t *testing.T) {
	t.Parallel()
	const killsAMonth = 3
	kills := shortOr(3, 6)
	b, server, dir := durable(t)
	p := newPayday(b)
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	start := time.Now()
	p.must(p.operator.at(p.now).DisburseFile(t.Context(), FileOptions{Path: p.month(0)}))
	longest := time.Since(start)
	months, killed, funding := 1, 0, 0
	for ; killed < kills; months++ {
		path := p.month(months)
		for range killsAMonth {
			if !p.killServer(server, path, longest) {
				break
			}
			killed++
			server = startServer(t, dir)
			p.operator, p.gateway = p.open(RoleOperator), p.open(RoleGateway)
			funding += p.funding()
			p.looks()
		}
		p.must(p.operator.at(p.now).DisburseFile(t.Context(), FileOptions{Path: path}))
		p.looks()
	}
	p.exact(months)
	t.Logf("%d kills of the server over %d files, %d of them while purses were funded", killed, months, funding)
}

// killServer pays a file and kills the server at a random moment; it tells whether that ended the run.
func (p *payday) killServer(server *localpg.Server, path string, longest time.Duration) bool {
	p.t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := p.operator.at(p.now).DisburseFile(p.t.Context(), FileOptions{Path: path})
		done <- err
	}()
	moment := time.NewTimer(time.Duration(rand.Int64N(int64(longest))))
	defer moment.Stop()
	select {
	case err := <-done:
		p.must(0, err)
		return false
	case <-moment.C:
	}
	p.must(0, server.Kill())
	if err := <-done; err != nil && !killed(err) {
		p.t.Fatalf("a run whose server was killed says %v", err)
	}
	return true
}

// TestRedeemWhileDisbursing: families spend what they have while the next month is funded, and wait for a chunk at most.
func TestRedeemWhileDisbursing(t *testing.T) {
	p := newPayday(newBooks(t))
	other := pan("payday2", 0)
	p.card(2, other)
	p.must(p.operator.at(p.now).DisburseFile(t.Context(), FileOptions{Path: p.month(0)}))
	alone := p.shop(other, func(n int) bool { return n < 300 })
	paying, paid := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		defer paid()
		for month := 1; month < 4; month++ {
			_, err := p.operator.at(p.now).DisburseFile(t.Context(), FileOptions{Path: p.month(month)})
			if err != nil {
				t.Error(err)
			}
		}
	})
	busy := p.shop(other, func(int) bool { return paying.Err() == nil })
	wait.Wait()
	t.Logf("%d redemptions alone: p99 %v, longest %v; %d while files were paid: p99 %v, longest %v", len(alone),
		percentile(alone, 99), percentile(alone, 100), len(busy), percentile(busy, 99), percentile(busy, 100))
	if len(busy) < 20 || percentile(busy, 99) > time.Second {
		t.Error("terminals waited for the disbursement")
	}
	p.exact(4)
}

// shop redeems Rp 1 again and again, from one lane, and tells how long each took.
func (p *payday) shop(card PANKey, more func(n int) bool) (took []time.Duration) {
	p.t.Helper()
	for more(len(took)) {
		p.stan++
		start := time.Now()
		p.want("sale", p.post(p.redeem(card, p.stan, 1)), OutcomeApproved)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return took
}

// percentile is of sorted times.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)-1)*p/100].Round(10 * time.Microsecond)
}
