package docs

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// The examples of protocol.md: each is encoded by package iso, and read back by it.

// exampleCard is made up: its number is of a range that no scheme gives out.
const exampleCard = "9999120000000004=49122010000000000000"

type example struct {
	title string
	codec *iso.Codec
	frame []byte
}

// examples are written anew with the other tables: go test ./docs -run Tables -rewrite.
func examples(t *testing.T) string {
	var text strings.Builder
	for _, e := range append(edcExamples(t), switchExamples(t)...) {
		body, _, err := iso.CutFrame(e.frame, e.codec.Dialect().Framing())
		if err != nil {
			t.Fatalf("%s: %v", e.title, err)
		}
		fmt.Fprintf(&text, "**%s**\n\n```\n%s", e.title, wrapped(e))
		text.WriteString("\n")
		if err := iso.Describe(&text, e.codec, body); err != nil {
			t.Fatalf("%s: %v", e.title, err)
		}
		text.WriteString("```\n\n")
		if problem := e.codec.Describe(body).Problem; problem != "" {
			t.Errorf("%s: %s", e.title, problem)
		}
	}
	return text.String()
}

// wrapped is a frame as a vendor would write it down: hex, or text where all of it is text.
func wrapped(e example) string {
	shown, width := strings.ToUpper(hex.EncodeToString(e.frame)), 96
	if e.codec.Dialect().Form == iso.FormSwitch {
		shown = string(e.frame)
	}
	var lines strings.Builder
	for len(shown) > width {
		lines.WriteString(shown[:width] + "\n")
		shown = shown[width:]
	}
	return lines.String() + shown + "\n"
}

func newCodec(t *testing.T, d iso.Dialect) *iso.Codec {
	t.Helper()
	d.CheckLuhn = false
	codec, err := iso.NewCodec(d)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func exampleTrack(t *testing.T) iso.Track2 {
	t.Helper()
	track, err := iso.ParseTrack2(exampleCard)
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func edcExamples(t *testing.T) []example {
	codec, track := newCodec(t, iso.EDC()), exampleTrack(t)
	terminal := iso.Terminal{
		TPDU: iso.TPDU{0x60, 0, 1, 0, 0}, NII: "0001", TID: "60060060", MID: "600600600600600", Batch: "000001", EntryMode: "0051",
	}
	purchase := terminal.Purchase(37, track, 25_000, examplePIN(t, track), "000037")
	signed := terminal
	signed.ComputeMAC = exampleTAK(t).MAC
	void := terminal.Void(38, purchase, "000000000061")
	totals := iso.TotalsOf(iso.Total{Count: 1, Amount: 25_000}, iso.Total{})
	list := []example{}
	for _, m := range []struct {
		title    string
		outgoing iso.Outgoing
	}{
		{"Logon", terminal.Logon(36)},
		{"Purchase of Rp 25,000", purchase},
		{"The same with a MAC", signed.Purchase(37, track, 25_000, examplePIN(t, track), "000037")},
		{"Its reversal", terminal.Reversal(purchase)},
		{"A void of it", void},
		{"The reversal of the void", terminal.VoidReversal(void)},
		{"Settlement: one sale of Rp 25,000", terminal.Settlement(39, totals)},
		{"Upload of the sale, after a 95", terminal.Upload(40, purchase, "000000000061", false)},
		{"Trailer", terminal.Trailer(41, totals)},
	} {
		list = append(list, sent(t, m.title, codec, m.outgoing))
	}
	return append(list, answered(t, codec))
}

// The keys and the PIN of the examples.
const (
	exampleTPKHex = "00112233445566778899AABBCCDDEEFF"
	exampleTAKHex = "0123456789ABCDEFFEDCBA9876543210"
	exampleDigits = "123456"
)

func examplePIN(t *testing.T, track iso.Track2) iso.PINBlock {
	t.Helper()
	key, err := hex.DecodeString(exampleTPKHex)
	if err != nil {
		t.Fatal(err)
	}
	pan := track.PAN()
	block, err := pin.EncryptPINBlock(key, []byte(exampleDigits), pan.Digits())
	if err != nil {
		t.Fatal(err)
	}
	return iso.NewPINBlock(block)
}

func exampleTAK(t *testing.T) *pin.TerminalKey {
	t.Helper()
	key, err := hex.DecodeString(exampleTAKHex)
	if err != nil {
		t.Fatal(err)
	}
	tak, err := pin.ExpandTerminalKey(pin.UseMAC, key)
	if err != nil {
		t.Fatal(err)
	}
	return tak
}

// answered is what a host says to the purchase.
func answered(t *testing.T, codec *iso.Codec) example {
	t.Helper()
	frame, err := codec.Encode(nil, &iso.Response{
		Header: iso.Header{TPDU: iso.TPDU{0x60, 0, 1, 0, 0}, MTI: iso.MTIFinancial, ProcessingCode: iso.ProcessingPurchase, STAN: 37, NII: "0001", TID: "60060060"},
		Fields: iso.Fields(3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 54), Time: 1122094257, ResponseCode: "00", Amount: 25_000,
		HasAmount: true, RRN: "000000000061", Approval: "7KQ2MD", Balance: 85_000, HasBalance: true,
		Receipt: iso.NewReceipt("DISETUJUI - 00").Normal("PEMBELIAN").Bold("JUMLAH Rp 25.000", "SISA SALDO Rp 85.000").Text(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return example{"The answer to the purchase", codec, frame}
}

func switchExamples(t *testing.T) []example {
	d := iso.SwitchDialect()
	d.AmountDecimals = 0
	codec, at := newCodec(t, d), time.Date(2026, 11, 22, 9, 42, 57, 0, time.FixedZone("WIB", 7*60*60))
	bank := iso.Switch{Acquirer: "503", Forwarder: "503", Channel: "6018", Currency: "360", Date: "1122"}
	redemption := bank.Purchase(iso.Forward{
		STAN: 52, At: at, RRN: "261122000052", TID: "11112222", MID: "600600600600600", Card: exampleTrack(t), Amount: 25_000,
	})
	figures := iso.Figures{Debits: iso.Total{Count: 1, Amount: 25_000}, DebitReversals: iso.Total{Count: 1, Amount: 25_000}}
	return []example{
		sent(t, "Sign-on of a switch", codec, bank.SignOn(51, at)),
		sent(t, "A redemption that it forwards", codec, redemption),
		sent(t, "Its reversal, with a STAN of its own", codec, bank.Reversal(53, at, redemption)),
		sent(t, "Cut-over to 23 November", codec, bank.CutOver(54, at, "1123")),
		sent(t, "Reconciliation of 22 November", codec, bank.Reconciliation(55, at, "1122", figures)),
	}
}

func sent(t *testing.T, title string, codec *iso.Codec, o iso.Outgoing) example {
	t.Helper()
	frame, err := codec.EncodeRequest(nil, &o)
	if err != nil {
		t.Fatalf("%s: %v", title, err)
	}
	return example{title, codec, frame}
}
