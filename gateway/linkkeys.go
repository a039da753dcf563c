package gateway

import (
	"context"

	"bpnt/ledger"
)

// The working keys of a switch's zone, ZPK and ZAK, stand among those of terminals: under the link's number and no TID. They
// are read, believed, replaced and tried in the same way, and take the place of every terminal's of that link.

// zoneID is whose keys a switch's zone has.
func zoneID(link int16) terminalID { return terminalID{link: link} }

func (id terminalID) ofZone() bool { return id.tid == "" }

// keyOwner is under whose keys the message's MAC and PIN block are.
func (x *exchange) keyOwner() terminalID {
	if x.conn.link.peer != nil {
		return zoneID(x.conn.link.id)
	}
	return terminalID{x.conn.link.id, x.head.TID}
}

// lookUp asks the ledger for the keys of a terminal, or of a zone in a terminal's form: the link's name is what they are
// wrapped for.
func (t *terminals) lookUp(ctx context.Context, id terminalID) (ledger.Terminal, error) {
	if !id.ofZone() {
		return t.ledger.Terminal(ctx, id.link, id.tid)
	}
	card, err := t.ledger.Link(ctx, id.link)
	return ledger.Terminal{
		Link: id.link, TID: card.Name, WrappedTPK: card.WrappedZPK, WrappedTAK: card.WrappedZAK,
		WrappedTPKBefore: card.WrappedZPKBefore, WrappedTAKBefore: card.WrappedZAKBefore,
	}, err
}
