package iso

import "strconv"

// Rupiah writes whole rupiah as receipts and reports print them: "Rp 110.000".
func Rupiah(amount int64) string {
	var space [32]byte
	dst := append(space[:0], "Rp "...)
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], amount, 10)
	if amount < 0 {
		dst = append(dst, '-')
		d = d[1:]
	}
	for i, c := range d {
		if i > 0 && (len(d)-i)%3 == 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, c)
	}
	return string(dst)
}
