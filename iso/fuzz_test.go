package iso

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzFrame: whatever bytes come, the reader ends, hands out frames within the limits only, and what it hands out,
// framed again, is what came.
func FuzzFrame(f *testing.F) {
	for _, body := range goldenBodies(f) {
		f.Add(frame(body))
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("\x16\x03\x01\x02\x00\x01"))
	f.Add(append(frame(make([]byte, FrameBytesMin)), 0, 1, 2))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := NewFrameReader(bytes.NewReader(stream))
		var again []byte
		for {
			body, err := r.Next()
			if err != nil {
				break
			}
			if len(body) < FrameBytesMin || len(body) > FrameBytesMax {
				t.Fatalf("a frame of %d bytes", len(body))
			}
			again, err = AppendFrame(again, body)
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(stream, again) {
			t.Fatal("the frames are not what came")
		}
	})
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
		c.Describe(body)
		var w wire
		c.layout.walk(body, &w)
		if w.fault.reason == "" {
			if !bytes.Equal(repack(c, &w), body) {
				t.Fatal("not canonical")
			}
			if problem := againstMoov(c, &w); problem != "" && w.mti().digits() {
				t.Fatal(problem)
			}
		}
		checkDecode(t, c, body, &w)
		if a, err := c.DecodeResponse(body); err == nil && (!a.MTI.IsResponse() || w.fault.reason != "") {
			t.Fatal("no answer was taken for one")
		}
	})
}

func checkDecode(t *testing.T, c *Codec, body []byte, w *wire) {
	r, err := c.Decode(body)
	if err == nil {
		if w.fault.reason != "" || r.Head().MTI.IsResponse() || len(r.Head().TID) != 8 && r.Head().MTI.Class() != 8 {
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

// repack writes a message from its fields' contents, with lengths and bitmaps made anew.
func repack(c *Codec, w *wire) []byte {
	dst := append([]byte(nil), w.body[:bitmapOffset]...)
	first := w.set[0]
	if w.set[1] != 0 {
		first |= fieldBit(1)
	}
	dst = binary.BigEndian.AppendUint64(dst, first)
	if w.set[1] != 0 {
		dst = binary.BigEndian.AppendUint64(dst, w.set[1])
	}
	for de := w.set.next(0); de != 0; de = w.set.next(de) {
		dst = c.layout[de].prefix.append(dst, int(w.spans[de].chars))
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
