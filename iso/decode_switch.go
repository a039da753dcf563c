package iso

// switchRequest sorts what only switches send.
func (c *Codec) switchRequest(w *wire) (Request, fault) {
	switch w.mti.Original() {
	case MTIReversalAdvice:
		return c.reversal(w)
	case MTIReconciliation, MTIReconciliationAdvice:
		return c.reconciliation(w)
	}
	return c.unsupported(w)
}

// reconciliation must name its business day; a figure that it does not have counts as zero.
func (c *Codec) reconciliation(w *wire) (Request, fault) {
	if f := w.missing(11, 15); f.reason != "" {
		return nil, f
	}
	r := new(Reconciliation)
	t := texts{wire: w}
	w.head(&r.Header, &t)
	t.digits(&r.Code, 66)
	t.digits(&r.Institution, 99)
	t.settle()
	return r, w.figures(&r.Figures, c.scale)
}

// route reads what a switch adds to every message.
func (t *texts) route(r *Route) {
	t.digits(&r.TransmissionTime, 7)
	t.digits(&r.SettlementDate, 15)
	t.digits(&r.Channel, 18)
	t.digits(&r.Acquirer, 32)
	t.digits(&r.Forwarder, 33)
	t.text(&r.Currency, 49)
}
