package iso

// Response is what goes back to a terminal or a switch. Fields is the set of data elements that this link sends for
// this kind of answer; Encode writes those of them that have a value and silently leaves out the rest, so that one
// Response serves links with different sets.
type Response struct {
	// Header is the request's: TPDU, DE3, DE11, DE24, DE41, DE42 are echoed, on a switch its Route and its DE37 too;
	// MTI is the request's.
	Header
	Fields         FieldSet  // which data elements may go out; 64 is the MAC on a switch too, wherever it then stands
	Time           LocalTime // DE12 and DE13
	ResponseCode   string    // DE39, 2 characters
	PAN            PAN       // DE2, echoed only where the link's set has it
	Amount         int64     // DE4, whole rupiah; scaled by the dialect
	HasAmount      bool
	RRN            string // DE37, 12 characters; empty for none, on a switch for the request's own
	Approval       string // DE38, 6 characters; empty for none
	Receipt        string // DE48 (already in tag-length-text form); empty for none
	Balance        int64  // DE54 available balance, whole rupiah, may be negative; scaled by the dialect
	HasBalance     bool
	Batch          string // DE60
	Invoice        string // DE62
	Code           string // DE70, 4 digits
	TransmissionAt string // DE7, 10 digits; empty for that of Route
	SettlementDate string // DE15; empty for that of Route

	Totals         *Totals           // DE63; nil for none
	SettlementCode string            // DE66: 1 in balance, 2 out of balance
	Figures        *Figures          // DE74 to 77, 86 to 89 and 97; nil for none
	Original       *OriginalElements // DE90; nil for none
	Institution    string            // DE99
	// Key is the text of DE48 or DE62 in a network answer, whichever of them Fields has: working keys under the key
	// that both ends hold, and their check values. nil for none.
	Key Opaque
	// ComputeMAC makes DE64 (DE128 on a switch whose message has two bitmaps) from the bytes it covers, which it must
	// not keep; nil writes eight zero bytes where Fields has 64.
	ComputeMAC func(input []byte) [8]byte
}

// Encode appends the whole frame of an answer to dst, its length header included. The MTI becomes the response's, the
// TPDU is swapped or echoed by the dialect. The error is an *EncodeError, and dst is then returned as it was.
func (c *Codec) Encode(dst []byte, r *Response) ([]byte, error) {
	w := c.writer(dst)
	tpdu := r.TPDU
	if c.dialect.TPDU == TPDUSwap {
		tpdu = tpdu.Swap()
	}
	set := c.settled(r.Fields.where(func(de int) bool { return r.has(de, c) }))
	w.begin(tpdu, r.MTI.Response(), set)
	for de := set.next(0); de != 0; de = set.next(de) {
		r.write(&w, de)
	}
	return w.finish()
}

// has tells whether the response has a value for a field.
func (r *Response) has(de int, c *Codec) bool {
	switch de {
	case 2:
		return r.PAN.Present()
	case 4:
		return r.HasAmount
	case 11, 64, 128:
		return true
	case 12, 13:
		return r.Time != 0
	case 54:
		return r.HasBalance
	case 63:
		return r.Totals != nil
	case 74, 75, 76, 77, 86, 87, 88, 89, 97:
		return r.Figures != nil
	case 90:
		return r.Original != nil
	}
	return r.text(de, c) != ""
}

// write writes a field that has a value.
func (r *Response) write(w *writer, de int) {
	switch de {
	case 2:
		w.pan(r.PAN)
	case 4:
		w.money(4, r.Amount)
	case 11:
		w.number(11, int64(r.STAN))
	case 12:
		w.number(12, int64(r.Time.Clock()))
	case 13:
		w.number(13, int64(r.Time.Date()))
	case 54:
		w.balance(r.ProcessingCode, r.Balance)
	case 63:
		w.totals(r.Totals)
	case 64, 128:
		w.mac(de, r.ComputeMAC)
	case 90:
		w.original(r.Original)
	case 74, 75, 76, 77, 86, 87, 88, 89, 97:
		r.Figures.write(w, de)
	default:
		w.value(de, r.text(de, w.codec))
	}
}

// text is the value of a field that goes out as it is.
func (r *Response) text(de int, c *Codec) string {
	switch de {
	case 3:
		return r.ProcessingCode
	case 7:
		return either(r.TransmissionAt, r.Route.TransmissionTime)
	case 15:
		return either(r.SettlementDate, r.Route.SettlementDate)
	case 24:
		return r.NII
	case 37:
		return r.reference(c)
	case 38:
		return r.Approval
	case 39:
		return r.ResponseCode
	case 41:
		return r.TID
	case 42:
		return r.MID
	case 48:
		return either(r.Receipt, r.key())
	case 60:
		return r.Batch
	case 62:
		return either(r.Invoice, r.key())
	case 70:
		return r.Code
	}
	return r.routeText(de)
}

// routeText is text for the fields of a switch's answer.
func (r *Response) routeText(de int) string {
	switch de {
	case 18:
		return r.Route.Channel
	case 32:
		return r.Route.Acquirer
	case 33:
		return r.Route.Forwarder
	case 49:
		return r.Route.Currency
	case 66:
		return r.SettlementCode
	case 99:
		return r.Institution
	}
	return ""
}

// reference is DE37. A switch finds its message by its own DE37; a terminal's DE37 names another message.
func (r *Response) reference(c *Codec) string {
	if c.switched() {
		return either(r.RRN, r.Header.RRN)
	}
	return r.RRN
}

// key is Key where it may go out. No other answer carries keys.
func (r *Response) key() string {
	if r.MTI.Class() != MTINetwork.Class() {
		return ""
	}
	return string(r.Key)
}

func either(value, otherwise string) string {
	if value != "" {
		return value
	}
	return otherwise
}
