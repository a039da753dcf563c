package lane

import (
	"context"
	"fmt"
)

// Close takes no more requests, posts what is queued and waits for it. When ctx ends first the attempts are given up:
// what waits is Refused, what has an unknown outcome is Silent, and the error tells how many those were. The attempts
// have contexts of their own, so that a caller whose context has ended can still flush.
func (l *Lane[Q, A]) Close(ctx context.Context) error {
	l.shut()
	select {
	case <-l.stopped:
	case <-ctx.Done():
		l.cancel()
		<-l.stopped
	}
	l.cancel()
	<-l.watched
	if l.unresolved > 0 {
		return fmt.Errorf("lane: closed while the outcome of %d requests is unknown", l.unresolved)
	}
	return nil
}

func (l *Lane[Q, A]) shut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closing {
		l.closing = true
		close(l.quit)
		l.gather.Broadcast()
	}
}
