package iso

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
)

// vector is one published message with its fields as an independent decoder read them.
type vector struct {
	Name     string
	Hex      string
	Expected struct {
		TPDU, MTI, Bitmap string
		Fields            map[int]json.RawMessage
	}
}

// readVectors reads the published Indonesian EDC day, which is others' data and not part of this project.
func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile("../../shared/vectors/pos_hpdh_indonesia.json")
	if err != nil {
		t.Skip("the published messages are not here")
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 20 {
		t.Fatalf("%d published messages, want 20", len(file.Vectors))
	}
	return file.Vectors
}

func (v vector) body(t *testing.T) []byte {
	t.Helper()
	body, rest, err := CutFrame(unhex(t, v.Hex), edcFraming)
	if err != nil || len(rest) != 0 {
		t.Fatalf("%s is not one frame: %v", v.Name, err)
	}
	return body
}

// TestVectorFields: every published message decodes to its expected fields, to its last byte.
func TestVectorFields(t *testing.T) {
	c := mustCodec(t)
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			body := v.body(t)
			var w wire
			c.layout.walk(body, &w)
			if w.fault.reason != "" {
				t.Fatalf("DE%d %s", w.fault.field, w.fault.reason)
			}
			if got := w.tpdu().String() + " " + w.mti.String(); got != v.Expected.TPDU+" "+v.Expected.MTI {
				t.Errorf("TPDU and MTI %s, want %s %s", got, v.Expected.TPDU, v.Expected.MTI)
			}
			if got := c.Describe(body).Bitmap; got != v.Expected.Bitmap {
				t.Errorf("bitmap %s, want %s", got, v.Expected.Bitmap)
			}
			if w.set.Len() != len(v.Expected.Fields) {
				t.Errorf("fields %s, want %d of them", w.set, len(v.Expected.Fields))
			}
			for de, want := range v.Expected.Fields {
				if got := wireValue(c, &w, de); got != expectedValue(t, want) {
					t.Errorf("DE%d differs from the published value", de)
				}
			}
		})
	}
}

// wireValue is a field in the notation of the published file.
func wireValue(c *Codec, w *wire, de int) string {
	content := w.bytes(de)
	switch c.layout.elements[de].form.(type) {
	case textForm:
		return string(content)
	case rawForm:
		if de == 48 || de == 63 {
			return string(content)
		}
		return strings.ToUpper(hex.EncodeToString(content))
	}
	return string(appendNibbles(nil, content))
}

// expectedValue is a string, or the packed form of DE2 and DE35.
func expectedValue(t *testing.T, raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var card struct{ Packed string }
	if err := json.Unmarshal(raw, &card); err != nil {
		t.Fatal(err)
	}
	return card.Packed
}

// TestVectorRequests: every published request becomes the request it is, and every response is refused as one.
func TestVectorRequests(t *testing.T) {
	c := mustCodec(t, noLuhn)
	want := map[string]string{
		"cut_off_request": "Network", "log_on_request": "Network", "key_exchange_request": "Network",
		"sales_request": "Purchase", "sales_reversal_request": "Reversal", "void_reversal_request": "Reversal",
		"void_request": "Void", "settlement_request": "Settlement", "batch_upload_request": "Upload",
		"final_settlement_request": "Settlement",
	}
	for _, v := range readVectors(t) {
		r, err := c.Decode(v.body(t))
		if strings.HasSuffix(v.Name, "_response") {
			refused, ok := err.(*DecodeError)
			if !ok || refused.Reason != ReasonMTIResponse || refused.Header != nil {
				t.Errorf("%s: a response was not refused with silence: %v", v.Name, err)
			}
			continue
		}
		if got := kindName(r); err != nil || got != want[v.Name] {
			t.Errorf("%s: %s %v, want %s", v.Name, got, err, want[v.Name])
		}
	}
}

// kindName is the concrete type of a request, or nothing.
func kindName(r Request) string {
	if r == nil {
		return "nothing"
	}
	return reflect.TypeOf(r).Elem().Name()
}

// TestVectorPurchase looks at every typed value of the published purchase.
func TestVectorPurchase(t *testing.T) {
	for _, v := range readVectors(t) {
		if v.Name != "sales_request" {
			continue
		}
		r, err := mustCodec(t, noLuhn).Decode(v.body(t))
		if err != nil {
			t.Fatal(err)
		}
		p := r.(*Purchase)
		if p.STAN != 36 || p.TID != "60060060" || p.MID != "600600600600600" || p.NII != "0010" || p.ProcessingCode != "000000" {
			t.Errorf("header: %v", p.Header)
		}
		if p.PAN.Masked() != "486399XXXXXX1423" || p.Expiry != "2007" || !p.PIN.Present() || p.EntryMode != "0051" {
			t.Errorf("card: %v", p.Payment)
		}
		if p.Amount != 500 || p.Fraction || p.ChipAmount != 50_000 || p.ATC != 0x02CC || p.LocalStamp != -1 {
			t.Errorf("amounts: %v", p.Payment)
		}
		if p.Batch != "000001" || p.Invoice != "000036" || len(p.MAC) != 8 || len(p.MACInput) != 284-5-8 {
			t.Errorf("batch %q, invoice %q, MAC %v over %v", p.Batch, p.Invoice, p.MAC, p.MACInput)
		}
	}
}

// TestVectorAnswers: every published response is an Answer, and its receipt is one that a printer can print.
func TestVectorAnswers(t *testing.T) {
	c := mustCodec(t)
	for _, v := range readVectors(t) {
		if !strings.HasSuffix(v.Name, "_response") {
			continue
		}
		a, err := c.DecodeResponse(v.body(t))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if len(a.Fields.Elements()) != len(v.Expected.Fields) || string(a.Field(39)) != a.ResponseCode {
			t.Errorf("%s: fields %s", v.Name, a.Fields)
		}
		if a.Receipt != "" {
			if _, err := RenderReceipt(a.Receipt, ReceiptColumnsMin); err != nil {
				t.Errorf("%s: receipt: %v", v.Name, err)
			}
		}
	}
}

// TestVectorResponseShape: with the published set of fields we answer the published purchase in the published form.
func TestVectorResponseShape(t *testing.T) {
	c := mustCodec(t, noLuhn, echoTPDU)
	byName := map[string]vector{}
	for _, v := range readVectors(t) {
		byName[v.Name] = v
	}
	request, err := c.Decode(byName["sales_request"].body(t))
	if err != nil {
		t.Fatal(err)
	}
	r := testResponse(request.(*Purchase))
	r.Fields, r.Batch = Fields(3, 4, 11, 12, 13, 24, 37, 39, 41, 48, 60, 64), request.(*Purchase).Batch
	frame, err := c.Encode(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := c.DecodeResponse(frame[2:])
	if err != nil {
		t.Fatal(err)
	}
	published, err := c.DecodeResponse(byName["sales_response"].body(t))
	if err != nil {
		t.Fatal(err)
	}
	if ours.TPDU != published.TPDU || ours.MTI != published.MTI || ours.Fields != published.Fields.Without(55) {
		t.Errorf("ours %s %s %s, published %s %s %s", ours.TPDU, ours.MTI, ours.Fields, published.TPDU, published.MTI, published.Fields)
	}
	for _, de := range []int{3, 4, 11, 12, 13, 24, 37, 39, 41, 60} {
		if string(ours.Field(de)) != string(published.Field(de)) {
			t.Errorf("DE%d differs from the published answer", de)
		}
	}
}
