package main

import "bpnt/iso"

// describeAs describes a capture as the form that was asked for, or as the dialect under which the fewest of its
// messages are refused; the likeliest where several are alike.
func describeAs(form string, raw []byte) ([]iso.Description, error) {
	var best []iso.Description
	for _, dialect := range decodeDialects(form, raw) {
		dialect.CheckLuhn = false // the digits of published messages are zeroed
		codec, err := iso.NewCodec(dialect)
		if err != nil {
			return nil, err
		}
		descriptions := []iso.Description{}
		for _, body := range cutFrames(raw, dialect.Framing()) {
			descriptions = append(descriptions, codec.Describe(body))
		}
		if best == nil || refused(descriptions) < refused(best) {
			best = descriptions
		}
	}
	return best, nil
}

func refused(descriptions []iso.Description) (n int) {
	for _, d := range descriptions {
		if d.Problem != "" {
			n++
		}
	}
	return n
}

// decodeDialects are the dialects to try, the likeliest first.
func decodeDialects(form string, raw []byte) []iso.Dialect {
	switch form {
	case "edc":
		return []iso.Dialect{iso.EDC()}
	case "switch":
		return switchDialects(raw)
	}
	if typeAt(raw, 0) || typeAt(raw, 2) || typeAt(raw, 4) {
		return append(switchDialects(raw), iso.EDC())
	}
	return append([]iso.Dialect{iso.EDC()}, switchDialects(raw)...)
}

// switchDialects are a switch's dialects for a capture. The form of its bitmap is told by looking at it: read as the
// wrong one it would cut the message in the wrong places and might show what must be masked.
func switchDialects(raw []byte) []iso.Dialect {
	var list []iso.Dialect
	for _, length := range []struct {
		form   iso.LengthForm
		header int
	}{{iso.LengthASCII4, 4}, {iso.LengthBinary, 2}} {
		header := length.header
		if typeAt(raw, 0) && !typeAt(raw, header) {
			header = 0
		}
		for _, terminal := range []int{8, 16} {
			d := iso.SwitchDialect()
			d.Length, d.Bitmap, d.TIDLength = length.form, bitmapAt(raw, header+4), terminal
			list = append(list, d)
		}
	}
	return list
}

// typeAt tells whether a type of 1987 in ASCII stands there.
func typeAt(raw []byte, at int) bool {
	if len(raw) < at+decodeBytesMin || raw[at] != '0' {
		return false
	}
	for _, c := range raw[at : at+4] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// bitmapAt tells a bitmap in hex by its 16 characters.
func bitmapAt(raw []byte, at int) iso.BitmapForm {
	if len(raw) < at+16 {
		return iso.BitmapBinary
	}
	for _, c := range raw[at : at+16] {
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return iso.BitmapBinary
		}
	}
	return iso.BitmapHex
}

// cutFrames takes a capture apart; what does not divide into frames without rest is one message without a header.
func cutFrames(raw []byte, framing iso.Framing) [][]byte {
	var bodies [][]byte
	for rest := raw; len(rest) > 0; {
		body, after, err := iso.CutFrame(rest, framing)
		if err != nil {
			return [][]byte{raw}
		}
		bodies, rest = append(bodies, body), after
	}
	return bodies
}
