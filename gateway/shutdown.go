package gateway

import (
	"context"
	"errors"
)

// Shutdown takes no more connections and no more messages, answers those that it has, and flushes clerk and lanes. When ctx
// ends first, connections are closed and the lanes give up: the error tells how many outcomes stayed unknown; their
// terminals will reverse. Every call waits for the same shutdown and returns the same result.
func (g *Gateway) Shutdown(ctx context.Context) error {
	g.shutdown.Do(func() {
		g.quit()
		err := g.closeListeners()
		g.accepting.Wait()
		g.hangUpAll(ctx)
		g.result = errors.Join(err, g.flush(ctx))
	})
	return g.result
}

func (g *Gateway) closeListeners() (err error) {
	for _, l := range g.links {
		if l.listener != nil {
			err = errors.Join(err, l.listener.Close())
		}
	}
	return err
}

// hangUpAll lets the connections finish, and closes those that take longer than ctx allows.
func (g *Gateway) hangUpAll(ctx context.Context) {
	open := g.connections.stop()
	for _, c := range open {
		c.signOff()
		c.drain()
	}
	gone := make(chan struct{})
	go func() {
		g.connections.served.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		for _, c := range open {
			c.kill(closeForced)
		}
		<-gone
	}
}

// flush ends what clerk and lanes have begun. Their time begins anew where ctx has ended, or a batch in flight could not
// even learn its outcome. The clerk goes first: what it ends may set payments free.
func (g *Gateway) flush(ctx context.Context) error {
	if ctx.Err() != nil {
		fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		ctx = fresh
	}
	g.clerk.close(ctx)
	return g.closeLanes(ctx)
}

// closeLanes flushes the lanes side by side.
func (g *Gateway) closeLanes(ctx context.Context) error {
	ended := make(chan error, len(g.lanes))
	for _, l := range g.lanes {
		go func() { ended <- l.Close(ctx) }()
	}
	var err error
	for range g.lanes {
		err = errors.Join(err, <-ended)
	}
	return err
}
