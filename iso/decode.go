package iso

// Decode reads one request. body is a frame without its length: the message, with its TPDU in front on an EDC link. The
// error is a *DecodeError.
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
	case len(w.body) < w.layout.opening.size():
		return ReasonShort
	case !w.mti.digits() || w.mti.Version() != 0:
		return ReasonMTIForm
	case w.mti.IsResponse() != wantAnswer:
		return ReasonMTIResponse
	}
	return ""
}

// refuse makes the error, with a header where an answer would find its way: the answer must repeat STAN and terminal.
// A network message may come without a terminal, and a switch finds its own message by the STAN.
func (w *wire) refuse(f fault) *DecodeError {
	e := &DecodeError{Field: f.field, Reason: f.reason}
	if w.has(11) && (w.has(41) || !w.needsTerminal() || w.mti.Class() == 8 && !w.named.Has(41)) {
		t := texts{wire: w}
		e.Header = new(Header)
		w.head(e.Header, &t)
		t.settle()
	}
	return e
}

// needsTerminal tells whether an answer finds its way by the terminal only.
func (w *wire) needsTerminal() bool { return !w.layout.opening.ascii }

// request sorts a message by type and processing code.
func (c *Codec) request(w *wire) (Request, fault) {
	switch w.mti.Original() {
	case MTIFinancial, MTIAuthorization:
		return c.financial(w)
	case MTIReversal:
		return c.reversal(w)
	case MTINetwork:
		return c.network(w)
	case MTIAdvice:
		return c.advice(w)
	}
	if c.switched() {
		return c.switchRequest(w)
	}
	return c.batchRequest(w)
}

// The kinds of a financial message, digits 1 and 2 of its processing code (ISO 8583:1987).
const (
	kindGoods      = 0
	kindCash       = 1
	kindVoid       = 2
	kindRefund     = 20
	kindInquiry    = 30 // of an NSICCS issuer
	kindInquiryEDC = 31 // of the captured terminals
)

// kind is digits 1 and 2 of DE3.
func (w *wire) kind() int64 { return w.number(3, 0) / 1e4 }

// financial tells a redemption from an inquiry by the first two digits of DE3. A redemption is 00, for food, or 01, in
// cash; they differ in what a programme allows, and in nothing on the wire. An inquiry may come as 30 (NSICCS issuer)
// or 31 (terminals), in a financial or an authorization message. Voids and refunds name their original in DE37, which
// on a switch is the message's own: they come from terminals only.
func (c *Codec) financial(w *wire) (Request, fault) {
	if f := w.missing(3); f.reason != "" {
		return nil, f
	}
	kind, final := w.kind(), w.mti.Original() == MTIFinancial
	switch {
	case final && (kind == kindGoods || kind == kindCash):
		return c.purchase(w)
	case kind == kindInquiry || kind == kindInquiryEDC:
		return c.inquiry(w)
	case final && kind == kindVoid && !c.switched():
		return c.void(w)
	case final && kind == kindRefund && !c.switched():
		return c.refund(w)
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

// network takes a logon or test by DE3, or anything that DE70 names.
func (c *Codec) network(w *wire) (Request, fault) {
	if f := w.missing(11); f.reason != "" {
		return nil, f
	}
	if f := w.missing(3); f.reason != "" && !w.has(70) {
		return nil, f
	}
	r := &Network{Text: w.bytes(48)}
	t := texts{wire: w}
	w.head(&r.Header, &t)
	t.n3(&r.Code, 70)
	t.digits(&r.TransmissionTime, 7)
	t.digits(&r.SettlementDate, 15)
	t.settle()
	return r, fault{}
}

func (c *Codec) unsupported(w *wire) (Request, fault) {
	if f := w.missing(11); f.reason != "" {
		return nil, f
	}
	if f := w.missing(41); f.reason != "" && w.needsTerminal() && w.mti.Class() != 8 {
		return nil, f
	}
	r := new(Unsupported)
	t := texts{wire: w}
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
