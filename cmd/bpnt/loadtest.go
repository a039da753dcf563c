package main

import (
	"context"
	"errors"
	"time"

	"bpnt/loadtest"
)

type loadtestCmd struct {
	storage
	area
	mix
	Addr      string        `default:"127.0.0.1:8583" help:"Gateway's EDC link."`
	Play      int           `default:"0" help:"How many of the area's terminals to play; 0 for all."`
	Duration  time.Duration `default:"20s" help:"Measured time."`
	Warmup    time.Duration `default:"2s" help:"Time before that which is not measured."`
	Timeout   time.Duration `default:"30s" help:"A terminal's patience with one message."`
	Resolve   time.Duration `default:"60s" help:"Time after the run in which open purchases are reversed."`
	Funds     int64         `default:"200000" help:"Whole rupiah that each family may spend in this run."`
	Link      string        `default:"edc" help:"The link's name in the books, for --prove."`
	Decimals  int           `default:"2" help:"Implied decimals of amounts on this link, 0 or 2."`
	FirstSTAN int32         `default:"0" name:"first-stan" help:"STAN of each terminal's first message; 0 to take it from the clock."`
	FindMax   string        `placeholder:"p99=50ms" help:"Search for the highest rate (Poisson arrivals) that holds this bound and serves 99 % of the families in time."`
	Overload  []float64     `placeholder:"MULTIPLE" help:"Find the capacity in a closed loop, then offer these multiples of it, one after the other."`
	Compare   int           `default:"0" help:"Rounds of purchases alone against the realistic mix, in alternating windows of --duration; 0 for one run."`
	Witness   float64       `default:"0" placeholder:"SHARE" help:"Watch this share of the families, and look for an order of each one's messages that explains all answers (linearizability)."`
	Prove     bool          `help:"Hold the terminals' sums against the books (--database-url or --data-dir), and audit them."`
	network
	watching
	watchedGateway
	JSON bool `help:"Print the report as JSON."`
}

// watching is what is measured and written beside a run; demo has the same flags.
type watching struct {
	Probe  bool   `default:"true" negatable:"" help:"Time a bare commit of one row, fifty a second, in the same database beside the load."`
	Report string `placeholder:"FILE.html" help:"Write the report as one page for a browser, too."`
}

// watchedGateway is where a gateway in another process can be looked at.
type watchedGateway struct {
	Admin      string `placeholder:"HOST:PORT" help:"The gateway's admin page, for stages and round trips."`
	GatewayPid int    `placeholder:"PID" help:"The gateway's process on this machine, for its processor time."`
}

func (loadtestCmd) Help() string {
	return `The ledger must hold the same synthetic area (bpnt ledger seed, with the same --seed, --families, --outlets, --terminals).
Latencies count from the time at which a family should have been served, so that a stall is seen by everyone who
waited. Beside them stands what a bare commit of one row took at the same time on the same server, where --data-dir or
--database-url says which one that is. The exit status is 1 where a purchase stayed without a final answer or, with
--prove, where the books differ or, with --witness, where a family saw what no order of its messages explains: a drain has
many of one family at once.

With --settle, as in the realistic mix, each terminal first closes what an earlier run left in its batch, and at the end
its own; --prove holds every batch against the ledger's too. With --compare windows of both mixes take turns, who begins
takes turns as well, and the ratio is the median of the rounds' ratios; terminals settle between the windows.

--find-max doubles the rate, then halves the gap until it knows the best rate to 5 %, and plays that until it was held
three times in a row; each play has its --warmup and --duration, and every purchase is of Rp 500 so that money lasts.

  bpnt loadtest --rate 5000 --duration 60s --prove
  bpnt loadtest --rate 5000 --arrivals poisson --data-dir data --report report.html
  bpnt loadtest --admin 127.0.0.1:9583 --gateway-pid "$(pidof -s bpnt)" --data-dir data
  bpnt loadtest --workload drain --reversals 0.02 --repeats 0.02 --witness 1 --prove
  bpnt loadtest --find-max p99=50ms --duration 5s
  bpnt loadtest --overload 0.5,1,2,5,10 --duration 10s --timeout 5s
  bpnt loadtest --workload realistic --prove
  bpnt loadtest --workload the25th --rate 2000 --duration 60s --lines 16
  bpnt loadtest --compare 5 --duration 10s
  bpnt loadtest --faults rough --timeout 3s --prove

` + faultsHelp + workloads
}

func (c *loadtestCmd) Run(ctx context.Context, s *streams) error {
	mode, err := c.mode()
	if err != nil {
		return err
	}
	cfg, fleet, err := c.prepare(s)
	if err != nil {
		return err
	}
	return c.across(ctx, &cfg, func() error { return mode(ctx, s, cfg, fleet) })
}

// mode is one of the four kinds of test.
func (c *loadtestCmd) mode() (func(context.Context, *streams, loadtest.Config, []loadtest.Outlet) error, error) {
	modes, mode := 0, c.single
	if c.Compare != 0 {
		modes, mode = modes+1, c.compare
	}
	if c.FindMax != "" {
		modes, mode = modes+1, c.find
	}
	if len(c.Overload) > 0 {
		modes, mode = modes+1, c.overload
	}
	if modes > 1 {
		return nil, usage("--find-max, --overload and --compare are three tests: give one at a time")
	}
	if c.Compare != 0 && c.Report != "" {
		return nil, usage("--compare has no page: leave --report out, or take --json")
	}
	return mode, errors.Join(c.checkFind(), c.checkOverload(), c.checkFaults(), c.checkWitness(), checkPage(c.Report))
}
