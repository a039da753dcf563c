package loadtest

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// TestParseAnswerOfOthers reads the published answers of an Indonesian host.
func TestParseAnswerOfOthers(t *testing.T) {
	want := map[string]answer{
		"sales_response":           {mti: 0x0210, stan: 36, amount: 50_000},
		"sales_reversal_response":  {mti: 0x0410, stan: 63, amount: 150_000},
		"settlement_response":      {mti: 0x0510, stan: 37, amount: -1, code: [2]byte{'9', '5'}},
		"final_settlement_request": {},
		"sales_request":            {},
	}
	for _, v := range publishedDay(t) {
		expected, listed := want[v.Name]
		if !listed {
			continue
		}
		frame, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		a, ok := parseAnswer(frame[2:])
		if expected.mti == 0 {
			if ok {
				t.Errorf("%s: a request was taken for an answer", v.Name)
			}
			continue
		}
		if !ok || a.mti != expected.mti || a.stan != expected.stan || a.amount != expected.amount {
			t.Errorf("%s: got %v mti %04x stan %d amount %d", v.Name, ok, a.mti, a.stan, a.amount)
		}
		if approved := expected.code == [2]byte{}; a.approved() != approved {
			t.Errorf("%s: approved is %v", v.Name, a.approved())
		}
	}
}

type published struct {
	Name string `json:"name"`
	Hex  string `json:"hex"`
}

func publishedDay(t *testing.T) []published {
	t.Helper()
	raw, err := os.ReadFile("../../shared/vectors/pos_hpdh_indonesia.json")
	if err != nil {
		t.Skip("the published messages are not beside the tree")
	}
	var day struct{ Vectors []published }
	if err := json.Unmarshal(raw, &day); err != nil {
		t.Fatal(err)
	}
	return day.Vectors
}

// TestParseAnswerCut cuts an answer at every byte: whatever is missing before DE41's end makes it undecodable.
func TestParseAnswerCut(t *testing.T) {
	fleet := testFleet(t, 1, 1)
	terminal := testTerminal(testConfig(""), &fleet[0])
	frame := terminal.appendFrame(nil, message{mti: mtiPurchase, stan: 7, amount: 500}, &fleet[0].Cards[0])
	whole := answerTo(frame[2:], "00")
	for cut := range len(whole) {
		if _, ok := parseAnswer(whole[:cut]); ok {
			t.Fatalf("an answer of %d bytes cut to %d was accepted", len(whole), cut)
		}
	}
	if a, ok := parseAnswer(whole); !ok || a.stan != 7 || a.amount != 50_000 {
		t.Fatalf("whole answer: %v stan %d amount %d", ok, a.stan, a.amount)
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte("\x60\x00\x00\x00\x01\x02\x10\x30\x20\x00\x00\x02\x80\x00\x00"))
	f.Fuzz(func(t *testing.T, frame []byte) {
		a, ok := parseAnswer(frame)
		if ok && (a.stan < 0 || a.mti&0x10 == 0) {
			t.Fatalf("accepted without being an answer: mti %04x stan %d", a.mti, a.stan)
		}
	})
}
