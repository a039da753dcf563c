package iso

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func frame(body []byte) []byte { return framed(body, edcFraming) }

func framed(body []byte, framing Framing) []byte {
	f, err := AppendFrame(nil, body, framing)
	if err != nil {
		panic(err)
	}
	return f
}

// framings are the three ways in which links cut their streams.
func framings() []Framing {
	ascii, binary := SwitchDialect(), SwitchDialect()
	binary.Length, binary.Bitmap = LengthBinary, BitmapBinary
	return []Framing{edcFraming, ascii.Framing(), binary.Framing()}
}

// TestFrameHeaders tries all 65,536 headers: only lengths within the limits are waited for, and a refusal needs no
// byte more than the header.
func TestFrameHeaders(t *testing.T) {
	for n := range 1 << 16 {
		r := NewFrameReader(bytes.NewReader([]byte{byte(n >> 8), byte(n)}), edcFraming)
		_, err := r.Next()
		var refused *FrameError
		if !errors.As(err, &refused) {
			t.Fatalf("header %04X: %v", n, err)
		}
		if want := headerReason(n); refused.Reason != want || refused.Length != n {
			t.Fatalf("header %04X: %v, want %s", n, refused, want)
		}
	}
}

func headerReason(n int) string {
	switch {
	case n < FrameBytesMin:
		return ReasonFrameUndersize
	case n <= FrameBytesMax:
		return ReasonFrameIncomplete
	case n == 0x1603:
		return ReasonFrameTLS
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH", "TRACE", "PRI"} {
		if n == int(method[0])<<8|int(method[1]) {
			return ReasonFrameHTTP
		}
	}
	return ReasonFrameOversize
}

// TestFrameASCII tries all lengths of four digits, and what is none.
func TestFrameASCII(t *testing.T) {
	framing := SwitchDialect().Framing()
	for n := range 10_000 {
		header := fmt.Sprintf("%04d", n)
		_, err := NewFrameReader(strings.NewReader(header), framing).Next()
		want := ReasonFrameIncomplete
		switch {
		case n < framing.bytesMin:
			want = ReasonFrameUndersize
		case n > SwitchFrameBytesMax:
			want = ReasonFrameOversize
		}
		if refused, ok := err.(*FrameError); !ok || refused.Reason != want || refused.Length != n {
			t.Fatalf("%s: %v, want %s", header, err, want)
		}
	}
	for header, want := range map[string]string{
		"GET /": ReasonFrameHTTP, "\x16\x03\x01\x00": ReasonFrameTLS, "+055": ReasonFrameForm, " 055": ReasonFrameForm,
		"-001": ReasonFrameForm, "0x37": ReasonFrameForm, "\x00\x37\x30\x38": ReasonFrameForm, "005": ReasonFrameIncomplete,
	} {
		_, err := NewFrameReader(strings.NewReader(header), framing).Next()
		if refused, ok := err.(*FrameError); !ok || refused.Reason != want {
			t.Errorf("%q: %v, want %s", header, err, want)
		}
	}
}

// TestFrameLimits: frames of exactly the smallest and the largest size pass, one byte beyond does not.
func TestFrameLimits(t *testing.T) {
	for _, framing := range framings() {
		for _, n := range []int{framing.bytesMin, framing.bytesMax} {
			body := bytes.Repeat([]byte{7}, n)
			got, err := NewFrameReader(bytes.NewReader(framed(body, framing)), framing).Next()
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes: %v", n, err)
			}
		}
		for _, n := range []int{framing.bytesMin - 1, framing.bytesMax + 1} {
			if dst, err := AppendFrame([]byte{1}, make([]byte, n), framing); err == nil || len(dst) != 1 {
				t.Errorf("%d bytes were written", n)
			}
		}
	}
	if _, err := NewFrameReader(bytes.NewReader(frame(make([]byte, 40))), Framing{}).Next(); err == nil {
		t.Error("a framing of no dialect passes a frame")
	}
}

