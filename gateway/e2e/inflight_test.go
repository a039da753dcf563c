package e2e

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// A message that is about to be written waits while the test holds this lock: the purchase has read its batch and holds
// its bucket, and has not committed.
const holdMessages = `create function public.wait() returns trigger language plpgsql as
	$$ begin perform pg_advisory_xact_lock_shared(777); return new; end $$;
	create trigger wait before insert on bpnt.message for each statement execute function public.wait();
	create table public.released (n integer)`

// hold keeps messages from being written until the returned function is called.
func (w *world) hold() (release func()) {
	w.t.Helper()
	w.asOwner(`truncate public.released`)
	held := make(chan error, 1)
	go func() {
		_, err := w.exec(`do $$ begin perform pg_advisory_xact_lock(777);
			while not exists (select from public.released) loop perform pg_sleep(0.005); end loop; end $$`)
		held <- err
	}()
	w.untilFigure("the lock", `select count(*) from pg_locks where locktype = 'advisory' and objid = 777 and granted`, 1)
	return func() {
		w.t.Helper()
		w.asOwner(`insert into public.released values (1)`)
		w.check(<-held)
	}
}

const waiting = `select count(*) from pg_locks where locktype = 'advisory' and objid = 777 and not granted`

// TestSettlementWhileAPurchaseIsInFlight: the purchase is in the batch that is closed, be the settlement on the same
// gateway, where it waits in its terminal's chain, or on another, where it waits at the ledger's barrier.
func TestSettlementWhileAPurchaseIsInFlight(t *testing.T) {
	w := newWorld(t, nil)
	c := w.family()
	w.disburse()
	w.asOwner(holdMessages)
	k := w.till(testTID)
	for what, there := range map[string]*till{"over the same gateway": w.till(testTID), "over another": w.another().till(testTID)} {
		release := w.hold()
		k.send(k.frame(k.who.Purchase(k.next(), c.track2, 1_000, block(t, c, testPIN), "000001")))
		w.untilFigure("the purchase to be in flight", waiting, 1)
		k.add(0, 1, 1_000)
		there.send(there.frame(k.who.Settlement(k.next(), k.count)))
		if a, _, err := there.receive(300 * time.Millisecond); err == nil {
			t.Errorf("%s: answered %s while a purchase was in flight", what, a.ResponseCode)
		}
		release()
		if a, _, err := k.receive(10 * time.Second); err != nil || a.ResponseCode != "00" {
			t.Errorf("%s: the purchase: %v", what, err)
		}
		if a, _, err := there.receive(10 * time.Second); err != nil || a.ResponseCode != "00" {
			t.Errorf("%s: the settlement: %v", what, err)
		}
		k.open()
	}
	if n := w.figure(`select count(*) from bpnt.batch where sales = 1`); n != 2 {
		t.Errorf("%d batches have one purchase each", n)
	}
	w.wantExceptions()
	w.audit()
}

// TestUnknownVoidAndSettlement: Postgres freezes with a void in it, and then with a settlement. The terminal hears nothing
// of either; after the thaw, whatever became of them, the void's reversal and the settlement sent again are right.
func TestUnknownVoidAndSettlement(t *testing.T) {
	t.Parallel()
	w, s := ownServer(t, func(c *gateway.Config) {
		c.Links[0].Deadline = gateway.Duration{Duration: 2 * time.Second}
		c.Limits.Attempt = gateway.Duration{Duration: time.Second}
	})
	c := w.family()
	w.disburse()
	k := w.till(testTID)
	sold := k.sell(c, 1_000)
	void := k.who.Void(k.next(), sold.Outgoing, sold.rrn)
	k.unheard(s, "a void", void)
	k.until("reversal of the void", "00", func(int32) string { return k.ask(k.who.VoidReversal(void)).ResponseCode })
	k.want("the void, late", "94", void)
	w.wantBalance("afterwards", c, testGrant-1_000)

	settlement := k.who.Settlement(k.next(), k.count)
	k.unheard(s, "a settlement", settlement)
	k.until("the settlement again", "00", func(int32) string { return k.ask(settlement.Repeat()).ResponseCode })
	if n := w.figure(`select count(*) from bpnt.batch where sales = 1`); n != 1 {
		t.Errorf("%d batches have the purchase", n)
	}
	w.wantExceptions()
	w.audit()
}

