package iso

import (
	"slices"
	"testing"
)

// published are the published messages by name, as bodies.
func published(t *testing.T) map[string][]byte {
	bodies := map[string][]byte{}
	for _, v := range readVectors(t) {
		bodies[v.Name] = v.body(t)
	}
	return bodies
}

func decodeBody[T Request](t *testing.T, c *Codec, body []byte) T {
	t.Helper()
	r, err := c.Decode(body)
	typed, ok := r.(T)
	if err != nil || !ok {
		t.Fatalf("%s: %v", kindName(r), err)
	}
	return typed
}

// TestVectorVoid looks at every typed value of the published void and of its reversal.
func TestVectorVoid(t *testing.T) {
	c, vectors := mustCodec(t, noLuhn), published(t)
	v := decodeBody[*Void](t, c, vectors["void_request"])
	if v.STAN != 62 || v.RRN != "000000000061" || v.Amount != 5_000 || v.ChipAmount != 500_000 || v.LocalStamp != 1128101820 || v.Batch != "000001" {
		t.Errorf("%+v", v)
	}
	if v.PAN.Masked() != "486399XXXXXX1423" || v.Expiry != "2007" || v.Invoice != "000001" || v.TID != "98709803" || v.Route != (Route{}) {
		t.Errorf("%+v", v)
	}
	r := decodeBody[*Reversal](t, c, vectors["void_reversal_request"])
	if r.STAN != 65 || r.RRN != "000000000064" || r.ProcessingCode != "020000" || r.Amount != 9_800 || r.Original.Present || r.Batch != "000001" {
		t.Errorf("%+v", r)
	}
}