// TestFrameSlices: however the network cuts or joins the bytes, the frames are the same.
func TestFrameSlices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		framing := rapid.SampledFrom(framings()).Draw(t, "framing")
		bodies := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), framing.bytesMin, FrameBytesMax), 1, 6).Draw(t, "bodies")
		var stream []byte
		for _, body := range bodies {
			stream = append(stream, framed(body, framing)...)
		}
		r := NewFrameReader(&sliced{rest: stream, sizes: rapid.SliceOfN(rapid.IntRange(1, 3000), 1, 20).Draw(t, "sizes")}, framing)
		for i, want := range bodies {
			if err := r.Wait(); err != nil || r.Buffered() == 0 {
				t.Fatalf("frame %d: Wait: %v, %d bytes", i, err, r.Buffered())
			}
			if got, err := r.Next(); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("frame %d: %v", i, err)
			}
		}
		if err := r.Wait(); err != io.EOF || r.Buffered() != 0 {
			t.Fatalf("after the last frame: %v", err)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("after the last frame: %v", err)
		}
	})
}

// sliced returns a stream in pieces of the given sizes, over and over.
type sliced struct {
	rest  []byte
	sizes []int
	i     int
}

func (s *sliced) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := min(s.sizes[s.i%len(s.sizes)], len(p), len(s.rest))
	s.i++
	copy(p, s.rest[:n])
	s.rest = s.rest[n:]
	return n, nil
}

// TestFrameCut: a peer that closes inside a frame is told apart from one that closes between frames.
func TestFrameCut(t *testing.T) {
	whole := frame(bytes.Repeat([]byte{7}, 40))
	for n := 1; n < len(whole); n++ {
		r := NewFrameReader(iotest.DataErrReader(bytes.NewReader(whole[:n])), edcFraming)
		_, err := r.Next()
		var refused *FrameError
		if !errors.As(err, &refused) || refused.Reason != ReasonFrameIncomplete {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// TestFrameDeadline: an error of the source loses nothing; the next call goes on where it stopped.
func TestFrameDeadline(t *testing.T) {
	late := errors.New("deadline")
	body := bytes.Repeat([]byte{7}, 40)
	whole := frame(body)
	r := NewFrameReader(io.MultiReader(bytes.NewReader(whole[:11]), &once{err: late}, bytes.NewReader(whole[11:])), edcFraming)
	if _, err := r.Next(); !errors.Is(err, late) || r.Buffered() != 11 {
		t.Fatalf("%v, %d bytes", err, r.Buffered())
	}
	if got, err := r.Next(); err != nil || !bytes.Equal(got, body) {
		t.Fatal(err)
	}
}

// once fails one read and then is at its end.
type once struct{ err error }

func (o *once) Read([]byte) (int, error) {
	err := o.err
	o.err = io.EOF
	return 0, err
}

// TestFrameNoProgress: a source that returns nothing for ever does not spin a core.
func TestFrameNoProgress(t *testing.T) {
	if err := NewFrameReader(stuck{}, edcFraming).Wait(); err != io.ErrNoProgress {
		t.Fatal(err)
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// TestCutFrame takes frames off a capture.
func TestCutFrame(t *testing.T) {
	body := bytes.Repeat([]byte{7}, 40)
	got, rest, err := CutFrame(append(frame(body), 1, 2), edcFraming)
	if err != nil || !bytes.Equal(got, body) || len(rest) != 2 {
		t.Errorf("%v, %d bytes left", err, len(rest))
	}
	for _, bad := range [][]byte{nil, {0}, {0, 3, 1, 2, 3}, frame(body)[:30]} {
		if _, rest, err := CutFrame(bad, edcFraming); err == nil || len(rest) != len(bad) {
			t.Errorf("%d bytes were accepted as a frame", len(bad))
		}
	}
}

// TestFrameBufferAtRest: a long frame borrows a large buffer, which goes back before the next wait; a peer that sends more
// at a time than the small one holds keeps it for as long as it does.
func TestFrameBufferAtRest(t *testing.T) {
	small, long := frame(make([]byte, 40)), frame(make([]byte, FrameBytesMax))
	many := bytes.Repeat(small, 5*restBytes/len(small))
	for _, test := range []struct {
		sent [][]byte // in pieces as they come
		held bool     // after the last
	}{
		{[][]byte{small}, false},
		{[][]byte{long[:100], long[100:]}, true},
		{[][]byte{long[:100], long[100:], small}, false},
		{[][]byte{many, many}, true},
		{[][]byte{many, many, small, small}, false},
	} {
		pieces := make([]io.Reader, len(test.sent))
		for i, piece := range test.sent {
			pieces[i] = bytes.NewReader(piece)
		}
		r := NewFrameReader(io.MultiReader(pieces...), edcFraming)
		for r.Wait() == nil {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		if held := r.large != nil; held != test.held {
			t.Errorf("%d pieces: a large buffer is held: %v, want %v", len(test.sent), held, test.held)
		}
	}
}