// unheard sends a message to a gateway whose Postgres is frozen and wants no answer to it.
func (k *till) unheard(s *server, what string, o iso.Outgoing) {
	k.t.Helper()
	s.signal(syscall.SIGSTOP)
	k.send(k.frame(o))
	if a, _, err := k.receive(4 * time.Second); err == nil {
		k.t.Errorf("%s whose outcome is unknown was answered %s", what, a.ResponseCode)
	}
	s.signal(syscall.SIGCONT)
	k.wire = k.w.dial()
}

// TestGatewayKilledWhileSettling: the batch is closed and not summed when its gateway dies. The terminal asks the next
// gateway the same, and is answered as if nothing had happened.
func TestGatewayKilledWhileSettling(t *testing.T) {
	t.Parallel()
	p, _ := killable(t)
	first, other := p.seeded(0), p.seeded(1)
	first.want("a purchase", "00", first.purchase(1_000))
	first.add(0, 1, 1_000)

	p.asOwner(holdMessages)
	release := p.hold()
	lost := other.purchase(2_000)
	other.send(other.frame(lost))
	p.untilFigure("a purchase that holds its bucket", waiting, 1)
	settlement := first.who.Settlement(first.next(), first.count)
	first.send(first.frame(settlement))
	p.untilFigure("the close to have begun", `select count(*) from bpnt.batch where sales is null`, 1)
	p.killGateway()
	release()

	first.wire, other.wire = p.wire(), p.wire()
	other.want("reversal of the purchase that was in flight", "00", other.who.Reversal(lost))
	answer := first.want("the settlement again", "00", settlement.Repeat())
	if !strings.Contains(answer.Receipt, "PENJUALAN 001") {
		t.Errorf("the slip\n%s", answer.Receipt)
	}
	if n := p.figure(`select count(*) from bpnt.batch where sales = 1`); n != 1 || p.figure(`select count(*) from bpnt.reconciliation`) != 1 {
		t.Errorf("%d batches were closed", n)
	}
	p.wantExceptions()
	p.audit()
}

// seededTill is a terminal of the synthetic area with a card in it.
type seededTill struct {
	*till
	tpk  [16]byte
	card ledger.JakartaCard
}

func (p *process) seeded(i int) *seededTill {
	p.t.Helper()
	area := ledger.Jakarta{Seed: 1, Families: 4000, Outlets: 40} // as killable seeds it
	at := area.Terminal(i)
	k := &seededTill{till: &till{wire: p.wire(), w: p.world, who: terminal(at.TID), count: iso.Totals{N: 2}}, tpk: at.TPK, card: area.Card(i)}
	k.who.MID = at.MID
	return k
}

func (k *seededTill) purchase(amount int64) iso.Outgoing {
	k.t.Helper()
	track, err := iso.ParseTrack2(string(k.card.PAN[:]) + "=" + k.card.Expiry + "1200000000000000")
	k.w.check(err)
	encrypted, err := pin.EncryptPINBlock(k.tpk[:], k.card.PIN[:], k.card.PAN[:])
	k.w.check(err)
	return k.who.Purchase(k.next(), track, amount, iso.NewPINBlock(encrypted), "000001")
}

// wire is a connection to the gateway that is a process of its own.
func (p *process) wire() *wire {
	p.t.Helper()
	sock, err := net.Dial("tcp", p.addr)
	p.check(err)
	p.t.Cleanup(func() { _ = sock.Close() })
	codec, err := iso.NewCodec(gateway.DefaultLink().Dialect)
	p.check(err)
	return &wire{Conn: sock, t: p.t, frames: iso.NewFrameReader(sock, codec.Dialect().Framing()), codec: codec}
}
