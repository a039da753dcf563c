package iso

// Answer is a response as a terminal reads it.
type Answer struct {
	Header                     // MTI is the response's
	Fields           FieldSet  // the data elements that came
	Time             LocalTime // DE13 and DE12; 0 where either is absent
	ResponseCode     string    // DE39
	PAN              PAN       // DE2
	Amount           int64     // DE4, whole rupiah
	HasAmount        bool
	RRN              string // DE37
	Approval         string // DE38
	Receipt          string // DE48; empty in a network message, whose DE48 may hold a key
	Balance          int64  // the available rupiah balance of DE54, whole rupiah
	HasBalance       bool
	Batch            string // DE60
	Invoice          string // DE62
	Code             string // DE70
	TransmissionTime string // DE7
	SettlementDate   string // DE15

	source *answerSource
}

// answerSource is what Field reads. It stands behind a pointer because fmt prints an unexported field without asking
// its type, and a pointer inside a struct as an address.
type answerSource struct {
	codec *Codec
	body  []byte
}

// DecodeResponse reads one response with the same strictness as Decode; the error is a *DecodeError without a header,
// since an answer is never answered.
//
// Ownership: MAC, MACInput and what Field returns point into body; everything else is the Answer's own.
func (c *Codec) DecodeResponse(body []byte) (*Answer, error) {
	var w wire
	c.layout.walk(body, &w)
	if reason := w.strange(true); reason != "" {
		return nil, &DecodeError{Reason: reason}
	}
	if w.fault.reason == "" {
		w.fault = w.missing(11)
	}
	a := &Answer{source: &answerSource{c, body}, Fields: w.set}
	if w.fault.reason == "" {
		w.fault = a.read(&w)
	}
	if w.fault.reason != "" {
		return nil, &DecodeError{Field: w.fault.field, Reason: w.fault.reason}
	}
	return a, nil
}

// Field is a data element's content as it stands on the wire, without its length: packed digits, text or bytes. nil
// where the answer does not have it. It points into the body.
func (a *Answer) Field(de int) []byte {
	var w wire
	a.source.codec.layout.walk(a.source.body, &w)
	return w.bytes(de)
}

func (a *Answer) read(w *wire) fault {
	a.texts(w)
	if stamp := w.localStamp(); stamp > 0 {
		a.Time = LocalTime(stamp)
	}
	if w.has(2) {
		pan, ok := a.source.codec.dialect.panForm().unpack(w.bytes(2), int(w.spans[2].chars))
		if !ok {
			return fault{2, ReasonPAN}
		}
		a.PAN = pan
	}
	minor := w.number(4, 0)
	if minor%a.source.codec.scale != 0 {
		return fault{4, ReasonAmountScale}
	}
	a.Amount, a.HasAmount = minor/a.source.codec.scale, w.has(4)
	if reason := a.readBalance(string(w.bytes(54))); reason != "" {
		return fault{54, reason}
	}
	if reason := walkTLV(w.bytes(55), true, func(uint32, []byte) {}); reason != "" {
		return fault{55, reason}
	}
	return fault{}
}

func (a *Answer) texts(w *wire) {
	var t texts
	w.head(&a.Header, &t)
	t.text(&a.ResponseCode, w.bytes(39))
	t.text(&a.RRN, w.bytes(37))
	t.text(&a.Approval, w.bytes(38))
	if w.mti().Class() != MTINetwork.Class() {
		t.text(&a.Receipt, w.bytes(48))
	}
	t.trimmed(&a.Batch, w.bytes(60))
	t.trimmed(&a.Invoice, w.bytes(62))
	t.digits(&a.Code, w.bytes(70))
	t.digits(&a.TransmissionTime, w.bytes(7))
	t.digits(&a.SettlementDate, w.bytes(15))
	t.settle()
}

// readBalance takes the first available balance in rupiah; DE54 may hold other amounts beside it.
func (a *Answer) readBalance(de54 string) string {
	amounts, err := ParseAdditional(de54)
	if err != nil {
		return ReasonAdditionalForm
	}
	for _, x := range amounts {
		if x.AmountType != AmountTypeAvailable || x.Currency != CurrencyRupiah {
			continue
		}
		if x.Amount%a.source.codec.scale != 0 {
			return ReasonAmountScale
		}
		a.Balance, a.HasBalance = x.Amount/a.source.codec.scale, true
		return ""
	}
	return ""
}
