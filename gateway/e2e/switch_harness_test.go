package e2e

import (
	"net"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

const switchTID = "EDC00001"

// switchWorld is a world with a second link, on which a bank's switch speaks of one terminal.
func switchWorld(t *testing.T, change func(*gateway.Link)) *world {
	t.Helper()
	w := newWorld(t, func(c *gateway.Config) {
		l := gateway.DefaultSwitch()
		l.Name, l.Listen, l.PIN = "switch", "127.0.0.1:0", gateway.PINIfPresent
		if change != nil {
			change(&l)
		}
		c.Links = append(c.Links, l)
	})
	w.check(w.operator.AddTerminal(t.Context(), ledger.NewTerminal{Link: "switch", TID: switchTID, MID: testMID}))
	return w
}

// bank is one connection as the switch holds it.
type bank struct {
	*wire
	w       *world
	speaker iso.Switch
	stan    int32
}

func (w *world) bank(sock net.Conn) *bank {
	w.t.Helper()
	w.t.Cleanup(func() { _ = sock.Close() })
	d := w.config.Links[1].Dialect
	codec, err := iso.NewCodec(d)
	w.check(err)
	return &bank{
		wire: &wire{Conn: sock, t: w.t, frames: iso.NewFrameReader(sock, d.Framing()), codec: codec}, w: w,
		speaker: iso.Switch{Acquirer: "503", Forwarder: "503", Channel: "6018", Currency: "360"},
	}
}

// dialSwitch connects and does not sign on.
func (w *world) dialSwitch() *bank {
	w.t.Helper()
	sock, err := net.Dial("tcp", w.gateway.Addr("switch").String())
	w.check(err)
	return w.bank(sock)
}

// signOn connects and signs on.
func (w *world) signOn() *bank {
	w.t.Helper()
	b := w.dialSwitch()
	b.want("sign-on", "00", b.speaker.SignOn(b.next(), time.Now()))
	return b
}

func (b *bank) next() int32 {
	b.stan++
	return b.stan
}

// redeem is a purchase that the switch hands on.
func (b *bank) redeem(c card, amount int64) iso.Outgoing {
	b.t.Helper()
	return b.speaker.Purchase(iso.Forward{
		STAN: b.next(), At: time.Now(), RRN: "632902000001", TID: switchTID, MID: testMID, Card: c.track2, Amount: amount,
	})
}

func (b *bank) reversal(original iso.Outgoing) iso.Outgoing {
	return b.speaker.Reversal(b.next(), time.Now(), original)
}

// today is what the switch's link calls the open day, MMDD; tomorrow is the day after it.
func (w *world) today() (today, tomorrow string) {
	w.t.Helper()
	id, err := w.operator.LinkID(w.t.Context(), "switch")
	w.check(err)
	link, err := w.books.Link(w.t.Context(), id)
	w.check(err)
	day, err := time.Parse(time.DateOnly, link.BusinessDate)
	w.check(err)
	return day.Format("0102"), day.AddDate(0, 0, 1).Format("0102")
}

// zmk gives the link its zone's master key, and returns the bank's side of it.
func (w *world) zmk() *pin.TerminalKey {
	w.t.Helper()
	clear := []byte("zone master key.")
	wrapped, err := w.keys.WrapLinkKey(pin.UseTMK, "switch", clear)
	w.check(err)
	w.check(w.operator.LoadLinkKey(w.t.Context(), "switch", wrapped, "test"))
	key, err := pin.ExpandTerminalKey(pin.UseTMK, clear)
	w.check(err)
	return key
}

// wantBalances fails unless each family has its balance.
func (w *world) wantBalances(want map[card]int64) {
	w.t.Helper()
	for c, balance := range want {
		if got := w.balance(c.family); got != balance {
			w.t.Errorf("family %d has %d, want %d", c.family, got, balance)
		}
	}
}
