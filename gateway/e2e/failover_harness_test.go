package e2e

import (
	"context"
	"path/filepath"
	"testing"

	"bpnt/gateway"
	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// pair is a world on two servers: its gateway and its operator have a URL that names both.
type pair struct {
	*world
	home  string
	names [2]string // of the primary and of the standby: their folders, and their names as standbys
	roles [2]*localpg.Server
}

const (
	first  = 0 // the primary
	second = 1 // its standby
)

func newPair(t *testing.T, change func(*gateway.Config)) *pair {
	t.Helper()
	p := &pair{home: pgtest.Folder(t), names: [2]string{"a", "b"}}
	ctx := context.WithoutCancel(t.Context())
	primary, err := localpg.Start(ctx, p.settings("a"))
	if err != nil {
		t.Fatal(err)
	}
	p.world = &world{t: t, keys: newKeys(t), postgres: &server{t: t, Server: primary}}
	p.roles[first] = primary
	t.Cleanup(func() { _ = p.roles[first].Stop(ctx) })
	p.check(primary.EnsureDatabase(ctx, "bpnt"))
	p.roles[second], err = localpg.StartStandby(ctx, localpg.Standby{Config: p.settings("b"), Primary: primary, Name: "b"})
	p.check(err)
	t.Cleanup(func() { _, _ = p.roles[second].Thaw(), p.roles[second].Stop(ctx) }) // frozen where a test failed
	p.url = localpg.URL("bpnt", primary, p.roles[second])
	p.prepare(change)
	p.start()
	return p
}

func (p *pair) settings(name string) localpg.Config {
	return localpg.Config{DataDir: filepath.Join(p.home, name), Settings: localpg.TestSettings(), EndWithParent: true}
}

// follow has the primary wait for its standby, or not, and returns when the standby has all.
func (p *pair) follow(synchronous bool) {
	p.t.Helper()
	if synchronous {
		p.check(p.roles[first].WaitFor(p.t.Context(), p.names[second]))
	}
	p.check(p.roles[first].AwaitStreaming(p.t.Context(), p.names[second]))
}

// failOver kills the primary and promotes its standby.
func (p *pair) failOver() {
	p.t.Helper()
	p.check(p.roles[first].Kill())
	p.promoted()
}

// promoted makes the standby the primary.
func (p *pair) promoted() {
	p.t.Helper()
	p.check(p.roles[second].Promote(p.t.Context()))
	p.roles[first], p.roles[second] = p.roles[second], p.roles[first]
	p.names[first], p.names[second] = p.names[second], p.names[first]
	p.postgres = &server{t: p.t.(*testing.T), Server: p.roles[first]}
}

// rejoin makes the dead primary the new one's standby.
func (p *pair) rejoin() {
	p.t.Helper()
	name := p.names[second]
	standby, err := localpg.Rejoin(context.WithoutCancel(p.t.Context()),
		localpg.Standby{Config: p.settings(name), Primary: p.roles[first], Name: name})
	p.check(err)
	p.roles[second] = standby
}
