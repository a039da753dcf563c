package iso

import (
	"bytes"
	"testing"
)

// FuzzFrame: whatever bytes come, the reader ends, hands out frames within the limits only, and what it hands out,
// framed again, is what came; on every kind of link.
func FuzzFrame(f *testing.F) {
	for _, body := range goldenBodies(f) {
		f.Add(frame(body))
	}
	for _, body := range switchBodies(f) {
		f.Add(framed(body, SwitchDialect().Framing()))
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("\x16\x03\x01\x02\x00\x01"))
	f.Add(append(frame(make([]byte, FrameBytesMin)), 0, 1, 2))
	f.Fuzz(func(t *testing.T, stream []byte) {
		for _, framing := range framings() {
			checkStream(t, stream, framing)
		}
	})
}

func checkStream(t *testing.T, stream []byte, framing Framing) {
	r := NewFrameReader(bytes.NewReader(stream), framing)
	var again []byte
	for {
		body, err := r.Next()
		if err != nil {
			break
		}
		if len(body) < framing.bytesMin || len(body) > framing.bytesMax {
			t.Fatalf("a frame of %d bytes", len(body))
		}
		again = append(again, framed(body, framing)...)
	}
	if !bytes.HasPrefix(stream, again) {
		t.Fatal("the frames are not what came")
	}
}

// FuzzDecode: no bytes make the codec panic; what the walk takes is canonical (packed again it is the same bytes) and
// moov agrees with every field of it; what is refused has a reason, and an answer is never answered.
func FuzzDecode(f *testing.F) {
	for _, body := range goldenBodies(f) {
		f.Add(body, false)
	}
	f.Add(unhex(f, build("0200", "7020010000800000", "190"+card19, de3, de4, de11, de24, de41)), true)
	left, right := mustCodec(f), mustCodec(f, rightPad, noLuhn, wholeIDR)
	f.Fuzz(func(t *testing.T, body []byte, rightRule bool) {
		c := left
		if rightRule {
			c = right
		}
		checkBody(t, c, body)
	})
}

// FuzzSwitch is FuzzDecode for the dialects of a switch.
func FuzzSwitch(f *testing.F) {
	codecs := []*Codec{mustSwitch(f), mustSwitch(f, noLuhn, binaryMap), mustSwitch(f, noLuhn, longTID, twoDecimals)}
	for _, body := range switchBodies(f) {
		f.Add(body, uint8(0))
	}
	for _, o := range switchRequests(f) {
		f.Add(frameBody(f, codecs[1], o), uint8(1))
		f.Add(frameBody(f, codecs[2], o), uint8(2))
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) { checkBody(t, codecs[which%3], body) })
}

// checkBody holds for every body and every dialect.
func checkBody(t *testing.T, c *Codec, body []byte) {
	c.Describe(body)
	var w wire
	c.layout.walk(body, &w)
	if w.fault.reason == "" {
		if !bytes.Equal(repack(c, &w), body) {
			t.Fatal("not canonical")
		}
		if problem := againstMoov(c, &w); problem != "" && w.mti.digits() {
			t.Fatal(problem)
		}
	}
	checkDecode(t, c, body, &w)
	if a, err := c.DecodeResponse(body); err == nil && (!a.MTI.IsResponse() || w.fault.reason != "") {
		t.Fatal("no answer was taken for one")
	}
}

func checkDecode(t *testing.T, c *Codec, body []byte, w *wire) {
	r, err := c.Decode(body)
	if err == nil {
		if w.fault.reason != "" || r.Head().MTI.IsResponse() || lost(c, r.Head()) {
			t.Fatalf("%s was made of a bad message", kindName(r))
		}
		return
	}
	refused, ok := err.(*DecodeError)
	if !ok || refused.Reason == "" {
		t.Fatalf("refused with %T", err)
	}
	if h := refused.Header; h != nil && (h.MTI.IsResponse() || h.MTI.Version() != 0) {
		t.Fatal("an answer would be answered")
	}
}

// lost tells whether an answer would not find its way: a terminal's message must name the terminal.
func lost(c *Codec, h *Header) bool { return !c.switched() && len(h.TID) != 8 && h.MTI.Class() != 8 }

// repack writes a message from its fields' contents, with lengths and bitmaps made anew.
func repack(c *Codec, w *wire) []byte {
	o := &c.layout.opening
	dst := o.appendBitmaps(append([]byte(nil), w.body[:o.bitmap]...), w.set)
	for de := w.set.next(0); de != 0; de = w.set.next(de) {
		dst = c.layout.elements[de].prefix.append(dst, int(w.spans[de].chars))
		dst = append(dst, w.bytes(de)...)
	}
	return dst
}

// FuzzTLV: the walk of DE55 never panics, never shows more than its limit, and what it takes, written again in the
// shortest form, is the same bytes.
func FuzzTLV(f *testing.F) {
	f.Add(unhex(f, chipHex), false)
	f.Add(unhex(f, "910A0102030405060708090A 72021122 72021122"), true)
	f.Add(unhex(f, "82 8180"+manyTags(32)), false)
	f.Fuzz(func(t *testing.T, data []byte, answer bool) {
		n := 0
		var again []byte
		reason := walkTLV(data, answer, func(tag uint32, value []byte) {
			n++
			again = appendTLV(again, tag, value)
		})
		if n > EMVTagsMax || reason == "" && !bytes.Equal(again, data) || !bytes.HasPrefix(data, again) {
			t.Fatalf("%d tags, %q", n, reason)
		}
		if _, strict := readChip(data); strict == "" && reason != "" {
			t.Fatal("a request may hold what an answer may not")
		}
		describeTLV(data)
	})
}
