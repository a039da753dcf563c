package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/gateway/pin"
	"bpnt/iso"
)

// TestPurchasesRaceSettlement: each round sends a purchase over one gateway and, at the same moment, the settlement of its
// terminal over another, so that nothing but the ledger decides which of them is first. The terminal names the totals
// without the racing purchase: 00 says that it is in the next batch, 95 that it is in this one. Every purchase must be in
// exactly one batch, and what the terminal concludes from its answers must be what the books say.
func TestPurchasesRaceSettlement(t *testing.T) {
	const tills = 8
	rounds := shortly(t, 10_000, 400)
	w := newWorld(t, nil)
	cards := make([]card, tills)
	for i := range cards {
		cards[i] = w.family()
		w.addTerminal(fmt.Sprintf("RACE%04d", i), testMID)
	}
	w.disburse()
	second := w.another()
	var wait sync.WaitGroup
	var mu sync.Mutex
	inside, behind := 0, 0
	for i, c := range cards {
		here, there := w.till(fmt.Sprintf("RACE%04d", i)), second.till(fmt.Sprintf("RACE%04d", i))
		wait.Go(func() {
			for range rounds / tills {
				before := here.race(there, c)
				mu.Lock()
				inside, behind = inside+before, behind+1-before
				mu.Unlock()
			}
			here.settle("the last batch", "00")
		})
	}
	wait.Wait()
	if inside == 0 || behind == 0 {
		t.Errorf("they did not race: %d purchases came before the settlement, %d behind it", inside, behind)
	}
	all := int64(rounds / tills * tills)
	if n := w.figure(`select count(*) from bpnt.message where class = 'R' and outcome = 1 and batch is not null`); n != all {
		t.Errorf("%d purchases of %d are in a batch", n, all)
	}
	if n := w.figure(`select sum(sales) from bpnt.batch`); n != all {
		t.Errorf("the batches have %d purchases, and %d were made", n, all)
	}
	if report := w.audit(); report.Redemptions != all {
		t.Errorf("%+v", report)
	}
	t.Logf("%d rounds: %d purchases came before the settlement, %d behind it", all, inside, behind)
}

// race is one round. It returns 1 where the purchase came before the settlement.
func (k *till) race(there *till, c card) int {
	k.t.Helper()
	purchase := k.who.Purchase(k.next(), c.track2, 10, block(k.t, c, testPIN), "000001")
	settlement := k.who.Settlement(k.next(), k.count)
	if head := rand.IntN(4); head == 0 {
		k.send(k.frame(purchase))
		there.send(there.frame(settlement))
	} else { // the way to the ledger is longer for a settlement: it gets a head start of some round trips
		there.send(there.frame(settlement))
		for range head {
			k.ask(k.who.Network(k.stan, "0301", 1125094257))
		}
		k.send(k.frame(purchase))
	}
	closed, _, err := there.receive(25 * time.Second)
	if err != nil {
		k.t.Fatalf("the settlement was not answered: %v", err)
	}
	if sold, _, err := k.receive(25 * time.Second); err != nil || sold.ResponseCode != "00" {
		k.t.Fatalf("the purchase: %v", err)
	}
	switch closed.ResponseCode {
	case "00":
		k.open()
		k.add(0, 1, 10)
		return 0
	case "95":
		k.want("the trailer", "00", k.who.Trailer(k.next(), k.count))
		k.open()
		return 1
	}
	k.t.Fatalf("the settlement was answered %s", closed.ResponseCode)
	return 0
}

// TestKeysRotateUnderLoad: terminals trade, some of them over two gateways in turn, and log on for new keys all the time;
// none of their messages is refused for want of a key, and the keys do change.
func TestKeysRotateUnderLoad(t *testing.T) {
	const tills = 6
	rounds := shortly(t, 60, 12)
	w := newWorld(t, func(c *gateway.Config) {
		c.Links[0].MAC = gateway.MACRequired
	})
	cards := make([]card, tills)
	terminals := make([]*keyed, tills)
	for i := range cards {
		cards[i] = w.family()
		terminals[i] = w.keyed(fmt.Sprintf("KEYS%04d", i))
	}
	w.disburse()
	second := w.another()
	var wait sync.WaitGroup
	for i, k := range terminals {
		over := []*wire{w.dial(), second.dial()}
		wait.Go(func() {
			stan := int32(0)
			for round := range rounds {
				for range 3 {
					stan++
					k.want(over[(round+i)%2], cards[i], stan)
				}
				lost := round%3 == 0 // the answer is lost: the terminal goes on under the keys that it has
				k.logon(over[round/2%2], lost)
			}
		})
	}
	wait.Wait()
	for _, k := range terminals {
		if k.changes < rounds/3 {
			t.Errorf("%s got new keys %d times in %d logons", k.who.TID, k.changes, rounds)
		}
	}
	if report := w.audit(); report.Redemptions != int64(tills*rounds*3) {
		t.Errorf("%d purchases were approved", report.Redemptions)
	}
}

// keyed is a terminal with a master key, and the working keys that it has now.
type keyed struct {
	who      iso.Terminal
	tmk      *pin.TerminalKey
	tpk, tak *pin.TerminalKey
	changes  int
}

func (w *world) keyed(tid string) *keyed {
	w.t.Helper()
	w.addTerminal(tid, testMID)
	wrapped, clear, err := w.keys.NewTerminalKey(pin.UseTMK, tid)
	w.check(err)
	w.check(w.operator.LoadTerminalMasterKey(context.Background(), "edc", tid, wrapped, "test"))
	k := &keyed{who: terminal(tid)}
	k.tmk, err = pin.ExpandTerminalKey(pin.UseTMK, clear)
	w.check(err)
	k.tpk, err = pin.ExpandTerminalKey(pin.UsePIN, clearTPK)
	w.check(err)
	k.tak, err = pin.ExpandTerminalKey(pin.UseMAC, clearTPK)
	w.check(err)
	return k
}

// want makes a purchase under the keys of now.
func (k *keyed) want(e *wire, c card, stan int32) {
	e.t.Helper()
	pan := c.track2.PAN()
	encrypted, err := k.tpk.Encrypt([]byte(testPIN), pan.Digits())
	if err != nil {
		e.t.Fatal(err)
	}
	k.who.ComputeMAC = k.tak.MAC
	a := e.want("purchase", "00", k.who.Purchase(stan, c.track2, 10, iso.NewPINBlock(encrypted), "000001"))
	if !k.tak.VerifyMAC(a.MACInput, a.MAC) {
		e.t.Error("the answer is signed with another key")
	}
}

func (k *keyed) logon(e *wire, lost bool) {
	e.t.Helper()
	a := e.want("logon", "00", k.who.Logon(999))
	tpk, tak, err := k.tmk.OpenKeyBlock(string(a.Key))
	if err != nil {
		e.t.Fatal(err)
	}
	if lost {
		return
	}
	if tak.KCV() != k.tak.KCV() {
		k.changes++
	}
	k.tpk, k.tak = tpk, tak
}
