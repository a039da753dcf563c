package iso

// Outgoing is a request as a terminal sends it. Fields is the set of data elements that may go out; those of them that
// have a value do. It is made by the methods of Terminal and may be changed before it is encoded.
type Outgoing struct {
	TPDU             TPDU
	MTI              MTI
	Fields           FieldSet
	ProcessingCode   string // DE3
	STAN             int32  // DE11
	NII              string // DE24, 4 digits
	TID              string // DE41
	MID              string // DE42
	PAN              PAN    // DE2
	Track2           Track2 // DE35
	Expiry           string // DE14, YYMM
	EntryMode        string // DE22, 4 digits
	Condition        string // DE25, 2 digits
	Amount           int64  // DE4, whole rupiah; scaled by the dialect
	HasAmount        bool
	Time             LocalTime // DE12 and DE13
	PIN              PINBlock  // DE52
	Chip             Opaque    // DE55
	Batch            string    // DE60
	Invoice          string    // DE62
	Code             string    // DE70, 4 digits
	TransmissionTime string    // DE7, 10 digits
	SettlementDate   string    // DE15, 4 digits
	// ComputeMAC makes DE64, as in Response.
	ComputeMAC func(input []byte) [8]byte
}

// Repeat is the same message with the repeat flag in its type: 0200 becomes 0201.
func (o Outgoing) Repeat() Outgoing {
	o.MTI = o.MTI.Repeat()
	return o
}

// From is the same message about another account: two digits in the place of digits 3 and 4 of DE3.
func (o Outgoing) From(account string) Outgoing {
	o.ProcessingCode = o.ProcessingCode[:2] + account + o.ProcessingCode[4:]
	return o
}

// EncodeRequest appends the whole frame of a request to dst, its length header included. The error is an
// *EncodeError, and dst is then returned as it was.
func (c *Codec) EncodeRequest(dst []byte, o *Outgoing) ([]byte, error) {
	w := writer{codec: c, dst: dst, start: len(dst)}
	set := o.present().intersect(o.Fields)
	w.begin(o.TPDU, o.MTI, set)
	for de := set.next(0); de != 0; de = set.next(de) {
		o.write(&w, de)
	}
	return w.finish()
}

// present is the set of fields for which the request has a value.
func (o *Outgoing) present() FieldSet {
	s := Fields(11, 64)
	s.addIf(2, o.PAN.Present())
	s.addIf(4, o.HasAmount)
	s.addIf(12, o.Time != 0)
	s.addIf(13, o.Time != 0)
	s.addIf(35, o.Track2.Present())
	s.addIf(52, o.PIN.Present())
	s.addIf(55, len(o.Chip) > 0)
	for _, de := range outgoingTexts {
		s.addIf(de, o.text(de) != "")
	}
	return s
}

// outgoingTexts are the fields that text has.
var outgoingTexts = [...]int{3, 7, 14, 15, 22, 24, 25, 41, 42, 60, 62, 70}

// write writes one field that present has named.
func (o *Outgoing) write(w *writer, de int) {
	switch de {
	case 2:
		w.pan(o.PAN)
	case 4:
		w.rupiah(o.Amount)
	case 11:
		w.number(11, int64(o.STAN))
	case 12:
		w.number(12, int64(o.Time.Clock()))
	case 13:
		w.number(13, int64(o.Time.Date()))
	case 35:
		w.track(o.Track2)
	case 52:
		block := o.PIN.Bytes()
		w.bytes(52, block[:])
	case 55:
		w.bytes(55, o.Chip)
	case 64:
		w.mac(o.ComputeMAC)
	default:
		w.value(de, o.text(de))
	}
}

// text is the value of a field that goes out as it is.
func (o *Outgoing) text(de int) string {
	switch de {
	case 3:
		return o.ProcessingCode
	case 7:
		return o.TransmissionTime
	case 14:
		return o.Expiry
	case 15:
		return o.SettlementDate
	case 22:
		return o.EntryMode
	case 24:
		return o.NII
	case 25:
		return o.Condition
	case 41:
		return o.TID
	case 42:
		return o.MID
	case 60:
		return o.Batch
	case 62:
		return o.Invoice
	}
	return o.Code
}
