package hostile

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"bpnt/iso"
)

// attackers are those of one run.
type attackers struct {
	cfg    Config
	codec  *iso.Codec
	attack Attack
	tally  tally
	turns  *rate.Limiter
	ctx    context.Context
	enough context.CancelFunc

	first sync.Map // of a replay: index of the frame to the body of its first answer
}

// attacker is one of them.
type attacker struct {
	*attackers
	number int
	random *rand.Rand
	said   int // what it has sent or begun so far
}

// Run plays an attack until ctx is done or Config.Actions are, closes every connection and tells what happened. The error
// speaks of the configuration only.
func Run(ctx context.Context, c Config, a Attack) (*Tally, error) {
	if err := c.Validate(a); err != nil {
		return nil, err
	}
	codec, err := iso.NewCodec(c.Dialect)
	if err != nil {
		return nil, err
	}
	all := &attackers{cfg: c, codec: codec, attack: a, turns: rate.NewLimiter(rate.Limit(c.PerSecond), burst+int(c.PerSecond/100))}
	all.ctx, all.enough = context.WithCancel(ctx)
	defer all.enough()
	began := time.Now()
	var at sync.WaitGroup
	for i := range c.Attackers {
		one := &attacker{attackers: all, number: i, random: rand.New(rand.NewPCG(c.Seed, uint64(i)))}
		at.Go(one.rounds)
	}
	at.Wait()
	return all.tally.total(a, time.Since(began)), nil
}

// rounds plays connection after connection.
func (a *attacker) rounds() {
	for a.turn() {
		if l := a.dial(); l != nil {
			a.attack.play(a, l)
			l.end()
		}
	}
}

// turn waits until the attacker may act; it is false when the attack is over.
func (a *attacker) turn() bool { return a.turnFor(1) }

// turnFor is turn for so many actions at once.
func (a *attacker) turnFor(actions int) bool {
	if a.turns.WaitN(a.ctx, actions) != nil {
		return false
	}
	if n := a.tally.actions.Add(int64(actions)); a.cfg.Actions > 0 && n > a.cfg.Actions {
		a.tally.actions.Add(int64(-actions))
		a.enough()
		return false
	}
	return true
}

// dial makes a connection, or nil where the gateway or its kernel takes none.
func (a *attacker) dial() *line {
	dialer := net.Dialer{Timeout: dialTimeout}
	if from, err := netip.ParseAddr(a.cfg.From); err == nil {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	sock, err := dialer.DialContext(a.ctx, "tcp", a.cfg.Addr)
	if err != nil {
		if a.ctx.Err() == nil {
			a.tally.failed.Add(1)
		}
		return nil
	}
	return newLine(a.attackers, sock)
}
