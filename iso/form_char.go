package iso

// charForm is characters of one alphabet, as a switch writes numbers, hex and track 2. Its length counts characters.
type charForm struct {
	allowed func(wire []byte) bool
	reason  string
}

func (f charForm) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f charForm) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	return append([]byte(nil), wire...), n, nil
}

func (charForm) size(n int) int { return n }

func (f charForm) check(wire []byte, _ int) string {
	if !f.allowed(wire) {
		return f.reason
	}
	return ""
}

func (f charForm) append(dst []byte, value string) ([]byte, bool) {
	at := len(dst)
	dst = append(dst, value...)
	return dst, f.allowed(dst[at:])
}

// allStripe tells whether the characters are those of track 2.
func allStripe(wire []byte) bool {
	for _, c := range wire {
		if _, ok := track2Nibble(c); !ok {
			return false
		}
	}
	return true
}
