package gateway

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"bpnt/ledger"
)

// lockedBuffer is a log that tests may read while the gateway writes.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// TestNoCardInLogsAndMetrics goes through the ways that log something, with one card, and looks for its digits.
func TestNoCardInLogsAndMetrics(t *testing.T) {
	var log lockedBuffer
	books := newPoster()
	g, err := New(testConfig(impatient),
		Deps{Ledger: books, Keys: keystore(t), Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- g.Serve(t.Context()) }()
	e := dial(t, g)
	e.ask(purchase(1))
	books.set(func() { books.outcome = func(ledger.Request) ledger.Result { return ledger.Result{Outcome: 77} } })
	e.wantSilence(g, purchase(2))
	books.set(func() { books.fail = ledger.ErrRejected })
	e.ask(purchase(3))
	books.set(func() { books.fail = ledger.ErrIndeterminate })
	e.wantSilence(g, purchase(4))
	books.set(func() { books.fail = nil })
	bad := e.frame(purchase(5))
	bad[1]++
	e.send(append(bad, 0xFF))
	e.receive()
	if err := g.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	text := log.String()
	for _, line := range []string{"does not know", "fate=rejected", "fate=unknown", "trailing_bytes", "connection closed"} {
		if !strings.Contains(text, line) {
			t.Errorf("nothing was logged of %q", line)
		}
	}
	pan := purchase(0).PAN
	for _, secret := range []string{string(pan.Digits()), string(pan.Digits()[6:12]), pan.Masked()} {
		if strings.Contains(text, secret) {
			t.Error("digits of the card stand in the log")
		}
	}
}

// TestCardNumberWhereNoneBelongs: a terminal that writes card numbers into its invoices, and calls itself by one, finds
// neither in the books nor in the log.
func TestCardNumberWhereNoneBelongs(t *testing.T) {
	books := newPoster()
	e := dial(t, start(t, testConfig(nil), books, keystore(t)))
	own := string(purchase(0).PAN.Digits())
	for text, want := range map[string]string{
		"KARTU " + own + "=4912": "KARTU 486399XXXXXX1423=XXXX",
		"9999 1200 0000 0018":    "9999 12XX XXXX 0018", // somebody else's
		"INV 000000000036 BERAS": "INV 000000000036 BERAS",
	} {
		o := purchase(int32(len(text)))
		o.Invoice = text
		e.ask(o)
		if posted := books.posted(); posted[len(posted)-1].Invoice != want {
			t.Errorf("an invoice of %d characters went into the books as %q", len(text), posted[len(posted)-1].Invoice)
		}
	}
	var log lockedBuffer
	g, err := New(testConfig(nil), Deps{Ledger: newPoster(), Keys: keystore(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = g.Shutdown(t.Context()) }()
	c := &conn{gateway: g, link: &link{Link: Link{Name: "switch"}}}
	c.logHostile("wrong MAC", "tid", "9999120000000018")
	if text := log.String(); !strings.Contains(text, "tid=999912XXXXXX0018") {
		t.Errorf("the log says %s", text)
	}
}

// TestNoCardNumberInWhatIsLeftToPeople: what cannot be settled names a terminal to people, which may call itself by a card number.
func TestNoCardNumberInWhatIsLeftToPeople(t *testing.T) {
	var log lockedBuffer
	rejecting := newPoster()
	rejecting.fail = ledger.ErrRejected
	g, err := New(testConfig(nil), Deps{Ledger: rejecting, Keys: keystore(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	b := &books{gateway: g}
	if err := b.block(t.Context(), []ledger.Request{{TID: "9999120000000018", STAN: 7}}); err != nil {
		t.Error(err)
	}
	if err := g.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if text := log.String(); !strings.Contains(text, "tid=999912XXXXXX0018") {
		t.Errorf("the log says %s", text)
	}
}
