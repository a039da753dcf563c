package iso

// batchRequest sorts what only terminals send: the closing of a batch and its upload.
func (c *Codec) batchRequest(w *wire) (Request, fault) {
	switch w.mti.Original() {
	case MTIReconciliation, MTIReconciliationAdvice:
		return c.settlement(w)
	case MTIUpload:
		return c.upload(w)
	}
	return c.unsupported(w)
}

// settlement is told from its trailer by DE3. The trailer's totals count for nothing, so that it may come without;
// where they are there they have the same form.
func (c *Codec) settlement(w *wire) (Request, fault) {
	if f := w.missing(3, 11, 41); f.reason != "" {
		return nil, f
	}
	code := w.number(3, 0)
	if code != settlementCode && code != trailerCode {
		return c.unsupported(w)
	}
	if f := w.missing(63); f.reason != "" && code == settlementCode {
		return nil, f
	}
	r := &Settlement{Trailer: code == trailerCode}
	t := texts{wire: w}
	w.head(&r.Header, &t)
	t.trimmed(&r.Batch, 60)
	t.settle()
	return r, w.totals(&r.Totals, c.scale)
}

// ProcessingSettlement and ProcessingTrailer as numbers.
const (
	settlementCode = 920000
	trailerCode    = 960000
)

// totals reads DE63 where it is there.
func (w *wire) totals(to *Totals, scale int64) fault {
	if !w.has(63) {
		return fault{}
	}
	totals, reason := parseTotals(w.bytes(63), scale)
	if reason != "" {
		return fault{63, reason}
	}
	*to = totals
	return fault{}
}

// upload is one transaction of a batch. Its check digit is not looked at: the terminal could not close its batch.
func (c *Codec) upload(w *wire) (Request, fault) {
	if f := w.missing(3, 4, 11, 41, 60); f.reason != "" {
		return nil, f
	}
	r := new(Upload)
	t := texts{wire: w}
	if f := w.uploaded(r, &t); f.reason != "" {
		return nil, f
	}
	t.settle()
	f := c.payment(w, &r.Header, &r.Payment, false)
	r.Batch, r.More = "", w.number(3, 0)%10 == 1
	return r, f
}
