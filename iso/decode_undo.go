package iso

// reversal takes any processing code. It does not check the Luhn digit: a reversal is heard all the same, or the
// terminal would repeat it for ever. On a switch it has a STAN of its own, so that only DE90 says what to undo.
func (c *Codec) reversal(w *wire) (Request, fault) {
	if f := w.missing(3, 4, 11, 41); f.reason != "" {
		return nil, f
	}
	if f := w.missing(90); f.reason != "" && c.switched() {
		return nil, f
	}
	r := new(Reversal)
	if f := c.payment(w, &r.Header, &r.Payment, false); f.reason != "" {
		return nil, f
	}
	if !c.switched() {
		return r, fault{}
	}
	t := texts{wire: w}
	w.original(&r.Original, &t)
	t.settle()
	return r, w.replacement()
}

// replacement refuses a reversal of a part. DE95 begins with the amount that shall stand in the original's place: zeros
// in a reversal of the whole, or, as a published one has it, DE4 again. Anything else would want an amount put back
// that neither side has agreed on.
func (w *wire) replacement() fault {
	content := w.bytes(95)
	if content == nil {
		return fault{}
	}
	amount := content[:12]
	if !allDigits(amount) || digitsNumber(amount) != 0 && digitsNumber(amount) != w.number(4, 0) {
		return fault{95, ReasonReplacement}
	}
	return fault{}
}

// void needs the original's RRN: it has a STAN of its own.
func (c *Codec) void(w *wire) (Request, fault) {
	if f := w.missing(4, 11, 37, 41); f.reason != "" {
		return nil, f
	}
	r := new(Void)
	f := c.payment(w, &r.Header, &r.Payment, c.dialect.CheckLuhn)
	return r, f
}

func (c *Codec) refund(w *wire) (Request, fault) {
	if f := w.missing(4, 11, 37, 41); f.reason != "" {
		return nil, f
	}
	r := new(Refund)
	f := c.payment(w, &r.Header, &r.Payment, c.dialect.CheckLuhn)
	return r, f
}

// advice is about food that was handed out already, so that like a reversal it is heard whatever its check digit.
func (c *Codec) advice(w *wire) (Request, fault) {
	if f := w.missing(3); f.reason != "" {
		return nil, f
	}
	if w.kind() != kindGoods {
		return c.unsupported(w)
	}
	if f := w.missing(4, 11, 41); f.reason != "" {
		return nil, f
	}
	r := new(Advice)
	f := c.payment(w, &r.Header, &r.Payment, false)
	return r, f
}
