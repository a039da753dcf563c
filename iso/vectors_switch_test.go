package iso

import (
	"encoding/json"
	"os"
	"testing"
)

// switchVector is one published host-to-host message with its fields as an independent decoder read them.
type switchVector struct {
	Name, ASCII string
	Expected    struct {
		Length      int
		MTI, Bitmap string
		Fields      map[int]string
	}
}

func readSwitchVectors(t *testing.T) map[string]switchVector {
	t.Helper()
	data, err := os.ReadFile("../../shared/vectors/switch_ascii.json")
	if err != nil {
		t.Skip("the published messages are not here")
	}
	var file struct{ Vectors []switchVector }
	if err := json.Unmarshal(data, &file); err != nil || len(file.Vectors) != 3 {
		t.Fatalf("%d published messages, want 3: %v", len(file.Vectors), err)
	}
	byName := map[string]switchVector{}
	for _, v := range file.Vectors {
		byName[v.Name] = v
	}
	return byName
}

func (v switchVector) body(t *testing.T, c *Codec) []byte {
	t.Helper()
	body, rest, err := CutFrame([]byte(v.ASCII), c.framing)
	if err != nil || len(rest) != 0 || len(body) != v.Expected.Length {
		t.Fatalf("%s is not one frame: %v", v.Name, err)
	}
	return body
}

// TestSwitchVectorFields: every published message is cut into its expected fields, to its last byte, and moov agrees.
func TestSwitchVectorFields(t *testing.T) {
	c := mustSwitch(t)
	for name, v := range readSwitchVectors(t) {
		var w wire
		c.layout.walk(v.body(t, c), &w)
		if w.fault.reason != "" || w.mti.String() != v.Expected.MTI || w.showBitmaps() != v.Expected.Bitmap || w.set.Len() != len(v.Expected.Fields) {
			t.Errorf("%s: %+v %s %s %s", name, w.fault, w.mti, w.showBitmaps(), w.set)
		}
		for de, want := range v.Expected.Fields {
			if got := string(w.bytes(de)); got != want {
				t.Errorf("%s: DE%d differs from the published value", name, de)
			}
		}
		if problem := againstMoov(c, &w); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// TestSwitchVectorRequests looks at every typed value of the three.
func TestSwitchVectorRequests(t *testing.T) {
	c, vectors := mustSwitch(t, noLuhn), readSwitchVectors(t)
	echo := decodeBody[*Network](t, c, vectors["h2h_echo"].body(t, c))
	if echo.Code != NetworkEcho || echo.STAN != 51 || echo.TransmissionTime != "0925105308" || echo.Route.TransmissionTime != "0925105308" {
		t.Errorf("%+v", echo)
	}
	// DE3 470040 is a transfer and no redemption: 12.
	transfer := decodeBody[*Unsupported](t, c, vectors["h2h_financial"].body(t, c))
	route := Route{TransmissionTime: "0925105308", Channel: "6010", Acquirer: "503", Forwarder: "503", Currency: "360"}
	if transfer.STAN != 52 || transfer.RRN != "180925000052" || transfer.TID != "11112222" || transfer.Route != route || transfer.MAC != nil {
		t.Errorf("%+v", transfer)
	}
	r := decodeBody[*Reversal](t, c, vectors["h2h_reversal"].body(t, c))
	original := OriginalElements{
		Present: true, MTI: 0x0210, STAN: 52, TransmissionTime: "0925105308", Acquirer: "00000000503", Forwarder: "00000000503",
	}
	if r.STAN != 53 || r.RRN != "180925000052" || r.Original != original || r.Route != route || r.LocalStamp != 925175308 {
		t.Errorf("%+v", r)
	}
	if r.Amount != 1_000_000 || r.Fraction || r.PAN.Masked() != "111122XXXXXX4444" || r.Invoice != "" || r.Batch != "" {
		t.Errorf("%+v", r.Payment)
	}
}

// TestSwitchVectorAnswers: an answer goes back with what the switch finds its message by.
func TestSwitchVectorAnswers(t *testing.T) {
	c, vectors := mustSwitch(t, noLuhn), readSwitchVectors(t)
	for name, fields := range map[string]FieldSet{
		"h2h_echo": Fields(7, 11, 39, 70), "h2h_financial": Fields(3, 7, 11, 18, 32, 33, 37, 39, 41, 49),
		"h2h_reversal": Fields(3, 7, 11, 18, 32, 33, 37, 39, 41, 49),
	} {
		body := vectors[name].body(t, c)
		r, err := c.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		answer := Response{Header: *r.Head(), Fields: fields, ResponseCode: "12"}
		if n, ok := r.(*Network); ok {
			answer.Code = n.Code
		}
		a, err := c.DecodeResponse(mustAnswer(t, c, &answer)[4:])
		if err != nil || a.Fields != fields || a.MTI != r.Head().MTI.Response() {
			t.Fatalf("%s: %+v %v", name, a, err)
		}
		var w wire
		c.layout.walk(body, &w)
		for _, de := range fields.Without(39).Elements() {
			if string(a.Field(de)) != string(w.bytes(de)) {
				t.Errorf("%s: DE%d is not echoed", name, de)
			}
		}
	}
}
