package gateway

import (
	"sync"

	"bpnt/iso"
	"bpnt/ledger"
)

// session is whether a switch is signed on. Each connection has its own, and a new one begins signed off: the switch
// that signed on over the old one may have restarted, and knows nothing of it. Where the link shares the sign-on the
// session is all its connections', and ends with the last of them.
//
// A nil session is that of a link on which nobody has to sign on.
type session struct {
	mu      sync.Mutex
	members int
	on      bool
}

// newSession is what a new connection of the link gets.
func (l *link) newSession() *session {
	switch {
	case l.peer == nil || l.Switch.SignOn == SignOnNone:
		return nil
	case l.peer.session != nil:
		return l.peer.session
	}
	return new(session)
}

// join counts a connection in.
func (s *session) join() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members++
}

// leave counts one out; the last takes the sign-on with it.
func (s *session) leave() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.members--; s.members == 0 {
		s.on = false
	}
}

// set signs on or off, and tells whether that changes anything.
func (s *session) set(on bool) (changed bool) {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed, s.on = s.on != on, on
	return changed
}

// signedOn tells whether traffic may pass.
func (s *session) signedOn() bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

// signOnMissing refuses traffic of a switch that did not sign on. Network messages pass: sign-on is one of them. What may be
// the copy of a purchase that was passed on before hears nothing, as ever.
func (c *conn) signOnMissing(x *exchange, message iso.Request) bool {
	if c.session.signedOn() || x.kind == kindNetwork || x.kind == kindLogon {
		return false
	}
	switch m := message.(type) { // so that the answer repeats what it answers
	case *iso.Inquiry:
		c.payment(x, ledger.KindInquire, &m.Payment)
	case *iso.Reversal:
		c.payment(x, ledger.KindReverse, &m.Payment)
		x.original = &m.Original
	default:
		x.copied = c.passedOn(x, message)
	}
	x.refuse(c.gateway.unposted(x, verdictNotSignedOn, shedNotSignedOn))
	return true
}
