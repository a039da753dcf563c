package iso

import "bytes"

// MaskCards is free text (DE62 and the like) as it may be kept or shown. What could be a card number in it shows its
// ends alone, and of a track behind one nothing: a terminal that is set up wrongly, or hostile, may put one there. A
// card number is 13 to 19 digits with the right check digit, with blanks, dots or dashes between them or not; and the
// message's own, right or wrong, wherever its digits stand. own may be absent.
func MaskCards(text string, own PAN) string {
	if len(text) < panDigitsMin {
		return text
	}
	out := []byte(text)
	maskOwn(out, own)
	for from := 0; from < len(out); {
		n := groupedDigits(out[from:])
		maskAmong(out[from:], n)
		from += max(n, 1)
	}
	return string(out)
}

// maskAmong masks the card numbers among the first n bytes: all of their digits may be one, or those of some groups, with
// other numbers before and behind.
func maskAmong(text []byte, n int) {
	for from := 0; from < n; {
		if size := cardSize(text[from:n]); size > 0 {
			maskCard(text[from:], size)
			from += size
		}
		for from < n && isDigit(text[from]) {
			from++
		}
		for from < n && !isDigit(text[from]) {
			from++
		}
	}
}

// cardSize is how many bytes from the beginning, up to the end of a group of digits, are a card number: 13 to 19 digits
// of which the last one checks the others (Luhn). It is the most, and 0 where none are.
func cardSize(text []byte) (size int) {
	digits := 0
	var sums [2]int // with every digit of an even place doubled, and with those of an odd place
	for i, c := range text {
		if !isDigit(c) {
			continue
		}
		if digits == panDigitsMax {
			break
		}
		digit := int(c - '0')
		sums[digits%2] += digit/5 + 2*digit%10
		sums[1-digits%2] += digit
		digits++
		last := i+1 == len(text) || !isDigit(text[i+1])
		if last && digits >= panDigitsShow && sums[digits%2]%10 == 0 {
			size = i + 1
		}
	}
	return size
}

// maskOwn masks a card number that is known.
func maskOwn(text []byte, own PAN) {
	if !own.Present() {
		return
	}
	digits := own.Digits()
	defer clear(digits)
	for at := bytes.Index(text, digits); at >= 0; at = bytes.Index(text, digits) {
		maskCard(text[at:], len(digits))
	}
}

// groupedDigits is how many bytes from the beginning are digits, or stand between two of them as people group a number.
func groupedDigits(text []byte) (n int) {
	for i, c := range text {
		switch {
		case isDigit(c):
			n = i + 1
		case n == 0 || bytes.IndexByte([]byte(" .-"), c) < 0:
			return n
		}
	}
	return n
}

// maskCard overwrites the digits of the card number in the first n bytes as PAN.Masked does, and those of a track
// behind it.
func maskCard(text []byte, n int) {
	count := 0
	for _, c := range text[:n] {
		if isDigit(c) {
			count++
		}
	}
	first, seen := 6, 0
	if count < panDigitsShow {
		first = 0
	}
	for i, c := range text[:n] {
		if !isDigit(c) {
			continue
		}
		if seen++; seen > first && seen <= count-4 {
			text[i] = 'X'
		}
	}
	if n < len(text) && (text[n] == '=' || text[n] == 'D') {
		for i := n + 1; i < len(text) && isDigit(text[i]); i++ {
			text[i] = 'X'
		}
	}
}

// maskRuns masks the middle of every run of digits that has room for a card number.
func maskRuns(text string) string {
	out := []byte(text)
	for from := 0; from < len(out); {
		n := 0
		for from+n < len(out) && isDigit(out[from+n]) {
			n++
		}
		if n >= panDigitsShow {
			maskCard(out[from:from+n], n)
		}
		from += max(n, 1)
	}
	return string(out)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
