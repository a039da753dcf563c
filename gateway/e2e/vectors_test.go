package e2e

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"bpnt/gateway"
	"bpnt/iso"
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

// TestPublishedDay sends the published logon, purchase and reversal byte for byte to a gateway with the dialect of that
// host, and wants answers with the published MTI, TPDU and set of fields. DE55 is left out: its issuer script needs
// keys that nobody published. The published reversal is of a purchase of another day, so its original is entered first.
func TestPublishedDay(t *testing.T) {
	vectors := loadPublished(t)
	w := newWorld(t, func(c *gateway.Config) {
		loaded, err := gateway.LoadConfig("../../deploy/links-indonesia.toml")
		if err != nil {
			t.Fatal(err)
		}
		loaded.Links[0].Name, loaded.Links[0].Listen = "edc", "127.0.0.1:0"
		loaded.Limits = c.Limits
		*c = loaded
	})
	w.addOutlet("987013001300001")
	w.addTerminal("98709803", "987013001300001")
	c := w.cardOf(1, "4863990000001423", "2912", testPIN)
	w.disburse()
	e := w.dial()

	for _, story := range []struct{ request, response string }{
		{"log_on_request", ""}, {"sales_request", "sales_response"}, {"sales_reversal_request", "sales_reversal_response"},
	} {
		if story.request == "sales_reversal_request" {
			e.want("the original of the published reversal", "00", publishedOriginal(c))
		}
		a, body := e.exchange(vectors[story.request])
		wantShape(t, vectors, story.response, a, body)
		if a.ResponseCode != "00" {
			t.Errorf("%s: DE39 %s", story.request, a.ResponseCode)
		}
	}
	// 500 rupiah by the purchase; 1,500 by the original, given back by the reversal.
	if got := w.balance(1); got != testGrant-500 {
		t.Errorf("balance %d", got)
	}
	if report := w.audit(); report.Redemptions != 2 || report.Reversals != 1 {
		t.Errorf("%+v", report)
	}
}

// publishedOriginal is the purchase that the published reversal is about: STAN 63, Rp 1,500.
func publishedOriginal(c card) iso.Outgoing {
	who := terminal("98709803")
	who.MID, who.NII, who.TPDU = "987013001300001", "0009", iso.TPDU{0x60, 0, 0x09, 0, 0}
	return who.Purchase(63, c.track2, 1_500, iso.PINBlock{}, "000002")
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

// wantShape compares MTI, TPDU and the set of fields with those of the published answer. There is none for the logon:
// its MTI must be 0810 and its DE39 there.
func wantShape(t *testing.T, vectors map[string]published, name string, a *iso.Answer, body []byte) {
	t.Helper()
	if name == "" {
		if a.MTI.String() != "0810" || !a.Fields.Has(39) {
			t.Errorf("logon: %s with %v", a.MTI, a.Fields)
		}
		return
	}
	want := vectors[name]
	if got := hex.EncodeToString(body[:5]); got != want.Expected.TPDU || a.MTI.String() != want.Expected.MTI {
		t.Errorf("%s: TPDU %s MTI %s, want %s %s", name, got, a.MTI, want.Expected.TPDU, want.Expected.MTI)
	}
	if got := a.Fields.With(55); got != publishedSet(t, want).With(55) {
		t.Errorf("%s: fields %v, want %v (less 55)", name, a.Fields, publishedSet(t, want))
	}
}

// publishedSet reads the set of fields from the published bitmap.
func publishedSet(t *testing.T, v published) iso.FieldSet {
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
