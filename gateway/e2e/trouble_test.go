package e2e

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// ownServer makes a world on a Postgres of its own, which the test may kill.
func ownServer(t *testing.T, change func(*gateway.Config)) (*world, *server) {
	t.Helper()
	s := &server{t: t, dir: pgtest.Folder(t)}
	s.start()
	t.Cleanup(s.end)
	if err := s.EnsureDatabase(t.Context(), "bpnt"); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, url: s.URL("bpnt"), keys: newKeys(t), postgres: s}
	w.prepare(change)
	w.start()
	return w, s
}

type server struct {
	*localpg.Server
	t   *testing.T
	dir string
}

func (s *server) start() {
	s.t.Helper()
	started, err := localpg.Start(context.WithoutCancel(s.t.Context()), localpg.Config{DataDir: s.dir})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Server = started
}

// end stops the server, be it frozen by a test that failed: it would not hear of it.
func (s *server) end() {
	_ = s.Thaw()
	_ = s.Stop(context.Background())
}

// TestDatabaseAway: 91 at once while nothing can be posted, a first purchase's repeat in silence, and right again when
// the database is back.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	w, s := ownServer(t, nil)
	c := w.family()
	w.disburse()
	e := w.dial()
	e.want("before", "00", w.purchase(c, 1, 1_000))
	w.check(s.Kill())
	began := time.Now()
	e.want("new, while the database is away", "91", w.purchase(c, 2, 1_000))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("91 took %v", took)
	}
	e.send(e.frame(w.purchase(c, 1, 1_000).Repeat()))
	if a, _, err := e.receive(2 * time.Second); err == nil {
		t.Errorf("the repeat of an approved purchase was answered %s from memory", a.ResponseCode)
	}
	s.start()
	e = w.dial()
	e.until("back", "00", func(stan int32) string { return e.ask(w.purchase(c, stan, 1_000)).ResponseCode })
	e.want("the repeat, from the books", "00", w.purchase(c, 1, 1_000).Repeat())
	w.audit()
}

// until asks with new STANs until the code comes.
func (e *wire) until(what, code string, ask func(stan int32) string) {
	e.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	last := ""
	for stan := int32(1000); time.Now().Before(deadline); stan++ {
		if last = ask(stan); last == code {
			return
		}
		time.Sleep(50 * time.Millisecond) // polling a server that starts
	}
	e.t.Errorf("%s: DE39 %s, want %s", what, last, code)
}

// TestUnknownOutcomeIsSilence: Postgres freezes with a purchase in it. The terminal hears nothing, not a refusal;
// after the thaw, whatever became of the purchase, its reversal makes the family whole and a copy is not approved.
func TestUnknownOutcomeIsSilence(t *testing.T) {
	t.Parallel()
	w, s := ownServer(t, func(c *gateway.Config) {
		c.Links[0].Deadline = gateway.Duration{Duration: 2 * time.Second}
		c.Limits.Attempt = gateway.Duration{Duration: time.Second}
	})
	c := w.family()
	w.disburse()
	e := w.dial()
	e.want("before", "00", w.purchase(c, 1, 1_000))
	s.signal(syscall.SIGSTOP)
	e.send(e.frame(w.purchase(c, 2, 1_000)))
	if a, _, err := e.receive(4 * time.Second); err == nil {
		t.Errorf("an unknown outcome was answered %s", a.ResponseCode)
	}
	s.signal(syscall.SIGCONT)
	e = w.dial()
	e.until("reversal", "00", func(int32) string { return e.ask(w.reversal(c, 2, 1_000)).ResponseCode })
	e.want("its original, late", "94", w.purchase(c, 2, 1_000))
	if got := w.balance(c.family); got != testGrant-1_000 {
		t.Errorf("balance %d", got)
	}
	w.audit()
}

// signal goes to the postmaster and all its backends.
func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	pids, err := children(s.Pid())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, pid := range append(pids, s.Pid()) {
		if err := syscall.Kill(pid, sig); err != nil {
			s.t.Fatal(err)
		}
	}
}

func children(pid int) (pids []int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil, err
	}
	for child, rest := 0, string(text); ; {
		n, err := fmt.Sscan(rest, &child)
		if n == 0 || err != nil {
			return pids, nil
		}
		pids = append(pids, child)
		rest = rest[len(fmt.Sprint(child))+1:]
	}
}

// TestPoisonedRow: a request that makes its whole batch fail gets 96, the others their answers. The poison is a trigger
// that the test plants, since no message that passes the gateway's own checks is known to be one.
func TestPoisonedRow(t *testing.T) {
	w, s := ownServer(t, nil)
	_, err := s.Exec(t.Context(), "bpnt", `
		create function bpnt.poison() returns trigger language plpgsql as
		$$ begin if new.stan >= 600 then raise exception 'poison'; end if; return new; end $$;
		create trigger poison before insert on bpnt.message for each row execute function bpnt.poison()`)
	w.check(err)
	const others = 20
	cards := make([]card, others)
	for i := range cards {
		cards[i] = w.family()
		w.addTerminal(fmt.Sprintf("POISON%02d", i), testMID)
	}
	w.disburse()
	var wait sync.WaitGroup
	for i, c := range cards {
		e := w.dial()
		wait.Go(func() {
			for stan := range int32(10) {
				o := w.purchase(c, stan+1, 1_000)
				code := "00"
				if i == 0 {
					o, code = w.purchase(c, 600+stan, 1_000), "96"
				}
				o.TID = fmt.Sprintf("POISON%02d", i)
				e.want("purchase", code, o)
			}
		})
	}
	wait.Wait()
	if report := w.audit(); report.Redemptions != (others-1)*10 {
		t.Errorf("%d redemptions", report.Redemptions)
	}
}

// TestDrain: a gateway that is told to stop answers what it has taken.
func TestDrain(t *testing.T) {
	w := newWorld(t, nil)
	cards := make([]card, 16)
	for i := range cards {
		cards[i] = w.family()
		w.addTerminal(fmt.Sprintf("DRAIN%03d", i), testMID)
	}
	w.disburse()
	var wait sync.WaitGroup
	sent := make(chan struct{}, len(cards))
	for i, c := range cards {
		e := w.dial()
		e.want("logon", "00", terminal(testTID).Logon(1))
		wait.Go(func() {
			o := w.purchase(c, 1, 1_000)
			o.TID = fmt.Sprintf("DRAIN%03d", i)
			e.send(e.frame(o))
			sent <- struct{}{}
			if a, _, err := e.receive(10 * time.Second); err == nil && a.ResponseCode != "00" && a.ResponseCode != "91" {
				t.Errorf("DE39 %s", a.ResponseCode)
			} else if err == nil && a.ResponseCode == "00" {
				return
			}
			// Not read before the end, or refused: then nothing may have been posted.
			if got := w.balance(c.family); got != testGrant {
				t.Errorf("terminal %d heard no approval, its family has %d", i, got)
			}
		})
	}
	for range cards {
		<-sent
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	w.check(w.gateway.Shutdown(ctx))
	wait.Wait()
	w.audit()
}
