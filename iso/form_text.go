package iso

// textForm is printable ASCII, blank to tilde. NUL, controls and high bytes are refused here, before a database that
// cannot hold NUL in text could refuse a whole batch for them.
type textForm struct{}

func (f textForm) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f textForm) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	return append([]byte(nil), wire...), n, nil
}

func (textForm) size(n int) int { return n }

func (textForm) check(wire []byte, _ int) string {
	if !printable(wire) {
		return ReasonNotPrintable
	}
	return ""
}

func (textForm) append(dst []byte, value string) ([]byte, bool) {
	return append(dst, value...), printable(value)
}

func printable[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// rawForm is bytes as they are. moov's own Binary copies the whole rest of the message at every field.
type rawForm struct{}

func (f rawForm) Encode(value []byte) ([]byte, error) { return encode(f, value) }

func (f rawForm) Decode(src []byte, n int) ([]byte, int, error) {
	wire, err := content(f, src, n)
	if err != nil {
		return nil, 0, err
	}
	return append([]byte(nil), wire...), n, nil
}

func (rawForm) size(n int) int { return n }

func (rawForm) check([]byte, int) string { return "" }

func (rawForm) append(dst []byte, value string) ([]byte, bool) { return append(dst, value...), true }
