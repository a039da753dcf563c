package ledger

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// surveyEvery bounds how long a pool with nothing but good connections to an old primary goes without hearing of the
	// new one.
	surveyEvery = 15 * time.Second
	// surveyPause lies between two surveys at least, however often connections are made.
	surveyPause = time.Second
)

// host is one server that a URL names.
type host struct {
	name string
	port uint16
}

// survey looks at every server of a URL that names several, in the background: at all of them at once, so that one that
// hangs keeps nobody waiting. It finds a promotion that no broken connection tells of, and it knows which server to try
// first: pgx alone would begin with the first of the URL, and wait connectTimeout for it each time if that one hangs.
type survey struct {
	primary *primary
	ways    []*pgx.ConnConfig // one to each server
	asked   chan struct{}     // holds one: somebody makes a connection
	stop    context.CancelFunc
	stopped chan struct{}
}

// newSurvey is nil for a URL with one server.
func newSurvey(p *primary, config *pgx.ConnConfig) *survey {
	s := &survey{primary: p, asked: make(chan struct{}, 1), stopped: make(chan struct{})}
	for _, h := range hostsOf(config) {
		way := config.Copy()
		tryFirst(way, h)
		elsewhere := func(f *pgconn.FallbackConfig) bool { return host{f.Host, f.Port} != h }
		way.Fallbacks = slices.DeleteFunc(way.Fallbacks, elsewhere)
		way.ValidateConnect = func(ctx context.Context, c *pgconn.PgConn) error { return p.validateAt(ctx, c, h) }
		s.ways = append(s.ways, way)
	}
	if len(s.ways) < 2 {
		return nil
	}
	return s
}

// hostsOf names each of a URL's servers once: TLS makes two entries of one.
func hostsOf(config *pgx.ConnConfig) []host {
	all := []host{{config.Host, config.Port}}
	for _, f := range config.Fallbacks {
		if h := (host{f.Host, f.Port}); !slices.Contains(all, h) {
			all = append(all, h)
		}
	}
	return all
}

// tryFirst puts a server before the URL's others.
func tryFirst(config *pgx.ConnConfig, first host) {
	all := []*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}
	all = append(all, config.Fallbacks...)
	place := func(f *pgconn.FallbackConfig) int {
		if (host{f.Host, f.Port}) == first {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *pgconn.FallbackConfig) int { return place(a) - place(b) })
	config.Host, config.Port, config.TLSConfig = all[0].Host, all[0].Port, all[0].TLSConfig
	config.Fallbacks = all[1:]
}

// beforeConnect has the primary tried first, and asks for a survey: who makes connections may have lost some.
func (s *survey) beforeConnect(_ context.Context, config *pgx.ConnConfig) error {
	s.primary.mu.Lock()
	at := s.primary.host
	s.primary.mu.Unlock()
	tryFirst(config, at)
	select {
	case s.asked <- struct{}{}:
	default: // one is asked for already
	}
	return nil
}

// start goes on looking until end is called.
func (s *survey) start() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.run(ctx)
}

func (s *survey) run(ctx context.Context) {
	defer close(s.stopped)
	every := time.NewTicker(surveyEvery)
	defer every.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-every.C:
			s.look(ctx)
		case <-s.asked:
			s.look(ctx)
		}
		select {
		case <-ctx.Done():
		case <-time.After(surveyPause):
		}
	}
}

// look asks every server for its timeline. One that takes no writes, or does not answer, is none to know.
func (s *survey) look(ctx context.Context) {
	var all sync.WaitGroup
	for _, way := range s.ways {
		all.Go(func() {
			if c, err := pgconn.ConnectConfig(ctx, &way.Config); err == nil {
				_ = c.Close(ctx) // it was only asked
			}
		})
	}
	all.Wait()
}

// end waits for the last look.
func (s *survey) end() {
	if s != nil {
		s.stop()
		<-s.stopped
	}
}
