package chaos

import (
	"context"
	"time"
)

// auditOften looks at the books every now and then until ctx ends.
func (c *campaign) auditOften(ctx context.Context) {
	for sleep(ctx, c.cfg.Audits) {
		from := time.Now()
		broken, err := c.estate.Audit(ctx)
		if ctx.Err() != nil {
			return
		}
		c.audited(broken, err, time.Since(from))
	}
}

// audited counts one audit in.
func (c *campaign) audited(broken []string, err error, took time.Duration) {
	if len(broken) > 0 {
		c.trouble("while it ran: %s", broken[0])
		c.tell("AUDIT: %s", broken[0])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &c.report.Audits
	switch {
	case err != nil:
		a.Away++
		return
	case len(broken) > 0:
		a.Broken++
	}
	a.Made++
	a.LongestS = max(a.LongestS, took.Seconds())
}
