package iso

// Answer is a response as a terminal or a switch reads it.
type Answer struct {
	Header                     // MTI is the response's
	Fields           FieldSet  // the data elements that came
	Time             LocalTime // DE13 and DE12; 0 where either is absent
	ResponseCode     string    // DE39
	PAN              PAN       // DE2
	Amount           int64     // DE4, whole rupiah
	HasAmount        bool
	Approval         string // DE38
	Receipt          string // DE48; empty in a network message, whose DE48 may hold a key
	Balance          int64  // the available rupiah balance of DE54, whole rupiah
	HasBalance       bool
	Batch            string // DE60; empty on a switch
	Invoice          string // DE62; empty on a switch, and in a network message, whose DE62 may hold a key
	Code             string // DE70
	TransmissionTime string // DE7
	SettlementDate   string // DE15

	Totals         *Totals           // DE63 of the answer to a settlement; nil where absent
	SettlementCode string            // DE66
	Figures        *Figures          // of the answer to a switch's reconciliation; nil in any other
	Original       *OriginalElements // DE90; nil where absent
	Institution    string            // DE99
	// Key is DE62 of a network message, else its DE48: keys under another key. nil in any other. Points into the body.
	Key Opaque

	// field is Field. It is a function because fmt prints an unexported field without asking its type, and under a verb
	// that does not suit it even what a pointer points to; of a function it knows the address only.
	field func(de int) []byte
}

// DecodeResponse reads one response with the same strictness as Decode; the error is a *DecodeError without a header,
// since an answer is never answered.
//
// Ownership: MAC, MACInput, Key and what Field returns point into body; everything else is the Answer's own.
func (c *Codec) DecodeResponse(body []byte) (*Answer, error) {
	var w wire
	c.layout.walk(body, &w)
	if reason := w.strange(true); reason != "" {
		return nil, &DecodeError{Reason: reason}
	}
	if w.fault.reason == "" {
		w.fault = w.missing(11)
	}
	a := &Answer{Fields: w.set, field: func(de int) []byte { return c.field(body, de) }}
	if w.fault.reason == "" {
		w.fault = a.read(c, &w)
	}
	if w.fault.reason != "" {
		return nil, &DecodeError{Field: w.fault.field, Reason: w.fault.reason}
	}
	return a, nil
}

// Field is a data element's content as it stands on the wire, without its length: packed digits, text or bytes. nil
// where the answer does not have it. It points into the body.
func (a *Answer) Field(de int) []byte { return a.field(de) }

func (c *Codec) field(body []byte, de int) []byte {
	var w wire
	c.layout.walk(body, &w)
	return w.bytes(de)
}

func (a *Answer) read(c *Codec, w *wire) fault {
	a.texts(w)
	if stamp := w.localStamp(); stamp > 0 {
		a.Time = LocalTime(stamp)
	}
	if w.has(2) {
		pan, ok := c.pan(w)
		if !ok {
			return fault{2, ReasonPAN}
		}
		a.PAN = pan
	}
	minor := w.number(4, 0)
	if minor%c.scale != 0 {
		return fault{4, ReasonAmountScale}
	}
	a.Amount, a.HasAmount = minor/c.scale, w.has(4)
	if reason := a.readBalance(string(w.bytes(54)), c.scale); reason != "" {
		return fault{54, reason}
	}
	if reason := walkTLV(w.binary(55), true, func(uint32, []byte) {}); reason != "" {
		return fault{55, reason}
	}
	return a.reconciled(c, w)
}

// reconciled reads the totals of an answer to a settlement or a reconciliation.
func (a *Answer) reconciled(c *Codec, w *wire) fault {
	if w.mti.Class() != MTIReconciliation.Class() {
		return fault{}
	}
	if c.switched() {
		a.Figures = new(Figures)
		return w.figures(a.Figures, c.scale)
	}
	if !w.has(63) {
		return fault{}
	}
	a.Totals = new(Totals)
	return w.totals(a.Totals, c.scale)
}

func (a *Answer) texts(w *wire) {
	t := texts{wire: w}
	w.head(&a.Header, &t)
	t.text(&a.ResponseCode, 39)
	t.text(&a.Approval, 38)
	t.n3(&a.Code, 70)
	t.digits(&a.TransmissionTime, 7)
	t.digits(&a.SettlementDate, 15)
	a.private(w, &t)
	if w.layout.opening.ascii {
		a.switchTexts(w, &t)
	} else {
		t.trimmed(&a.Batch, 60)
	}
	t.settle()
}

// private reads the fields that hold keys in a network message and texts in any other.
func (a *Answer) private(w *wire, t *texts) {
	if w.mti.Class() == MTINetwork.Class() {
		if a.Key = w.bytes(62); a.Key == nil {
			a.Key = w.bytes(48)
		}
		return
	}
	t.text(&a.Receipt, 48)
	if !w.layout.opening.ascii {
		t.trimmed(&a.Invoice, 62)
	}
}

func (a *Answer) switchTexts(w *wire, t *texts) {
	t.digits(&a.SettlementCode, 66)
	t.digits(&a.Institution, 99)
	if w.has(90) {
		a.Original = new(OriginalElements)
		w.original(a.Original, t)
	}
}

// readBalance takes the first available balance in rupiah; DE54 may hold other amounts beside it.
func (a *Answer) readBalance(de54 string, scale int64) string {
	amounts, err := ParseAdditional(de54)
	if err != nil {
		return ReasonAdditionalForm
	}
	for _, x := range amounts {
		if x.AmountType != AmountTypeAvailable || x.Currency != CurrencyRupiah {
			continue
		}
		if x.Amount%scale != 0 {
			return ReasonAmountScale
		}
		a.Balance, a.HasBalance = x.Amount/scale, true
		return ""
	}
	return ""
}
