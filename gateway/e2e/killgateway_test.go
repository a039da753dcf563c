package e2e

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// gatewayKillsEnv is how often the long form kills the gateway.
const gatewayKillsEnv = "BPNT_TEST_GATEWAY_KILLS"

// TestKillGateway kills bpnt serve in the middle of a load, up to 50 ms after it posted something, again and again. Twenty
// terminals have a purchase under way each time; what they hear nothing of they reverse, and the books say afterwards
// what had become of it. Every approval that a terminal saw has its debit, nothing else has one, and every family saw an
// account that does one thing at a time.
//
//	BPNT_TEST_GATEWAY_KILLS=500 go test ./gateway/e2e -run TestKillGateway -v -timeout 60m
func TestKillGateway(t *testing.T) {
	kills := 4
	if text := os.Getenv(gatewayKillsEnv); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil || kills < 1 {
			t.Fatalf("%s=%q is not a number from 1", gatewayKillsEnv, text)
		}
	} else if testing.Short() {
		t.Skip("TestKillNine kills the gateway too")
	}
	p, _ := killable(t)
	load := p.shop("--play", "20", "--timeout", "2s", "--inquiries", "0.2", "--witness", "1", "--prove", "--json")
	begun := time.Now()
	for n := range kills {
		p.awaitPostings()
		time.Sleep(time.Duration(rand.IntN(50_000)) * time.Microsecond) // when to kill is what the test is about
		p.killGateway()
		if (n+1)%50 == 0 {
			p.audit()
			t.Logf("%d kills in %v: %v", n+1, time.Since(begun).Round(time.Second), p.reversals())
		}
	}
	p.awaitPostings()
	report := load.end()
	ends := p.reversals()
	if report.Unanswered == 0 || len(report.Unresolved) > 0 || report.Linear.Accounts == 0 || report.Linear.Illegal > 0 {
		t.Errorf("the kills did not meet the load, or left something: %+v", report)
	}
	if books := p.audit().DebitsIDR; books != report.TerminalsDebitsIDR {
		t.Errorf("books Rp %d, terminals Rp %d", books, report.TerminalsDebitsIDR)
	}
	t.Logf("%d kills in %v: %d purchases approved, %d without answer; of the reversals %d found a debit and credited it, "+
		"%d left a tombstone, %d found a decline; %d accounts are legal, %d undecided; 0 wrong", kills, time.Since(begun).Round(time.Second),
		report.Redemptions, report.Unanswered, ends.credited, ends.tombstones, ends.declined,
		report.Linear.Accounts-report.Linear.Illegal, report.Linear.Undecided)
}

// spree is bpnt loadtest under way.
type spree struct {
	p    *process
	load *exec.Cmd
	out  bytes.Buffer
	says bytes.Buffer
}

// loadReport is what a spree brings home.
type loadReport struct {
	Redemptions        int64            `json:"redemptions"`
	Outcomes           map[string]int64 `json:"outcomes"`
	Broken             int64            `json:"broken_connections"`
	Timeouts           int64            `json:"timeouts"`
	Late               int64            `json:"late_answers"`
	Connects           int64            `json:"connects"`
	FailedDials        int64            `json:"failed_dials"`
	TerminalsDebitsIDR int64            `json:"terminals_debits_idr"`
	Unresolved         []any            `json:"unresolved"`
	Linear             struct {
		Accounts  int `json:"accounts"`
		Illegal   int `json:"illegal"`
		Undecided int `json:"undecided"`
	} `json:"linearizability"`
	Unanswered int64 `json:"-"`
}

// shop starts a load that lasts until its end is called.
func (p *process) shop(flags ...string) *spree {
	p.t.Helper()
	s := &spree{p: p}
	s.load = p.command(append([]string{"loadtest", "--addr", p.addr, "--duration", "3h", "--warmup", "0s", "--reversals", "0"}, flags...)...)
	s.load.Stdout, s.load.Stderr = &s.out, &s.says
	p.check(s.load.Start())
	p.t.Cleanup(func() { _ = s.load.Process.Kill() })
	return s
}

// end lets the terminals finish, as Ctrl-C does.
func (s *spree) end() (r loadReport) {
	s.p.t.Helper()
	s.p.check(s.load.Process.Signal(syscall.SIGINT))
	if err := s.load.Wait(); err != nil {
		s.p.t.Fatalf("loadtest: %v\n%s\n%s", err, s.out.String(), s.says.String())
	}
	s.p.check(json.Unmarshal(s.out.Bytes(), &r))
	r.Unanswered = r.Outcomes["no_answer"]
	return r
}

// awaitPostings waits until something new was posted.
func (p *process) awaitPostings() {
	p.t.Helper()
	before := p.posted()
	for deadline := time.Now().Add(30 * time.Second); p.posted() == before; {
		if time.Now().After(deadline) {
			p.t.Fatal("nothing is posted any more")
		}
	}
}

func (p *process) posted() int {
	n, err := strconv.Atoi(p.asOwner("select sum(message_no) from bpnt.bucket"))
	p.check(err)
	return n
}

// reversals are what the books say of messages whose answer was lost.
type reversals struct{ credited, tombstones, declined int }

func (p *process) reversals() (r reversals) {
	counts := strings.Split(p.asOwner(`select concat_ws('|', count(*) filter (where outcome = 2),
		count(*) filter (where outcome = 4), count(*) filter (where outcome = 3)) from bpnt.message where class = 'r'`), "|")
	for i, n := range []*int{&r.credited, &r.tombstones, &r.declined} {
		var err error
		*n, err = strconv.Atoi(counts[i])
		p.check(err)
	}
	return r
}