// TestVectorSettlement looks at the published settlement, its trailer and the upload between them.
func TestVectorSettlement(t *testing.T) {
	c, vectors := mustCodec(t, noLuhn), published(t)
	one := Totals{N: 1, Pairs: [6]Total{{Count: 1, Amount: 500}}}
	for name, trailer := range map[string]bool{"settlement_request": false, "final_settlement_request": true} {
		s := decodeBody[*Settlement](t, c, vectors[name])
		if s.Totals != one || s.Trailer != trailer || s.Batch != "000001" || s.TID != "60060060" || s.MAC != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	u := decodeBody[*Upload](t, c, vectors["batch_upload_request"])
	if u.OriginalMTI != 0x0200 || u.OriginalSTAN != 118 || u.OriginalRRN != "110718000118" || u.RRN != "110718000118" || u.More {
		t.Errorf("%+v", u)
	}
	if u.STAN != 123 || u.Amount != 12_800 || u.PAN.Last4() != "3576" || u.LocalStamp != 711140347 || u.Batch != "" {
		t.Errorf("%+v", u)
	}
	more := slices.Clone(vectors["batch_upload_request"])
	more[slices.Index(more, 0x76)+3] |= 1 // the last digit of DE3, behind the card number
	if u := decodeBody[*Upload](t, c, more); !u.More || u.ProcessingCode != "000001" {
		t.Errorf("%+v", u)
	}
}

// TestVectorTotals reads DE63 and DE48 of the published answers: 95, then 00 with the receipt of a closed batch.
func TestVectorTotals(t *testing.T) {
	c, vectors := mustCodec(t), published(t)
	for name, code := range map[string]string{"settlement_response": "95", "final_settlement_response": "00"} {
		a, err := c.DecodeResponse(vectors[name])
		if err != nil || a.Totals == nil || a.Totals.Pairs[0] != (Total{1, 500}) || a.ResponseCode != code || (a.Receipt != "") != (code == "00") {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
}

// TestVectorSenders: our terminal writes the published messages byte for byte, from their values.
func TestVectorSenders(t *testing.T) {
	c, vectors := mustCodec(t, noLuhn), published(t)
	void := decodeBody[*Void](t, c, vectors["void_request"])
	chip := publishedChip(c, vectors["void_request"])
	terminal := Terminal{TPDU: void.TPDU, NII: void.NII, TID: void.TID, MID: void.MID, Batch: void.Batch, EntryMode: void.EntryMode}
	sale := terminal.Purchase(61, Track2{}, void.Amount, PINBlock{}, void.Invoice)
	sale.PAN, sale.Expiry, sale.Time, sale.Chip = void.PAN, void.Expiry, LocalTime(void.LocalStamp), chip
	undone := decodeBody[*Reversal](t, c, vectors["void_reversal_request"])
	again := terminal.Void(undone.STAN, sale, undone.RRN)
	again.Amount, again.Time, again.Invoice = undone.Amount, LocalTime(undone.LocalStamp), undone.Invoice

	other := Terminal{TPDU: TPDU{0x60, 0, 0x10}, NII: "0010", TID: "60060060", MID: "600600600600600", Batch: "000001"}
	totals := TotalsOf(Total{1, 500}, Total{})
	upload := decodeBody[*Upload](t, c, vectors["batch_upload_request"])
	sent := Outgoing{
		TPDU: upload.TPDU, MTI: MTIFinancial, STAN: 118, NII: "0010", TID: upload.TID, MID: upload.MID, PAN: upload.PAN, ProcessingCode: "000000",
		Amount: upload.Amount, HasAmount: true, EntryMode: "0000", Condition: "00", Time: LocalTime(upload.LocalStamp),
	}
	for name, o := range map[string]Outgoing{
		"void_request": terminal.Void(62, sale, "000000000061"), "void_reversal_request": terminal.VoidReversal(again),
		"settlement_request": other.Settlement(37, totals), "final_settlement_request": other.Trailer(42, totals),
		"batch_upload_request": other.Upload(123, sent, "110718000118", false),
	} {
		if got, want := upperHex(frameBody(t, c, o)), upperHex(vectors[name]); got != want {
			t.Errorf("%s\n got %d bytes\nwant %d bytes", name, len(got)/2, len(want)/2)
		}
	}
}

// publishedChip is DE55 of a published message.
func publishedChip(c *Codec, body []byte) Opaque {
	var w wire
	c.layout.walk(body, &w)
	return w.bytes(55)
}

// TestVectorDayAnswers: with the published sets we answer the published requests with the published fields and the
// values that the two sides share.
func TestVectorDayAnswers(t *testing.T) {
	c, vectors := mustCodec(t, noLuhn, echoTPDU), published(t)
	for request, answer := range map[string]string{
		"void_request": "void_response", "void_reversal_request": "void_reversal_response", "settlement_request": "settlement_response",
		"final_settlement_request": "final_settlement_response", "batch_upload_request": "batch_upload_response",
	} {
		r, err := c.Decode(vectors[request])
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := c.DecodeResponse(vectors[answer])
		if err != nil {
			t.Fatal(err)
		}
		frame, err := c.Encode(nil, likePublished(r, theirs))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := c.DecodeResponse(frame[2:])
		if err != nil || ours.MTI != theirs.MTI || ours.TPDU != theirs.TPDU || ours.Fields != theirs.Fields.Without(55) {
			t.Errorf("%s: ours %s %s, published %s %s, %v", answer, ours.MTI, ours.Fields, theirs.MTI, theirs.Fields, err)
			continue
		}
		for _, de := range ours.Fields.Elements() {
			if string(ours.Field(de)) != string(theirs.Field(de)) {
				t.Errorf("%s: DE%d differs", answer, de)
			}
		}
	}
}

// likePublished answers a request as the published host did; DE55 is the card's business and not ours.
func likePublished(r Request, theirs *Answer) *Response {
	answer := &Response{
		Header: *r.Head(), Fields: theirs.Fields.Without(55), Time: theirs.Time, ResponseCode: theirs.ResponseCode,
		PAN: theirs.PAN, RRN: theirs.RRN, Receipt: theirs.Receipt, Batch: theirs.Batch, Totals: theirs.Totals,
	}
	if p := paymentOf(r); p != nil {
		answer.Amount, answer.HasAmount = p.Amount, true
	}
	return answer
}
