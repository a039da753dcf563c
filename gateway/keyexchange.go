package gateway

import (
	"context"
	"errors"
	"sync"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// keyRest is how long after a refused key exchange no other is looked at. A check value has 24 bits: at one guess a second
// a stranger on the line needs half a year to make us take a key that nobody has.
const keyRest = time.Second

// keyExchanges lets the connections of a link exchange keys one at a time.
type keyExchanges struct {
	sync.Mutex
	notBefore time.Time
}

// exchangeKeys takes new working keys of the zone (0800/101, DE48). They are stored before they are answered, so an answer
// says that they hold; the ones of before stay good until the next exchange. The reader waits for it: what comes behind on
// this connection may be under the new keys.
//
// Whatever is wrong leaves the old keys in place and says so. 91 does not say that nothing was stored: where it was after
// all, the switch goes on under the old keys, and those still work.
func (c *conn) exchangeKeys(m *iso.Network) verdict {
	c.link.peer.keys.Lock()
	defer c.link.peer.keys.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), c.gateway.limits.Lookup.Duration)
	defer cancel()
	err := c.takeKeys(ctx, string(m.Text))
	switch {
	case err == nil:
		c.gateway.log.Info("new keys of the zone", "link", c.link.Name)
		return verdictNetwork
	case errors.Is(err, ledger.ErrUnavailable) || errors.Is(err, ledger.ErrIndeterminate) || errors.Is(err, ledger.ErrBusy):
		return verdictUnavailable
	}
	c.logHostile("a key exchange was refused: the old keys stay", "error", err)
	return verdict(ledger.OutcomeKeyRefused)
}

var (
	errKeyHaste = errors.New("it follows a refused one too soon")
	errNoZMK    = errors.New("the link has no master key of its zone (ZMK)")
)

// takeKeys opens keys under the zone's master key, stores them and brings them into use.
func (c *conn) takeKeys(ctx context.Context, text string) error {
	now, turn := time.Now(), &c.link.peer.keys
	if now.Before(turn.notBefore) {
		return errKeyHaste
	}
	card, err := c.gateway.ledger.Link(ctx, c.link.id)
	switch {
	case err != nil:
		return err
	case len(card.WrappedZMK) == 0:
		return errNoZMK
	}
	fresh, err := c.gateway.keys.ReceiveZoneKeys(c.link.Name, card.WrappedZMK, c.link.Switch.single(), text)
	if err != nil {
		turn.notBefore = now.Add(keyRest)
		return err
	}
	return c.keepKeys(ctx, fresh)
}

// keepKeys stores them. The keys before them are the present ones where the switch was seen to use those; else it still
// uses older ones, and those stay.
func (c *conn) keepKeys(ctx context.Context, fresh pin.ZoneKeys) error {
	id, g := zoneID(c.link.id), c.gateway
	if known := g.terminals.remembered(id); known != nil && known.used.Load() {
		if err := g.ledger.ConfirmLinkKeys(ctx, id.link); err != nil {
			return err
		}
	}
	if err := g.ledger.SetLinkKeys(ctx, id.link, fresh.ZPK, fresh.ZAK); err != nil {
		return err
	}
	_, err := g.terminals.reread(ctx, id)
	return err
}

// single is the use of a key that comes alone.
func (s Switch) single() pin.Use {
	if s.ExchangedKey == ExchangedZAK {
		return pin.UseMAC
	}
	return pin.UsePIN
}
