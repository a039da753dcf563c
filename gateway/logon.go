package gateway

import (
	"context"
	"errors"

	"bpnt/iso"
	"bpnt/ledger"
)

// logon answers 0800 920000. Where the terminal has a master key the answer carries its working keys (delivery); else, and
// where the ledger cannot be asked now, it only tells that the line works. So does the answer to a test (990000), always.
func (c *conn) logon(x *exchange, m *iso.Network) {
	x.refuse(verdictNetwork)
	if m.ProcessingCode == iso.ProcessingLogon {
		c.deliver(x)
	}
}

// keyExchange is the same by DE70 0101, of a message that names a terminal (DE41). Without a terminal or its master key
// there is nothing to exchange.
func (c *conn) keyExchange(x *exchange) {
	x.refuse(verdictNoFunction)
	c.deliver(x)
}

// deliver makes it an errand to bring a terminal its keys, where the terminal has a master key.
func (c *conn) deliver(x *exchange) {
	id := terminalID{c.link.id, x.head.TID}
	if id.tid == "" {
		return
	}
	keys, err := c.gateway.terminals.find(id.link, id.tid, x.received)
	if err == nil && len(keys.wrapped.WrappedTMK) == 0 { // it may have been entered a moment ago
		if fresh, changed := c.gateway.terminals.renewed(keys, x.received); changed {
			keys = fresh
		}
	}
	if err != nil || len(keys.wrapped.WrappedTMK) == 0 {
		return
	}
	x.verdict = 0
	c.send(x, (&delivery{gateway: c.gateway, x: x, id: id}).attempt)
	x.keys = [chains]orderKey{chainTerminal: logonKey(id.link, id.tid)}
}

// delivery brings a terminal its working keys. Anybody may send a logon, so its keys change only if it has used those it
// got before: until then every logon brings the same ones. So nobody can make it lose the keys under which it trades.
type delivery struct {
	gateway  *Gateway
	x        *exchange
	id       terminalID
	tpk, tak []byte // made once, for all attempts
}

func (d *delivery) attempt(ctx context.Context) (ledger.Outcome, error) {
	keys, err := d.gateway.terminals.reread(ctx, d.id)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return ledger.OutcomeTerminalUnknown, nil
	case err != nil:
		return 0, err
	case keys.pending() && d.block(keys) == nil:
		d.gateway.metrics.keysAgain.Inc()
		return ledger.OutcomeApproved, nil
	}
	return d.change(ctx, keys)
}

// change makes new keys and puts the present ones in the place of those before.
func (d *delivery) change(ctx context.Context, keys *terminalKeys) (ledger.Outcome, error) {
	var err error
	if d.tpk == nil {
		if d.tpk, d.tak, err = d.gateway.keys.NewWorkingKeys(d.id.tid); err != nil {
			return 0, err
		}
	}
	if keys.replaced() { // the present ones were used, and the ledger has not heard of it
		if err := d.gateway.confirm(ctx, keys); err != nil {
			return 0, err
		}
	}
	if err := d.gateway.ledger.SetTerminalKeys(ctx, d.id.link, d.id.tid, d.tpk, d.tak); err != nil {
		return 0, err
	}
	if keys, err = d.gateway.terminals.reread(ctx, d.id); err != nil {
		return 0, err
	}
	d.gateway.metrics.keysMade.Inc()
	return ledger.OutcomeApproved, d.block(keys)
}

// block puts the present keys under the terminal's master key.
func (d *delivery) block(keys *terminalKeys) (err error) {
	w := &keys.wrapped
	d.x.block, err = d.gateway.keys.KeyBlock(d.id.tid, w.WrappedTMK, w.WrappedTPK, w.WrappedTAK)
	return err
}
