package gateway

import (
	"encoding/hex"
	"encoding/json"
	"net"
	"os"
	"slices"
	"testing"

	"bpnt/ledger"
)

// TestPublishedDialect sends the published Indonesian messages as they were captured and compares the form of our
// answers with that of the published ones: type, TPDU, fields. The books behind are tested with Postgres.
func TestPublishedDialect(t *testing.T) {
	vectors := published(t)
	c, err := LoadConfig("../deploy/links-indonesia.toml")
	if err != nil {
		t.Fatal(err)
	}
	c.Links[0].Listen = "127.0.0.1:0"
	books := newPoster()
	books.outcome = func(r ledger.Request) ledger.Result {
		if r.Kind == ledger.KindReverse {
			return ledger.Result{Outcome: ledger.OutcomeReversed}
		}
		return ledger.Result{Outcome: ledger.OutcomeApproved}
	}
	g := start(t, c, books, keystore(t))
	for _, name := range []string{"sales", "sales_reversal"} {
		sock, err := net.Dial("tcp", g.Addr("edc").String())
		if err != nil {
			t.Fatal(err)
		}
		e := newTerminal(t, sock)
		e.send(vectors[name+"_request"])
		got := e.receive()
		want, err := e.codec.DecodeResponse(vectors[name+"_response"][2:])
		if err != nil {
			t.Fatal(err)
		}
		_ = sock.Close()
		// DE55 of the published 0210 is the issuer's answer to the chip, which only the issuer can make.
		if fields := want.Fields.Without(55); got.MTI != want.MTI || got.TPDU != want.TPDU || got.Fields != fields || got.ResponseCode != want.ResponseCode {
			t.Errorf("%s\ngot  %v %v %v %s\nwant %v %v %v %s", name, got.MTI, got.TPDU, got.Fields, got.ResponseCode, want.MTI, want.TPDU, fields, want.ResponseCode)
		}
	}
	for name, want := range map[string][]int{
		"log_on_request":  {3, 11, 12, 13, 39, 41},
		"cut_off_request": {7, 11, 39, 70},
	} {
		e := dial(t, g)
		e.send(vectors[name])
		if a := e.receive(); a.MTI != 0x0810 || a.ResponseCode != "00" || a.TPDU.String() != "6000098053" || !slices.Equal(a.Fields.Elements(), want) {
			t.Errorf("%s: %v %v %s, fields %v", name, a.MTI, a.TPDU, a.ResponseCode, a.Fields)
		}
	}
}

func published(t *testing.T) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("../../shared/vectors/pos_hpdh_indonesia.json")
	if os.IsNotExist(err) {
		t.Skip("the published messages are not here")
	}
	var file struct {
		Vectors []struct{ Name, Hex string }
	}
	if err != nil || json.Unmarshal(text, &file) != nil {
		t.Fatalf("the published messages cannot be read: %v", err)
	}
	vectors := map[string][]byte{}
	for _, v := range file.Vectors {
		if vectors[v.Name], err = hex.DecodeString(v.Hex); err != nil {
			t.Fatal(err)
		}
	}
	return vectors
}
