package e2e

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
	"bpnt/ledger/localpg/pgtest"
)

// published is a message of ../shared/vectors, which is others' data and stays there.
type published struct {
	Name     string
	Hex      string
	Expected struct {
		TPDU   string
		MTI    string
		Bitmap string
		Fields map[string]any
	}
}

func loadPublished(t *testing.T) map[string]published {
	t.Helper()
	text, err := os.ReadFile("../../../shared/vectors/pos_hpdh_indonesia.json")
	if os.IsNotExist(err) {
		t.Skip("the published messages are not beside the project")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []published }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]published{}
	for _, v := range file.Vectors {
		all[v.Name] = v
	}
	return all
}

// TestPublishedDay sends all ten published requests byte for byte to a gateway with the dialect of that host, and wants
// answers with the published MTI, TPDU, set of fields and DE39. DE55 is left out: its issuer script needs keys that nobody
// published. What the published messages speak of is entered first, under the published numbers: the purchase that is
// reversed, the two that are void, and what else the host's slip counts. The key exchange is answered 40: that key came
// under a zone's master key, which terminals do not have.
func TestPublishedDay(t *testing.T) {
	day := newPublishedDay(t)
	day.play("log_on_request", "", "00")
	day.play("key_exchange_request", "key_exchange_response", "40")
	day.play("cut_off_request", "", "00")
	day.play("sales_request", "sales_response", "00")
	day.enter(40, 63, 1_500)
	day.play("sales_reversal_request", "sales_reversal_response", "00")
	day.enter(61, 61, 5_000)
	voided := day.enter(64, 64, 9_800) // now: a void takes some numbers
	day.play("void_request", "void_response", "00")
	day.want("the void that is undone", "00", day.who.Void(65, voided, "000000000064"))
	day.play("void_reversal_request", "void_reversal_response", "00")

	day.others()
	day.play("settlement_request", "settlement_response", "95")
	day.play("batch_upload_request", "batch_upload_response", "00")
	slip := day.play("final_settlement_request", "final_settlement_response", "00").Receipt
	// As published: TOTAL SALE 005 14.975,00, TOTAL VOID 003 13.600,00, GRAND TOTAL 002 1.375,00.
	for _, line := range []string{"PENJUALAN 005          Rp 14.975", "VOID      003          Rp 13.600", "TOTAL     002           Rp 1.375"} {
		if !strings.Contains(slip, line) {
			t.Errorf("the slip lacks %q:\n%s", line, slip)
		}
	}
	// 1,375 stand in that batch, and in the other terminal's the purchase of 9,800 whose void was reversed.
	day.wantBalance("at the end", day.card, testGrant-1_375-9_800)
	day.wantExceptions("batch_totals", "upload_unknown")
	day.audit()
}

// publishedDay is a world in which the published messages find what they speak of. Its books have one bucket, so that
// the published RRNs are the numbers of messages.
type publishedDay struct {
	*world
	wire    *wire
	vectors map[string]published
	card    card
	who     iso.Terminal // 98709803, of the reversal and the voids
}

func newPublishedDay(t *testing.T) *publishedDay {
	t.Helper()
	day := &publishedDay{vectors: loadPublished(t), who: terminal("98709803")}
	day.who.MID, day.who.NII, day.who.TPDU = "987013001300001", "0009", iso.TPDU{0x60, 0, 0x09, 0, 0}
	day.world = &world{t: t, url: pgtest.CreateDatabase(t), keys: newKeys(t), buckets: 1}
	day.prepare(func(c *gateway.Config) {
		loaded, err := gateway.LoadConfig("../../deploy/links-indonesia.toml")
		day.check(err)
		loaded.Links[0].Name, loaded.Links[0].Listen = "edc", "127.0.0.1:0"
		loaded.Limits = c.Limits
		*c = loaded
	})
	day.addOutlet(day.who.MID)
	day.addTerminal(day.who.TID, day.who.MID)
	day.addTerminal("60060004", testMID)
	day.card = day.cardOf(1, "4863990000001423", "2912", testPIN)
	day.disburse()
	day.start()
	day.wire = day.dial()
	return day
}

