package iso

// Outgoing is a request as a terminal or a switch sends it. Fields is the set of data elements that may go out; those
// of them that have a value do. It is made by the methods of Terminal and Switch and may be changed before it is
// encoded.
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
	RRN              string    // DE37, 12 characters
	PIN              PINBlock  // DE52
	Chip             Opaque    // DE55
	Batch            string    // DE60
	Invoice          string    // DE62
	Totals           *Totals   // DE63; nil for none
	Code             string    // DE70, 4 digits
	TransmissionTime string    // DE7, 10 digits
	SettlementDate   string    // DE15, 4 digits

	Channel        string            // DE18, 4 digits
	Acquirer       string            // DE32
	Forwarder      string            // DE33
	Currency       string            // DE49, 3 digits
	Key            Opaque            // DE48, a key under another; nil for none
	SettlementCode string            // DE66, 1 digit
	Figures        *Figures          // DE74 to 77, 86 to 89 and 97; nil for none
	Original       *OriginalElements // DE90; nil for none
	Institution    string            // DE99
	// ComputeMAC makes DE64 or DE128, as in Response.
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
	w := c.writer(dst)
	set := c.settled(o.Fields.where(o.has))
	w.begin(o.TPDU, o.MTI, set)
	for de := set.next(0); de != 0; de = set.next(de) {
		o.write(&w, de)
	}
	return w.finish()
}

// has tells whether the request has a value for a field.
func (o *Outgoing) has(de int) bool {
	switch de {
	case 2:
		return o.PAN.Present()
	case 4:
		return o.HasAmount
	case 11, 64, 128:
		return true
	case 12, 13:
		return o.Time != 0
	case 35:
		return o.Track2.Present()
	case 48:
		return len(o.Key) > 0
	case 52:
		return o.PIN.Present()
	case 55:
		return len(o.Chip) > 0
	case 63:
		return o.Totals != nil
	case 74, 75, 76, 77, 86, 87, 88, 89, 97:
		return o.Figures != nil
	case 90:
		return o.Original != nil
	}
	return o.text(de) != ""
}

// write writes a field that has a value.
func (o *Outgoing) write(w *writer, de int) {
	switch de {
	case 2:
		w.pan(o.PAN)
	case 4:
		w.money(4, o.Amount)
	case 11:
		w.number(11, int64(o.STAN))
	case 12:
		w.number(12, int64(o.Time.Clock()))
	case 13:
		w.number(13, int64(o.Time.Date()))
	case 35:
		w.track(o.Track2)
	case 48:
		w.bytes(48, o.Key)
	case 52:
		block := o.PIN.Bytes()
		w.bytes(52, block[:])
	case 55:
		w.bytes(55, o.Chip)
	case 63:
		w.totals(o.Totals)
	case 64, 128:
		w.mac(de, o.ComputeMAC)
	case 90:
		w.original(o.Original)
	case 74, 75, 76, 77, 86, 87, 88, 89, 97:
		o.Figures.write(w, de)
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
	case 37:
		return o.RRN
	case 41:
		return o.TID
	case 42:
		return o.MID
	case 60:
		return o.Batch
	case 62:
		return o.Invoice
	case 70:
		return o.Code
	}
	return o.routeText(de)
}

// routeText is text for the fields that only a switch sends.
func (o *Outgoing) routeText(de int) string {
	switch de {
	case 18:
		return o.Channel
	case 32:
		return o.Acquirer
	case 33:
		return o.Forwarder
	case 49:
		return o.Currency
	case 66:
		return o.SettlementCode
	case 99:
		return o.Institution
	}
	return ""
}
