package iso

import (
	"bytes"
	"testing"
)

// bombAllocsMax is what any frame may cost in allocations before it is refused: fewer than a good purchase.
const bombAllocsMax = 8

// TestBombsCostLittle: frames that are made to cost a decoder much are refused with few allocations. (Stock decoders made
// 2,511 of a frame with 499 tags, and 22 ms of one with 64 kB of bitmaps.) BenchmarkBombs has the times.
func TestBombsCostLittle(t *testing.T) {
	c := mustCodec(t)
	for name, body := range bombs() {
		if _, err := c.Decode(body); err == nil {
			t.Errorf("%s was taken", name)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = c.Decode(body) }); n > bombAllocsMax {
			t.Errorf("%s costs %v allocations, more than %d", name, n, bombAllocsMax)
		}
	}
}

// BenchmarkBombs is what a frame costs that is made to cost much: processor time by its bytes.
//
//	go test ./iso -run '^$' -bench Bombs
func BenchmarkBombs(b *testing.B) {
	c := mustCodec(b)
	for name, body := range bombs() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = c.Decode(body)
			}
		})
	}
}

// bombs are frames of nearly the greatest length.
func bombs() map[string][]byte {
	head := []byte{0x60, 0, 1, 0, 0, 0x02, 0x00}
	chip := func(data []byte) []byte {
		body := append(bytes.Clone(head), 0, 0, 0, 0, 0, 0, 0x02, 0) // DE55 alone
		return append(append(body, byte(len(data)/1000<<4|len(data)/100%10), byte(len(data)/10%10<<4|len(data)%10)), data...)
	}
	var tags []byte
	for tag := range byte(120) {
		tags = append(tags, 0x9F, tag, 0)
	}
	return map[string][]byte{
		"bitmaps":    append(bytes.Clone(head), bytes.Repeat([]byte{0xFF}, FrameBytesMax-len(head))...),
		"zeros":      append(bytes.Clone(head), make([]byte, FrameBytesMax-len(head))...),
		"tags":       chip(tags),
		"one tag":    chip(bytes.Repeat([]byte{0x9F, 0x36, 0x02, 0, 1}, 199)),
		"open tags":  chip(bytes.Repeat([]byte{0x9F, 0xFF}, 499)),
		"open sizes": chip(bytes.Repeat([]byte{0x82, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 166)),
	}
}
