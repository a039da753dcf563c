package canary

import "strings"

// The number of digits of a card number that is looked for.
const (
	cardMin   = 13
	cardUsual = 16
	cardMax   = 19
)

// net watches runs of digits for card numbers of some issuers.
type net struct {
	issuers []string // first digits
	run     []byte   // digits since the last other byte, the newest runMax
}

// runMax is how much of a run is kept: a card number stands within any so many digits.
const runMax = 64

// take looks at the next byte. It tells whether a run with a card number in it has just ended.
func (n *net) take(c byte) bool {
	if c >= '0' && c <= '9' {
		if len(n.run) == runMax {
			n.run = n.run[:copy(n.run, n.run[runMax-cardMax:])]
		}
		n.run = append(n.run, c)
		return len(n.run) == runMax && n.holds()
	}
	found := len(n.run) >= cardMin && n.holds()
	n.run = n.run[:0]
	return found
}

// holds tells whether a card number of an issuer stands somewhere in the run.
func (n *net) holds() bool {
	for from := range max(len(n.run)-cardMin+1, 0) {
		rest := n.run[from:]
		for _, issuer := range n.issuers {
			if strings.HasPrefix(string(rest), issuer) && begins(rest) {
				return true
			}
		}
	}
	return false
}

// begins tells whether the digits are a card number, or begin with one of the usual length. All lengths would find one
// in most longer numbers of an issuer.
func begins(digits []byte) bool {
	n := len(digits)
	return n >= cardMin && n <= cardMax && Luhn(digits) || n > cardUsual && Luhn(digits[:cardUsual])
}

// Luhn tells whether the last digit is the check digit of those before (ISO/IEC 7812-1 annex B).
func Luhn[T string | []byte](digits T) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
