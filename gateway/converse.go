package gateway

import (
	"context"
	"time"

	"bpnt/iso"
)

// converse is what we ask of a switch while the connection is read from: the sign-on, where that is ours, and then
// whether it is still there, whenever it was quiet for as long as the link says. A switch that forgot our sign-on (its echo
// is not approved) is signed on to again.
func (c *conn) converse(ctx context.Context) {
	defer c.gateway.contain(c)
	for c.signOn(ctx) && c.stillThere(ctx) {
	}
}

// signOn is false where the connection is of no use.
func (c *conn) signOn(ctx context.Context) bool {
	if c.link.Switch.SignOn != SignOnUs {
		return true
	}
	code, ok := c.ask(ctx, c.us().SignOn(c.link.peer.nextSTAN(), time.Now()))
	if !ok || !approvalCode(code) {
		c.gaveUp(ctx, closeSignOn, code)
		return false
	}
	c.gateway.log.Info("signed on", "link", c.link.Name)
	return true
}

// stillThere asks again and again. It is true where the switch answers and does not approve.
func (c *conn) stillThere(ctx context.Context) bool {
	for c.link.Switch.Echo.Duration > 0 && c.quiet(ctx, c.link.Switch.Echo.Duration) {
		code, ok := c.ask(ctx, c.us().Echo(c.link.peer.nextSTAN(), time.Now()))
		switch {
		case !ok:
			c.gaveUp(ctx, closeEcho, "")
			return false
		case !approvalCode(code) && c.link.Switch.SignOn == SignOnUs:
			c.session.set(false)
			return true
		}
	}
	return false
}

// quiet waits until nothing was heard for so long; it is false where the connection ended before.
func (c *conn) quiet(ctx context.Context, rest time.Duration) bool {
	for {
		left := time.Until(time.Unix(0, c.heard.Load()).Add(rest))
		if left <= 0 {
			return true
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return false
		}
	}
}

// us is who speaks in a message of ours.
func (c *conn) us() iso.Switch { return iso.Switch{Acquirer: c.link.Switch.Institution} }

// gaveUp ends a connection whose peer does not answer as it should, unless it has ended of itself.
func (c *conn) gaveUp(ctx context.Context, why closeReason, code string) {
	if ctx.Err() != nil {
		return
	}
	c.gateway.log.Warn("a switch does not answer as it should", "link", c.link.Name, "reason", why.String(), "de39", code)
	c.kill(why)
}

// signOff says goodbye to a switch that we had signed on to, and waits for no answer.
func (c *conn) signOff() {
	if c.link.peer == nil || c.link.Switch.SignOn != SignOnUs || !c.session.signedOn() {
		return
	}
	o := c.us().SignOff(c.link.peer.nextSTAN(), time.Now())
	c.tell(&o)
}
