package iso

import (
	"testing"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/prefix"
)

// stockSwitchKit is moov's own encoders for the switch's table, with bitmaps in hex.
func stockSwitchKit() switchKit {
	return switchKit{
		digits: encoding.ASCII, text: encoding.ASCII, raw: encoding.Binary, track2: encoding.ASCII, binary: encoding.ASCII,
		bitmap: encoding.BytesToASCIIHex, binaryLength: 2 * macBytes,
		fixed: prefix.ASCII.Fixed, ll: prefix.ASCII.LL, lll: prefix.ASCII.LLL, bitmapPrefix: prefix.Hex.Fixed,
	}
}

// BenchmarkPurchase decodes and encodes one purchase with chip data (240 bytes): ours, typed and strict; moov's Message
// on our encoders; moov's Message on its own. One run shows all three.
func BenchmarkPurchase(b *testing.B) {
	c, out := mustCodec(b), testPurchase(b)
	b.Run("ours", func(b *testing.B) { benchmarkOurs(b, c, out) })
	b.Run("moov", func(b *testing.B) {
		benchmarkMoov(b, edcSpec(ourKit(panForm{})), frameBody(b, c, out)[edcOpening.mti:])
	})
	b.Run("stock", func(b *testing.B) { benchmarkStock(b, frameBody(b, c, out)) })
}

// BenchmarkSwitchPurchase is the same of a switch's purchase with chip data (480 characters).
func BenchmarkSwitchPurchase(b *testing.B) {
	c, out := mustSwitch(b), testChipPurchase(b)
	b.Run("ours", func(b *testing.B) { benchmarkOurs(b, c, out) })
	b.Run("moov", func(b *testing.B) { benchmarkMoov(b, switchSpec(ourSwitchKit(BitmapHex), 8), frameBody(b, c, out)) })
	b.Run("stock", func(b *testing.B) { benchmarkMoov(b, switchSpec(stockSwitchKit(), 8), frameBody(b, c, out)) })
}

func benchmarkOurs(b *testing.B, c *Codec, out Outgoing) {
	body := frameBody(b, c, out)
	buf := make([]byte, 0, FrameBytesMax)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(body); err != nil {
			b.Fatal(err)
		}
		if _, err := c.EncodeRequest(buf, &out); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkMoov(b *testing.B, spec *iso8583.MessageSpec, message []byte) {
	b.ReportAllocs()
	for b.Loop() {
		m := iso8583.NewMessage(spec)
		if err := m.Unpack(message); err != nil {
			b.Fatal("moov refused the purchase")
		}
		if _, err := m.Pack(); err != nil {
			b.Fatal("moov cannot write the purchase")
		}
	}
}

func benchmarkStock(b *testing.B, body []byte) {
	stock := NewStock()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := stock.Rewrite(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode is the gateway's half of the way in.
func BenchmarkDecode(b *testing.B) {
	c := mustCodec(b)
	body := frameBody(b, c, testPurchase(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncode is the gateway's half of the way out.
func BenchmarkEncode(b *testing.B) {
	c, r := mustCodec(b), benchResponse(b)
	buf := make([]byte, 0, FrameBytesMax)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Encode(buf, r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodeRequest and BenchmarkDecodeResponse are the load generator's halves.
func BenchmarkEncodeRequest(b *testing.B) {
	c, out := mustCodec(b), testPurchase(b)
	buf := make([]byte, 0, FrameBytesMax)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.EncodeRequest(buf, &out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeResponse(b *testing.B) {
	c := mustCodec(b)
	frame, err := c.Encode(nil, benchResponse(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.DecodeResponse(frame[2:]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBitmapFlood is the answer to the frame of chained bitmaps that cost a stock decoder 22 ms.
func BenchmarkBitmapFlood(b *testing.B) {
	c := mustCodec(b)
	body := append([]byte{0x60, 0, 0, 0, 0, 0x02, 0x00}, make([]byte, FrameBytesMax-edcOpening.mti-2)...)
	for i := edcOpening.bitmap; i < len(body); i += bitmapBytes {
		body[i] = 0x80
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(body); err == nil {
			b.Fatal("a third bitmap was accepted")
		}
	}
}

func benchResponse(b testing.TB) *Response {
	c := mustCodec(b)
	r, err := c.Decode(frameBody(b, c, testPurchase(b)))
	if err != nil {
		b.Fatal(err)
	}
	return testResponse(r.(*Purchase))
}
