package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// mastered is a poster whose terminal 60060060 has a master key, and that key as the terminal holds it. Its first working
// keys are those of equipped.
func mastered(t *testing.T, keys *pin.Keystore) (books *poster, old keyPair, tmk *pin.TerminalKey) {
	t.Helper()
	books, old.tpk, old.tak = equipped(t, keys)
	known, err := books.terminal("60060060")
	if err != nil {
		t.Fatal(err)
	}
	wrapped, clear, err := keys.NewTerminalKey(pin.UseTMK, known.TID)
	if err != nil {
		t.Fatal(err)
	}
	if tmk, err = pin.ExpandTerminalKey(pin.UseTMK, clear); err != nil {
		t.Fatal(err)
	}
	known.WrappedTMK = wrapped
	books.keys = known
	return books, old, tmk
}

// logon sends 0800 920000 and opens the keys that come back.
func (e *terminal) logon(tmk *pin.TerminalKey) (tpk, tak *pin.TerminalKey) {
	e.t.Helper()
	o := speaker("60060060").Logon(41)
	a := e.ask(&o)
	if a.MTI != 0x0810 || a.ResponseCode != "00" {
		e.t.Fatalf("logon: %v %s", a.MTI, a.ResponseCode)
	}
	tpk, tak, err := tmk.OpenKeyBlock(string(a.Key))
	if err != nil {
		e.t.Fatal(err)
	}
	return tpk, tak
}

func (e *terminal) wantSigned(what, code string, stan int32, tak *pin.TerminalKey) {
	e.t.Helper()
	a := e.ask(signed(purchase(stan), tak))
	if a.ResponseCode != code || code == "00" && !tak.VerifyMAC(a.MACInput, a.MAC) {
		e.t.Errorf("%s: DE39 %s, want %s under the same key", what, a.ResponseCode, code)
	}
}

// TestLogonBringsKeys: the old ones stay good until one of the new ones was used; until then every logon brings the same.
func TestLogonBringsKeys(t *testing.T) {
	keys := keystore(t)
	books, old, tmk := mastered(t, keys)
	g := start(t, testConfig(func(c *Config) { c.Links[0].MAC = MACRequired }), books, keys)
	e := dial(t, g)
	e.wantSigned("before the logon", "00", 1, old.tak)
	_, first := e.logon(tmk)
	e.wantSigned("under the old key, the new one not used yet", "00", 2, old.tak)
	if _, again := e.logon(tmk); again.KCV() != first.KCV() {
		t.Error("a second logon brought other keys, though the first were not used")
	}
	e.wantSigned("under the new key", "00", 3, first)
	e.wantSigned("under the old key, the new one used", "63", 4, old.tak)
	_, second := e.logon(tmk)
	if second.KCV() == first.KCV() {
		t.Error("keys that were used are not replaced")
	}
	e.wantSigned("under the keys before the newest", "00", 5, first)
	if n, again := figure(t, g, `bpnt_key_blocks_total{keys="new"}`), figure(t, g, `bpnt_key_blocks_total{keys="again"}`); n != 2 || again != 1 {
		t.Errorf("%v new key blocks and %v again", n, again)
	}
}

// TestLedgerHearsOfKeysInUse: then a gateway that is started anew does not take the old ones either.
func TestLedgerHearsOfKeysInUse(t *testing.T) {
	keys := keystore(t)
	books, old, tmk := mastered(t, keys)
	config := testConfig(func(c *Config) { c.Links[0].MAC = MACRequired })
	e := dial(t, start(t, config, books, keys))
	_, fresh := e.logon(tmk)
	e.wantSigned("under the new key", "00", 1, fresh)
	waitFor(t, "the ledger to hear of it", func() bool {
		books.mu.Lock()
		defer books.mu.Unlock()
		return books.keys.WrappedTAKBefore == nil
	})
	e = dial(t, start(t, config, books, keys))
	e.wantSigned("under the old key, at another gateway", "63", 2, old.tak)
	e.wantSigned("under the new key, at another gateway", "00", 3, fresh)
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 5_000 {
		if done() {
			return
		}
		<-tick.C
	}
	t.Errorf("waited in vain for %s", what)
}

