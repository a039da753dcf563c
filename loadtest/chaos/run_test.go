package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stand is an estate that only remembers. Its terminals get an approval a second.
type stand struct {
	mu       sync.Mutex
	approved int64
	stale    bool     // nothing is approved
	broken   []string // what each audit finds
	away     error    // of each audit
	unready  error
	hurt     map[string]int // injections less healings that were needed
	healed   map[string]int
}

func newStand() *stand { return &stand{hurt: map[string]int{}, healed: map[string]int{}} }

func (s *stand) Play(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.approve()
		}
	}
}

func (s *stand) approve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stale {
		s.approved++
	}
}

func (s *stand) Approved() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.approved
}

func (s *stand) Audit(context.Context) ([]string, error) { return s.broken, s.away }
func (s *stand) Ready(context.Context) error             { return s.unready }
func (s *stand) Judge(_ context.Context, report *Report) error {
	report.MustBeZero("lost", 0, "", "")
	return nil
}

// nemesis hurts the stand; heal may refuse for a while, inject may fail or panic after it has hurt.
func (s *stand) nemesis(name string, inject func() error, heal func(times int) error) Nemesis {
	return Nemesis{
		Name: name, Hold: Span{100 * time.Millisecond, 2 * time.Second},
		Inject: func(context.Context, *rand.Rand) error {
			s.mu.Lock()
			s.hurt[name]++
			s.mu.Unlock()
			return inject()
		},
		Heal: func(context.Context) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.healed[name]++
			if err := heal(s.healed[name]); err != nil {
				return err
			}
			s.hurt[name] = 0
			return nil
		},
	}
}

func fine() error        { return nil }
func fineHeal(int) error { return nil }

func (s *stand) unhealed() (names []string) {
	for name, n := range s.hurt {
		if n > 0 {
			names = append(names, name)
		}
	}
	return names
}

func testConfig() Config {
	return Config{Seed: 1, Duration: time.Minute, Gap: time.Second, Audits: 2 * time.Second, Recovery: 10 * time.Second}
}

// TestEveryNemesisIsHealed: those that fail to inject, that panic, that will not heal at first or until all others
// are healed.
func TestEveryNemesisIsHealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand()
		nemeses := []Nemesis{
			s.nemesis("good", fine, fineHeal),
			s.nemesis("fails", func() error { return errors.New("could not hurt all of it") }, fineHeal),
			s.nemesis("panics", func() error { panic("hurt") }, fineHeal),
			s.nemesis("stubborn", fine, func(times int) error {
				if times%3 != 0 {
					return errors.New("not yet")
				}
				return nil
			}),
			{Name: "brief", Inject: func(context.Context, *rand.Rand) error { return nil }},
		}
		r, err := Run(t.Context(), testConfig(), s, nemeses)
		if err != nil || r.Failed() != nil {
			t.Fatalf("%v, %v", err, r.Failed())
		}
		if left := s.unhealed(); len(left) > 0 {
			t.Errorf("not healed: %v", left)
		}
		for _, c := range r.Nemeses {
			bad := c.Name == "fails" || c.Name == "panics"
			if c.Injected+c.Failed == 0 || bad != (c.Failed > 0) || bad != (c.Error != "") {
				t.Errorf("%+v", c)
			}
		}
		if r.Audits.Made < 20 || r.ApprovedAfter < 5 || r.RecoveredS > 1 || r.Seconds < 60 {
			t.Errorf("%+v", r)
		}
	})
}

// TestHealedWhereItIsBrokenOff: Ctrl-C in the middle heals what is held, and says that it was broken off.
func TestHealedWhereItIsBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		long := s.nemesis("long", fine, fineHeal)
		long.Hold = Span{time.Hour, time.Hour}
		r, err := Run(ctx, testConfig(), s, []Nemesis{long, s.nemesis("short", fine, fineHeal)})
		if err != nil || !r.Interrupted || r.Seconds > 25 {
			t.Errorf("%v, %+v", err, r)
		}
		if s.healed["long"] == 0 || len(s.unhealed()) > 0 {
			t.Errorf("healed %v, left %v", s.healed, s.unhealed())
		}
	})
}

// TestCampaignsFail: each thing that must not be is said in a sentence.
func TestCampaignsFail(t *testing.T) {
	never := func(int) error { return errors.New("it is stuck") }
	for _, tt := range []struct {
		name, says string
		spoil      func(*stand) []Nemesis
	}{
		{"an audit finds something", "while it ran: I05 is broken", func(s *stand) []Nemesis {
			s.broken = []string{"I05 is broken"}
			return nil
		}},
		{"nothing is approved any more", "no purchase was approved after the faults had stopped", func(s *stand) []Nemesis {
			s.stale = true
			return nil
		}},
		{"a part does not answer", "did not recover within 10s: gateway 2", func(s *stand) []Nemesis {
			s.unready = errors.New("gateway 2 is not ready")
			return nil
		}},
		{"a nemesis stays", "did not recover within 10s: stuck: it is stuck", func(s *stand) []Nemesis {
			return []Nemesis{s.nemesis("stuck", fine, never)}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand()
				nemeses := tt.spoil(s)
				r, err := Run(t.Context(), testConfig(), s, nemeses)
				if err != nil || r.Failed() == nil || !strings.Contains(r.Failed().Error(), tt.says) {
					t.Errorf("%v; %v should say %q", err, r.Failed(), tt.says)
				}
			})
		})
	}
}

// TestDatabaseAwayIsNoFailure: an audit that cannot be made is counted, and nothing is concluded from it.
func TestDatabaseAwayIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand()
		s.away = errors.New("no database")
		r, err := Run(t.Context(), testConfig(), s, nil)
		if err != nil || r.Failed() != nil || r.Audits.Made != 0 || r.Audits.Away < 20 {
			t.Errorf("%v, %v, %+v", err, r.Failed(), r.Audits)
		}
	})
}

// TestBadConfig is refused in a sentence each.
func TestBadConfig(t *testing.T) {
	_, err := Run(t.Context(), Config{}, newStand(), nil)
	for _, what := range []string{"duration", "gap between faults", "gap between audits", "time to recover"} {
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("the %s must be longer than zero", what)) {
			t.Errorf("%v does not speak of the %s", err, what)
		}
	}
}
