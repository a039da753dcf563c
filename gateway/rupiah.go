package gateway

import "strconv"

// appendRupiah appends an amount as receipts print it: "Rp 110.000".
func appendRupiah(dst []byte, amount int64) []byte {
	dst = append(dst, "Rp "...)
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
	return dst
}

// appendPadded appends a number with leading zeros.
func appendPadded(dst []byte, n int64, width int) []byte {
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], n, 10)
	for range width - len(d) {
		dst = append(dst, '0')
	}
	return append(dst, d...)
}