func (d *publishedDay) want(what, code string, o iso.Outgoing) { d.wire.want(what, code, o) }

// play sends a published message as it is and compares the answer with the published one.
func (d *publishedDay) play(request, response, code string) *iso.Answer {
	d.t.Helper()
	a, body := d.wire.exchange(d.vectors[request])
	wantShape(d.t, d.vectors, request, response, a, body)
	if a.ResponseCode != code {
		d.t.Errorf("%s: DE39 %s, want %s", request, a.ResponseCode, code)
	}
	return a
}

// enter makes a purchase of terminal 98709803 that gets this number in the books. Numbers may be left out, not go back.
func (d *publishedDay) enter(number, stan int32, amount int64) iso.Outgoing {
	d.t.Helper()
	d.asOwner(fmt.Sprintf("update bpnt.bucket set message_no = greatest(message_no, %d)", number-1))
	o := d.who.Purchase(stan, d.card.track2, amount, iso.PINBlock{}, "000002")
	if a := d.wire.want("a purchase of which a published message speaks", "00", o); a.RRN != fmt.Sprintf("%012d", number) {
		d.t.Errorf("it got the RRN %s, and the published one is %d", a.RRN, number)
	}
	return o
}

// others make the batch of terminal 60060060 what the published slip says: with the published purchase of 500 five, and
// three of them void.
func (d *publishedDay) others() {
	d.t.Helper()
	k := &till{wire: d.wire, w: d.world, who: terminal(testTID), stan: 100}
	k.sell(d.card, 875)
	for _, amount := range []int64{6_000, 4_000, 3_600} {
		k.void("one of the three", "00", k.sell(d.card, amount))
	}
}

// exchange sends a published message as it is.
func (e *wire) exchange(v published) (*iso.Answer, []byte) {
	e.t.Helper()
	frame, err := hex.DecodeString(v.Hex)
	if err != nil {
		e.t.Fatal(err)
	}
	e.send(frame)
	a, body, err := e.receive(10 * time.Second)
	if err != nil {
		e.t.Fatalf("%s: no answer: %v", v.Name, err)
	}
	return a, body
}

// wantShape compares MTI, TPDU and the set of fields with those of the published answer; the dialect repeats the TPDU.
// Where none is published the MTI must be 0810 and its DE39 there.
func wantShape(t testing.TB, vectors map[string]published, request, response string, a *iso.Answer, body []byte) {
	t.Helper()
	if got, want := hex.EncodeToString(body[:5]), vectors[request].Expected.TPDU; got != want {
		t.Errorf("%s: TPDU %s, want %s", request, got, want)
	}
	if response == "" {
		if a.MTI.String() != "0810" || !a.Fields.Has(39) {
			t.Errorf("%s: %s with %v", request, a.MTI, a.Fields)
		}
		return
	}
	want := vectors[response]
	if a.MTI.String() != want.Expected.MTI {
		t.Errorf("%s: MTI %s, want %s", response, a.MTI, want.Expected.MTI)
	}
	if got := a.Fields.With(55); got != publishedSet(t, want).With(55) {
		t.Errorf("%s: fields %v, want %v (less 55)", response, a.Fields, publishedSet(t, want))
	}
}

// publishedSet reads the set of fields from the published bitmap.
func publishedSet(t testing.TB, v published) iso.FieldSet {
	t.Helper()
	bits, err := hex.DecodeString(v.Expected.Bitmap)
	if err != nil {
		t.Fatal(err)
	}
	var set iso.FieldSet
	for de := 2; de <= len(bits)*8; de++ {
		if bits[(de-1)/8]>>(7-(de-1)%8)&1 == 1 {
			set = set.With(de)
		}
	}
	return set
}
