package gateway

import (
	"errors"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// equipped is a poster whose one terminal has keys of its own, and those keys in clear.
func equipped(t testing.TB, keys *pin.Keystore) (books *poster, tpk, tak *pin.TerminalKey) {
	t.Helper()
	const tid = "60060060"
	fresh := func(use pin.Use) ([]byte, *pin.TerminalKey) {
		wrapped, _, err := keys.NewTerminalKey(use, tid)
		if err != nil {
			t.Fatal(err)
		}
		key, err := keys.OpenTerminalKey(use, tid, wrapped)
		if err != nil {
			t.Fatal(err)
		}
		return wrapped, key
	}
	known := ledger.Terminal{Link: 1, TID: tid}
	known.WrappedTPK, tpk = fresh(pin.UsePIN)
	known.WrappedTAK, tak = fresh(pin.UseMAC)
	books = newPoster()
	books.terminal = func(asked string) (ledger.Terminal, error) {
		if asked != tid {
			return ledger.Terminal{}, ledger.ErrNotFound
		}
		return known, nil
	}
	return books, tpk, tak
}

func signed(o *iso.Outgoing, tak *pin.TerminalKey) *iso.Outgoing {
	o.Fields = requestFields
	o.ComputeMAC = tak.MAC
	return o
}

func TestMACPolicies(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	wrong := func([]byte) [8]byte { return [8]byte{1, 2, 3} }
	for _, c := range []struct {
		policy                      MACPolicy
		none, zeros, right, falsely string
	}{
		{MACOff, "00", "00", "00", "00"},
		{MACAllowZero, "00", "00", "00", "63"},
		{MACRequired, "63", "63", "00", "63"},
	} {
		g := start(t, testConfig(func(conf *Config) { conf.Links[0].MAC = c.policy }), books, keys)
		none, zeros, bad := purchase(1), purchase(2), purchase(3)
		zeros.Fields, bad.Fields, bad.ComputeMAC = requestFields, requestFields, wrong
		for o, want := range map[*iso.Outgoing]string{none: c.none, zeros: c.zeros, signed(purchase(4), tak): c.right, bad: c.falsely} {
			if a := dial(t, g).ask(o); a.ResponseCode != want {
				t.Errorf("policy %s, STAN %d: %s, want %s", c.policy, o.STAN, a.ResponseCode, want)
			}
		}
	}
}

func TestAnswerIsSignedWhereTheRequestWas(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	e := dial(t, start(t, testConfig(nil), books, keys))
	if a := e.ask(signed(purchase(1), tak)); !tak.VerifyMAC(a.MACInput, a.MAC) {
		t.Error("the answer's MAC is wrong")
	}
	if a := e.ask(purchase(2)); !zero(a.MAC) {
		t.Error("the answer to a message without a MAC has one")
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	g := start(t, testConfig(func(c *Config) {
		c.Links[0].MAC, c.Limits.MACFailures, c.Limits.Malformed = MACRequired, 1<<30, 1<<30
	}), books, keys)
	e := dial(t, g)
	golden := e.frame(signed(purchase(1), tak))
	const tpduEnd = 2 + 5
	for bit := tpduEnd * 8; bit < len(golden)*8; bit++ {
		flipped := append([]byte(nil), golden...)
		flipped[bit/8] ^= 1 << (bit % 8)
		e := dial(t, g)
		e.send(flipped)
		_ = e.SetReadDeadline(time.Now().Add(10 * time.Second))
		body, err := e.frames.Next()
		if err != nil {
			continue // closed as garbage
		}
		if a, err := e.codec.DecodeResponse(body); err != nil || a.ResponseCode == "00" && a.MTI != 0x0810 {
			t.Errorf("bit %d: %v", bit, err)
		}
	}
	if n := len(books.posted()); n > 0 {
		t.Errorf("%d forged messages reached the ledger", n)
	}
}

func TestWrongMACsEndTheConnection(t *testing.T) {
	keys := keystore(t)
	books, _, _ := equipped(t, keys)
	g := start(t, testConfig(func(c *Config) { c.Links[0].MAC = MACRequired }), books, keys)
	e := dial(t, g)
	for stan := range int32(2) {
		e.ask(purchase(stan))
	}
	e.send(e.frame(purchase(3)))
	e.wantClosed()
	wantReason(t, g, closeMACFailures, 1)
}

// TestWrongMACOnARepeatIsSilent: 63 says that nothing was debited, and the first copy of a purchase may have been. A
// reversal or an inquiry may always be told.
func TestWrongMACOnARepeatIsSilent(t *testing.T) {
	keys := keystore(t)
	books, _, tak := equipped(t, keys)
	g := start(t, testConfig(func(c *Config) { c.Limits.MACFailures = 1 << 30 }), books, keys)
	e := dial(t, g)
	forged := func(o *iso.Outgoing) *iso.Outgoing {
		o.Fields, o.ComputeMAC = requestFields, func([]byte) [8]byte { return [8]byte{1, 2, 3} }
		return o
	}
	if a := e.ask(forged(purchase(1))); a.ResponseCode != "63" {
		t.Errorf("a first purchase: %s", a.ResponseCode)
	}
	if a := e.ask(forged(purchase(1))); a.ResponseCode != "63" {
		t.Errorf("its copy, after nothing was passed on: %s", a.ResponseCode)
	}
	if a := e.ask(signed(purchase(1), tak)); a.ResponseCode != "00" {
		t.Errorf("signed rightly: %s", a.ResponseCode)
	}
	e.wantSilence(g, forged(purchase(1)))
	e.wantSilence(g, forged(withMTI(purchase(2), 0x0201)))
	if a := e.ask(forged(withMTI(purchase(1), 0x0401))); a.ResponseCode != "63" {
		t.Errorf("a repeated reversal: %s", a.ResponseCode)
	}
	if n := len(books.posted()); n != 1 {
		t.Errorf("%d messages reached the ledger", n)
	}
}

func TestPINPolicies(t *testing.T) {
	keys := keystore(t)
	books, tpk, _ := equipped(t, keys)
	pan := purchase(0).PAN.Digits()
	block, err := tpk.Encrypt([]byte("123456"), pan)
	if err != nil {
		t.Fatal(err)
	}
	value, err := keys.ValueOfPIN([]byte("123456"), pan)
	if err != nil {
		t.Fatal(err)
	}
	good, none, bad, stranger := purchase(1), purchase(2), purchase(3), purchase(4)
	good.PIN, bad.PIN, stranger.PIN = iso.NewPINBlock(block), iso.NewPINBlock([8]byte{1}), iso.NewPINBlock(block)
	stranger.TID = "99999999"
	type want struct {
		required bool
		value    int32
	}
	for policy, wants := range map[PINPolicy][]want{
		PINRequired:  {{true, value}, {true, ledger.PINNone}, {true, ledger.PINFault}, {true, ledger.PINFault}},
		PINIfPresent: {{false, value}, {false, ledger.PINNone}, {false, ledger.PINFault}, {false, ledger.PINFault}},
		PINOff:       {{}, {}, {}, {}},
	} {
		books.set(func() { books.requests = nil })
		e := dial(t, start(t, testConfig(func(c *Config) { c.Links[0].PIN = policy }), books, keys))
		for _, o := range []*iso.Outgoing{good, none, bad, stranger} {
			e.ask(o)
		}
		for i, r := range books.posted() {
			if got := (want{r.PINRequired, r.PINValue}); got != wants[i] {
				t.Errorf("policy %s, message %d: another PIN value than expected (required %v)", policy, i, got.required)
			}
		}
	}
}

func TestKeysNeededWhileTheDatabaseIsAway(t *testing.T) {
	keys := keystore(t)
	books, tpk, _ := equipped(t, keys)
	reachable := books.terminal
	books.terminal = func(string) (ledger.Terminal, error) { return ledger.Terminal{}, errors.New("away") }
	g := start(t, testConfig(func(c *Config) { c.Limits.TerminalFresh = Duration{time.Nanosecond} }), books, keys)
	e := dial(t, g)
	withPIN := func(stan int32) *iso.Outgoing {
		o := purchase(stan)
		block, err := tpk.Encrypt([]byte("123456"), o.PAN.Digits())
		if err != nil {
			t.Fatal(err)
		}
		o.PIN = iso.NewPINBlock(block)
		return o
	}
	if a := e.ask(withPIN(1)); a.ResponseCode != "91" {
		t.Errorf("keys unknown and database away: %s", a.ResponseCode)
	}
	books.terminal = reachable
	e.ask(withPIN(2))
	books.terminal = func(string) (ledger.Terminal, error) { return ledger.Terminal{}, errors.New("away") }
	e.ask(withPIN(3))
	posted := books.posted()
	if len(posted) != 2 || posted[1].PINValue != posted[0].PINValue || posted[1].PINValue <= 0 {
		t.Error("a key that was known is not used while the database is away")
	}
}
