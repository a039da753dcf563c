package iso

import "testing"

// TestAllocations holds what the benchmarks found: a purchase costs its struct, one string for its texts and one for
// the expiry of its track; writing costs nothing.
func TestAllocations(t *testing.T) {
	c, out, response := mustCodec(t), testPurchase(t), benchResponse(t)
	body := frameBody(t, c, out)
	buf := make([]byte, 0, FrameBytesMax)
	for name, x := range map[string]struct {
		most float64
		call func() error
	}{
		"Decode":        {3, func() error { _, err := c.Decode(body); return err }},
		"Encode":        {0, func() error { _, err := c.Encode(buf, response); return err }},
		"EncodeRequest": {0, func() error { _, err := c.EncodeRequest(buf, &out); return err }},
	} {
		if n := testing.AllocsPerRun(200, func() {
			if x.call() != nil {
				t.Error(name, "failed")
			}
		}); n > x.most {
			t.Errorf("%s costs %v allocations, want at most %v", name, n, x.most)
		}
	}
}
