package iso

// OriginalElements is DE90: which message a reversal of a switch undoes.
type OriginalElements struct {
	Present          bool
	MTI              MTI    // as sent: a published reversal names 0210
	STAN             int32  // of the original
	TransmissionTime string // DE7 of the original, 10 digits
	Acquirer         string // 11 digits, zeros in front
	Forwarder        string // 11 digits, zeros in front
}

// Where the parts of DE90 begin: type, STAN, DE7, acquirer, forwarder.
const (
	originalSTAN      = 4
	originalTime      = originalSTAN + 6
	originalAcquirer  = originalTime + 10
	originalForwarder = originalAcquirer + institutionDigits
	institutionDigits = 11
)

// original reads DE90, whose 42 characters the walk has found to be digits.
func (w *wire) original(o *OriginalElements, t *texts) {
	content := w.bytes(90)
	if content == nil {
		return
	}
	o.Present, o.MTI = true, MTI(packDigits(content[:originalSTAN]))
	o.STAN = int32(digitsNumber(content[originalSTAN:originalTime]))
	t.part(&o.TransmissionTime, 90, originalTime, originalAcquirer-originalTime)
	t.part(&o.Acquirer, 90, originalAcquirer, institutionDigits)
	t.part(&o.Forwarder, 90, originalForwarder, institutionDigits)
}

// packDigits is four ASCII digits, one a nibble.
func packDigits(digits []byte) uint16 {
	var v uint16
	for _, c := range digits {
		v = v<<4 | uint16(c-'0')
	}
	return v
}

// append appends DE90 with zeros where a part is shorter than its place, or tells that a part does not fit.
func (o *OriginalElements) append(dst []byte) ([]byte, bool) {
	dst = appendNibbles(dst, []byte{byte(o.MTI >> 8), byte(o.MTI)})
	ok := o.MTI.digits() && within(int64(o.STAN), pow10(originalTime-originalSTAN))
	dst = appendDigits(dst, int64(o.STAN), originalTime-originalSTAN)
	dst, okTime := appendFilled(dst, o.TransmissionTime, originalAcquirer-originalTime)
	dst, okAcquirer := appendFilled(dst, o.Acquirer, institutionDigits)
	dst, okForwarder := appendFilled(dst, o.Forwarder, institutionDigits)
	return dst, ok && okTime && okAcquirer && okForwarder
}

// appendFilled appends digits with zeros in front of them, or tells that they do not fit or are none.
func appendFilled(dst []byte, value string, digits int) ([]byte, bool) {
	for range digits - len(value) {
		dst = append(dst, '0')
	}
	return append(dst, value...), len(value) <= digits && decimal(value)
}

// original writes DE90.
func (w *writer) original(o *OriginalElements) {
	dst, ok := o.append(w.dst)
	if !ok {
		w.fail(90, ReasonValueForm)
	}
	w.dst = dst
}

// uploaded reads DE60 of an upload: type, STAN and RRN of the transaction, 22 characters.
func (w *wire) uploaded(u *Upload, t *texts) fault {
	content := w.bytes(60)
	if len(content) != originalTime+rrnLength || !allDigits(content[:originalTime]) {
		return fault{60, ReasonOriginalForm}
	}
	u.OriginalMTI = MTI(packDigits(content[:originalSTAN]))
	u.OriginalSTAN = int32(digitsNumber(content[originalSTAN:originalTime]))
	t.part(&u.OriginalRRN, 60, originalTime, rrnLength)
	return fault{}
}

// uploadReference is DE60 of an upload.
func uploadReference(mti MTI, stan int32, rrn string) string {
	return mti.String() + string(appendDigits(nil, int64(stan), originalTime-originalSTAN)) + rrn
}

// rrnLength is the number of characters of DE37.
const rrnLength = 12
