package iso

import (
	"strings"
	"testing"
)

// TestCardErrorsQuoteNothing: what is refused as a card number or a track may well be one, with a slip of the finger.
func TestCardErrorsQuoteNothing(t *testing.T) {
	_, digit := ParsePAN(card16 + "O")
	_, long := ParsePAN(card16 + card16)
	_, short := ParsePAN(card16[:7])
	_, track := ParseTrack2(card16 + "?3112")
	_, none := ParseTrack2("=" + card16)
	for i, err := range []error{digit, long, short, track, none} {
		if err == nil || strings.Contains(err.Error(), card16[:4]) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
