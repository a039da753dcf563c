package iso

// Decode reads one request. body is a frame without its length: TPDU, then message. The error is a *DecodeError.
//
// Ownership: what Decode returns holds its own memory, except the Opaque values: Header.MAC, Header.MACInput (also in a
// DecodeError's Header) and Network.Text point into body and are valid as long as body is.
func (c *Codec) Decode(body []byte) (Request, error) {
	var w wire
	c.layout.walk(body, &w)
	if reason := w.strange(false); reason != "" {
		return nil, &DecodeError{Reason: reason}
	}
	if w.fault.reason != "" {
		return nil, w.refuse(w.fault)
	}
	r, f := c.request(&w)
	if f.reason != "" {
		return nil, w.refuse(f)
	}
	return r, nil
}

// strange names why the body cannot be spoken to at all: no message, another protocol, or the wrong direction.
func (w *wire) strange(wantAnswer bool) string {
	switch {
	case len(w.body) < FrameBytesMin:
		return ReasonShort
	case !w.mti().digits() || w.mti().Version() != 0:
		return ReasonMTIForm
	case w.mti().IsResponse() != wantAnswer:
		return ReasonMTIResponse
	}
	return ""
}

// refuse makes the error, with a header where an answer would find its way: the answer must repeat STAN and terminal.
// A network message may come without a terminal.
func (w *wire) refuse(f fault) *DecodeError {
	e := &DecodeError{Field: f.field, Reason: f.reason}
	if w.has(11) && (w.has(41) || w.mti().Class() == 8 && !w.named.Has(41)) {
		var t texts
		e.Header = new(Header)
		w.head(e.Header, &t)
		t.settle()
	}
	return e
}

// request sorts a message by type and processing code.
func (c *Codec) request(w *wire) (Request, fault) {
	switch w.mti().Original() {
	case MTIFinancial, MTIAuthorization:
		return c.financial(w)
	case MTIReversal:
		return c.reversal(w)
	case MTINetwork:
		return c.network(w)
	}
	return c.unsupported(w)
}

// financial tells a redemption from an inquiry by the first two digits of DE3. A redemption is 00, for food, or 01, in
// cash; they differ in what a programme allows, and in nothing on the wire. An inquiry may come as 30 (NSICCS issuer) or
// 31 (terminals), in a financial or an authorization message.
func (c *Codec) financial(w *wire) (Request, fault) {
	if f := w.missing(3); f.reason != "" {
		return nil, f
	}
	switch kind := w.bytes(3)[0]; {
	case (kind == 0x00 || kind == 0x01) && w.mti().Original() == MTIFinancial:
		return c.purchase(w)
	case kind == 0x30 || kind == 0x31:
		return c.inquiry(w)
	}
	return c.unsupported(w)
}

func (c *Codec) purchase(w *wire) (Request, fault) {
	if f := w.missing(4, 11, 41); f.reason != "" {
		return nil, f
	}
	r := new(Purchase)
	f := c.payment(w, &r.Header, &r.Payment, c.dialect.CheckLuhn)
	r.PIN = w.pinBlock()
	return r, f
}

func (c *Codec) inquiry(w *wire) (Request, fault) {
	if f := w.missing(11, 41); f.reason != "" {
		return nil, f
	}
	r := new(Inquiry)
	f := c.payment(w, &r.Header, &r.Payment, c.dialect.CheckLuhn)
	r.PIN = w.pinBlock()
	return r, f
}

// reversal takes any processing code. It does not check the Luhn digit: a reversal is heard all the same, or the
// terminal would repeat it for ever.
func (c *Codec) reversal(w *wire) (Request, fault) {
	if f := w.missing(3, 4, 11, 41); f.reason != "" {
		return nil, f
	}
	r := new(Reversal)
	f := c.payment(w, &r.Header, &r.Payment, false)
	return r, f
}

func (c *Codec) network(w *wire) (Request, fault) {
	if f := w.missing(11); f.reason != "" {
		return nil, f
	}
	if f := w.missing(3); f.reason != "" && !w.has(70) {
		return nil, f
	}
	r := &Network{Text: w.bytes(48)}
	var t texts
	w.head(&r.Header, &t)
	t.digits(&r.Code, w.bytes(70))
	t.digits(&r.TransmissionTime, w.bytes(7))
	t.digits(&r.SettlementDate, w.bytes(15))
	t.settle()
	return r, fault{}
}

func (c *Codec) unsupported(w *wire) (Request, fault) {
	if f := w.missing(11); f.reason != "" {
		return nil, f
	}
	if f := w.missing(41); f.reason != "" && w.mti().Class() != 8 {
		return nil, f
	}
	r := new(Unsupported)
	var t texts
	w.head(&r.Header, &t)
	t.settle()
	return r, fault{}
}

// missing is the first of these fields that the message does not have.
func (w *wire) missing(fields ...int) fault {
	for _, de := range fields {
		if !w.has(de) {
			return fault{de, ReasonMissing}
		}
	}
	return fault{}
}
