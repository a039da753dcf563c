package iso

// money writes whole rupiah in the link's minor units into a numeric field.
func (w *writer) money(de int, amount int64) {
	if !within(amount, pow10(w.layout.elements[de].lengthMax)/w.codec.scale) {
		w.fail(de, ReasonValueForm)
		return
	}
	w.number(de, amount*w.codec.scale)
}

// net writes DE97: C or D and the amount.
func (w *writer) net(amount int64) {
	sign := byte('C')
	if amount < 0 {
		sign, amount = 'D', -amount
	}
	if !within(amount, pow10(netDigits)/w.codec.scale) {
		w.fail(97, ReasonValueForm)
		return
	}
	w.dst = appendDigits(append(w.dst, sign), amount*w.codec.scale, netDigits)
}

// totals writes DE63.
func (w *writer) totals(t *Totals) {
	var buf [totalsMax * totalDigits]byte
	text, ok := t.append(buf[:0], w.codec.scale)
	if !ok {
		w.fail(63, ReasonValueForm)
		return
	}
	w.bytes(63, text)
}

// balance writes DE54 with the available balance of the account that DE3 names.
func (w *writer) balance(processingCode string, rupiah int64) {
	limit := pow10(12) / w.codec.scale
	if rupiah <= -limit || rupiah >= limit {
		w.fail(54, ReasonValueForm)
		return
	}
	w.dst = w.layout.elements[54].prefix.append(w.dst, additionalAmountBytes)
	w.dst = availableBalance(processingCode, rupiah*w.codec.scale).append(w.dst)
}

// pow10 is a power of ten up to the eighteenth.
func pow10(n int) int64 { return powers[n] }

var powers = func() (p [19]int64) {
	p[0] = 1
	for i := range p[1:] {
		p[i+1] = 10 * p[i]
	}
	return p
}()
