package iso

// panForm is DE2: BCD whose odd length is padded on the side that the link's dialect names. A pad nibble F on either
// side identifies itself; a 0 is believed only on the dialect's side, since a 0 on the other side is a digit.
type panForm struct {
	right bool
}

func (f panForm) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f panForm) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	from := f.first(wire, n)
	return appendNibbles(make([]byte, 0, 2*len(wire)), wire)[from : from+n], len(wire), nil
}

func (panForm) size(n int) int { return (n + 1) / 2 }

func (f panForm) check(wire []byte, n int) string {
	if n&1 == 1 && f.side(wire) == padNone {
		return ReasonPadNibble
	}
	from := f.first(wire, n)
	for i := from; i < from+n; i++ {
		if nibbleAt(wire, i) > 9 {
			return ReasonNotBCD
		}
	}
	return ""
}

func (f panForm) append(dst []byte, value string) ([]byte, bool) {
	return f.pack(dst, append(make([]byte, 0, panDigitsMax+1), value...))
}

// pack packs digits, with a zero nibble on this link's side where their number is odd. It may write behind them.
func (f panForm) pack(dst, digits []byte) ([]byte, bool) {
	if len(digits)&1 == 1 && f.right {
		digits = append(digits, '0')
	}
	return appendPacked(dst, digits)
}

// The sides on which a pad nibble was found.
const (
	padNone = iota
	padLeft
	padRight
)

// side finds the pad nibble of an odd number of digits.
func (f panForm) side(wire []byte) int {
	first, last := wire[0]>>4, wire[len(wire)-1]&0xF
	switch {
	case first == 0xF:
		return padLeft
	case last == 0xF:
		return padRight
	case f.right && last == 0:
		return padRight
	case !f.right && first == 0:
		return padLeft
	}
	return padNone
}

// first is the place of the first digit among the nibbles.
func (f panForm) first(wire []byte, n int) int {
	if n&1 == 1 && f.side(wire) == padLeft {
		return 1
	}
	return 0
}

// unpack reads n digits from the wire, whose form was checked by the walk. It fails where they are no card number.
func (f panForm) unpack(wire []byte, n int) (p PAN, ok bool) {
	from := f.first(wire, n)
	for i := from; i < from+n; i++ {
		p.push(nibbleAt(wire, i))
	}
	if p.Len() < panDigitsMin {
		return PAN{}, false
	}
	return p, true
}