// TestKeysOfAnotherGateway: a terminal that logged on over another gateway is known here by its new keys at once. A
// stranger's MACs make this gateway ask once and not again for a while.
func TestKeysOfAnotherGateway(t *testing.T) {
	keys := keystore(t)
	books, old, tmk := mastered(t, keys)
	counted := &lookups{poster: books}
	config := testConfig(func(c *Config) {
		c.Links[0].MAC, c.Limits.MACFailures, c.Limits.TerminalAbsent = MACRequired, 100, Duration{time.Hour}
	})
	here, there := dial(t, start(t, config, counted, keys)), dial(t, start(t, config, books, keys))
	here.wantSigned("before", "00", 1, old.tak)
	_, fresh := there.logon(tmk)
	here.wantSigned("under keys that this gateway never saw", "00", 2, fresh)
	asked := counted.n.Load()
	stranger, err := pin.ExpandTerminalKey(pin.UseMAC, make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	for stan := range int32(10) {
		here.wantSigned("under a stranger's key", "63", 100+stan, stranger)
	}
	if more := counted.n.Load() - asked; more > 2 { // the first look finds that the old keys are gone, the second nothing
		t.Errorf("a stranger made the gateway ask %d times", more)
	}
}

// lookups counts how often the ledger is asked for a terminal.
type lookups struct {
	*poster
	n atomic.Int32
}

func (l *lookups) Terminal(ctx context.Context, link int16, tid string) (ledger.Terminal, error) {
	l.n.Add(1)
	return l.poster.Terminal(ctx, link, tid)
}

// TestPINUnderOldAndNewKeys: a block is opened with the key that goes with the message's MAC; without one, with the new
// or the old.
func TestPINUnderOldAndNewKeys(t *testing.T) {
	keys := keystore(t)
	books, old, tmk := mastered(t, keys)
	e := dial(t, start(t, testConfig(nil), books, keys))
	newTPK, newTAK := e.logon(tmk)
	for i, c := range []struct {
		what     string
		tpk, tak *pin.TerminalKey
		fault    bool
	}{
		{"old PIN key, no MAC", old.tpk, nil, false},
		{"old keys", old.tpk, old.tak, false},
		{"new PIN key, old MAC key", newTPK, old.tak, true},
		{"new PIN key, no MAC", newTPK, nil, false},
		{"old PIN key, no MAC, the new one used", old.tpk, nil, true},
		{"new keys", newTPK, newTAK, false},
		{"old PIN key, new MAC key", old.tpk, newTAK, true},
	} {
		o := purchase(int32(i))
		block, err := c.tpk.Encrypt([]byte("123456"), []byte("4863990000001423"))
		if err != nil {
			t.Fatal(err)
		}
		o.PIN = iso.NewPINBlock(block)
		if c.tak != nil {
			signed(o, c.tak)
		}
		e.ask(o)
		posted := books.posted()
		if fault := posted[len(posted)-1].PINValue == ledger.PINFault; fault != c.fault || len(posted) != i+1 {
			t.Errorf("%s: a fault: %v", c.what, fault)
		}
	}
}

// TestLogonWithoutKeys: a terminal without a master key, an unknown one and one that the ledger cannot be asked for are
// told that the line works, and get no keys. A key exchange without a master key is a function that we do not have.
func TestLogonWithoutKeys(t *testing.T) {
	keys := keystore(t)
	books, _, _ := equipped(t, keys)
	g := start(t, testConfig(nil), books, keys)
	e := dial(t, g)
	for _, tid := range []string{"60060060", "UNKNOWN1"} {
		logon, exchange := speaker(tid).Logon(1), speaker(tid).KeyRequest(2, 1125094257)
		if a := e.ask(&logon); a.ResponseCode != "00" || a.Key != nil {
			t.Errorf("%s: logon %s", tid, a.ResponseCode)
		}
		if a := e.ask(&exchange); a.ResponseCode != "40" || a.Key != nil {
			t.Errorf("%s: key exchange %s", tid, a.ResponseCode)
		}
	}
	books.terminal = func(string) (ledger.Terminal, error) { return ledger.Terminal{}, ledger.ErrUnavailable }
	away := speaker("AWAY0001").Logon(3)
	if a := e.ask(&away); a.ResponseCode != "00" || a.Key != nil {
		t.Errorf("while the ledger is away: %s", a.ResponseCode)
	}
}

// TestMasterKeyEnteredMeanwhile: a terminal that the gateway knew without a master key gets its keys at the next logon.
func TestMasterKeyEnteredMeanwhile(t *testing.T) {
	keys := keystore(t)
	books, old, tmk := mastered(t, keys)
	with := books.keys
	books.keys.WrappedTMK = nil
	e := dial(t, start(t, testConfig(nil), books, keys))
	e.wantSigned("before", "00", 1, old.tak)
	books.mu.Lock()
	books.keys = with
	books.mu.Unlock()
	e.logon(tmk)
}

// TestKeyExchangeByDE70 brings the same block in DE48.
func TestKeyExchangeByDE70(t *testing.T) {
	keys := keystore(t)
	books, _, tmk := mastered(t, keys)
	e := dial(t, start(t, testConfig(nil), books, keys))
	o := speaker("60060060").KeyRequest(7, 1125094257)
	a := e.ask(&o)
	if a.ResponseCode != "00" || !a.Fields.Has(48) || a.Code != "0101" || a.TransmissionTime != "1125094257" {
		t.Fatalf("answer %s, fields %v", a.ResponseCode, a.Fields)
	}
	if _, _, err := tmk.OpenKeyBlock(string(a.Key)); err != nil {
		t.Error(err)
	}
}

// TestKeysThatCouldNotBeStored are not sent: 91 where nothing was stored, and the old ones go on.
func TestKeysThatCouldNotBeStored(t *testing.T) {
	keys := keystore(t)
	books, old, _ := mastered(t, keys)
	g := start(t, testConfig(func(c *Config) {
		impatient(c)
		c.Links[0].MAC = MACRequired
	}), unstorable{books}, keys)
	e := dial(t, g)
	o := speaker("60060060").Logon(1)
	if a := e.ask(&o); a.ResponseCode != "91" || a.Key != nil {
		t.Errorf("logon: %s", a.ResponseCode)
	}
	e.wantSigned("under the old key", "00", 2, old.tak)
}

type unstorable struct{ *poster }

func (unstorable) SetTerminalKeys(context.Context, int16, string, []byte, []byte) error {
	return errors.Join(ledger.ErrUnavailable, errors.New("away"))
}

// TestNoPaymentWaitsForLogons: a stranger's logons in a terminal's name, which nothing can tell from its own, do not keep
// it from selling, however long they take.
func TestNoPaymentWaitsForLogons(t *testing.T) {
	keys := keystore(t)
	books, old, _ := mastered(t, keys)
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	slow := slowKeys{books, held}
	g := start(t, testConfig(func(c *Config) { c.Links[0].MAC = MACRequired }), slow, keys)
	t.Cleanup(release)
	stranger := dial(t, g)
	for stan := range int32(10) {
		o := speaker("60060060").Logon(stan)
		stranger.send(stranger.frame(&o))
	}
	waitFor(t, "the first logon to be at work", func() bool { return g.gate.len() > 0 })
	dial(t, g).wantSigned("a sale behind ten logons", "00", 1, old.tak)
	release()
	for range 10 {
		stranger.receive()
	}
}

type slowKeys struct {
	*poster
	held chan struct{}
}

func (s slowKeys) SetTerminalKeys(ctx context.Context, link int16, tid string, tpk, tak []byte) error {
	<-s.held
	return s.poster.SetTerminalKeys(ctx, link, tid, tpk, tak)
}
