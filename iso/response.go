package iso

// Response is what goes back to a terminal. Fields is the set of data elements that this link sends for this kind of
// answer; Encode writes those of them that have a value and silently leaves out the rest, so that one Response serves
// links with different sets.
type Response struct {
	Header                  // of the request: TPDU, DE3, DE11, DE24, DE41, DE42 are echoed; MTI is the request's
	Fields         FieldSet // which data elements may go out
	Time           LocalTime
	ResponseCode   string // DE39, 2 characters
	PAN            PAN    // DE2, echoed only where the link's set has it
	Amount         int64  // DE4, whole rupiah; scaled by the dialect
	HasAmount      bool
	RRN            string // DE37, 12 characters; empty for none
	Approval       string // DE38, 6 characters; empty for none
	Receipt        string // DE48 (already in tag-length-text form); empty for none
	Balance        int64  // DE54 available balance, whole rupiah, may be negative; scaled by the dialect
	HasBalance     bool
	Batch          string // DE60
	Invoice        string // DE62
	Code           string // DE70, 4 digits
	TransmissionAt string // DE7, 10 digits
	SettlementDate string // DE15
	// ComputeMAC makes DE64 from the bytes it covers, which it must not keep; nil writes eight zero bytes where Fields
	// has 64.
	ComputeMAC func(input []byte) [8]byte
}

// Encode appends the whole frame of an answer to dst, its length header included. The MTI becomes the response's, the
// TPDU is swapped or echoed by the dialect. The error is an *EncodeError, and dst is then returned as it was.
func (c *Codec) Encode(dst []byte, r *Response) ([]byte, error) {
	w := writer{codec: c, dst: dst, start: len(dst)}
	tpdu := r.TPDU
	if c.dialect.TPDU == TPDUSwap {
		tpdu = tpdu.Swap()
	}
	set := r.present().intersect(r.Fields)
	w.begin(tpdu, r.MTI.Response(), set)
	for de := set.next(0); de != 0; de = set.next(de) {
		r.write(&w, de)
	}
	return w.finish()
}

// present is the set of fields for which the response has a value.
func (r *Response) present() FieldSet {
	s := Fields(11, 64)
	s.addIf(2, r.PAN.Present())
	s.addIf(4, r.HasAmount)
	s.addIf(12, r.Time != 0)
	s.addIf(13, r.Time != 0)
	s.addIf(54, r.HasBalance)
	for _, de := range responseTexts {
		s.addIf(de, r.text(de) != "")
	}
	return s
}

// responseTexts are the fields that text has.
var responseTexts = [...]int{3, 7, 15, 24, 37, 38, 39, 41, 42, 48, 60, 62, 70}

// write writes one field that present has named.
func (r *Response) write(w *writer, de int) {
	switch de {
	case 2:
		w.pan(r.PAN)
	case 4:
		w.rupiah(r.Amount)
	case 11:
		w.number(11, int64(r.STAN))
	case 12:
		w.number(12, int64(r.Time.Clock()))
	case 13:
		w.number(13, int64(r.Time.Date()))
	case 54:
		w.balance(r.ProcessingCode, r.Balance)
	case 64:
		w.mac(r.ComputeMAC)
	default:
		w.value(de, r.text(de))
	}
}

// text is the value of a field that goes out as it is.
func (r *Response) text(de int) string {
	switch de {
	case 3:
		return r.ProcessingCode
	case 7:
		return r.TransmissionAt
	case 15:
		return r.SettlementDate
	case 24:
		return r.NII
	case 37:
		return r.RRN
	case 38:
		return r.Approval
	case 39:
		return r.ResponseCode
	case 41:
		return r.TID
	case 42:
		return r.MID
	case 48:
		return r.Receipt
	case 60:
		return r.Batch
	case 62:
		return r.Invoice
	}
	return r.Code
}
