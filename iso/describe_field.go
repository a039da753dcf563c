package iso

import "strconv"

// The fields that are shown as they are. The lists are of what is known to be harmless: a field that is on none of them
// shows its length, be it a PIN block, a track, an account (102, 103), a private field, or new.
var (
	shownNumbers = Fields(3, 7, 11, 12, 13, 15, 18, 22, 23, 24, 25, 32, 33, 66, 70, 74, 75, 76, 77, 90, 99)
	shownTexts   = Fields(37, 38, 39, 41, 42, 49, 54, 97)
	shownAmounts = Fields(4, 86, 87, 88, 89)
	shownFree    = Fields(43, 48, 60, 62, 63)
	shownMACs    = Fields(64, 128)
)

// show is the value of a field that is in form.
func (c *Codec) show(w *wire, de int) string {
	switch {
	case de == 2:
		pan, _ := c.pan(w)
		return pan.Masked()
	case de == 35:
		track, _ := w.track()
		return track.Masked()
	case shownNumbers.Has(de):
		return w.digits(de)
	case shownTexts.Has(de):
		return string(w.bytes(de))
	case shownAmounts.Has(de):
		return c.showAmount(w.number(de, 0), w.digits(de))
	case shownFree.Has(de):
		return c.showText(w, w.bytes(de))
	case shownMACs.Has(de):
		return upperHex(w.binary(de))
	}
	return lengthOnly(len(w.bytes(de)))
}

// showBitmaps is the bitmaps in hex, as far as the message goes. What should be hex and is not may be anything.
func (w *wire) showBitmaps() string {
	o := &w.layout.opening
	end := o.size()
	if first := w.body[o.bitmap]; o.hex && first >= '8' || !o.hex && first >= 0x80 {
		end += o.each
	}
	bitmaps := w.body[o.bitmap:min(end, len(w.body))]
	switch {
	case !o.hex:
		return upperHex(bitmaps)
	case allHex(bitmaps):
		return string(bitmaps)
	}
	return lengthOnly(len(bitmaps))
}

// showAmount adds the rupiah that the link's scale makes of the digits.
func (c *Codec) showAmount(minor int64, digits string) string {
	if minor%c.scale != 0 {
		return digits + " = Rp" + strconv.FormatInt(minor/c.scale, 10) + " and a remainder below one rupiah"
	}
	return digits + " = Rp" + strconv.FormatInt(minor/c.scale, 10)
}

// showText shows free text, but not that of network messages, which carry keys, nor anything that is not printable; what
// could be a card number is masked, and so is the message's own.
func (c *Codec) showText(w *wire, content []byte) string {
	if w.mti.Class() == MTINetwork.Class() || !printable(content) {
		return lengthOnly(len(content))
	}
	var p Payment
	c.card(w, &p, false) // of a message that is refused it reads as much as there is
	return MaskCards(string(content), p.PAN)
}

func lengthOnly(n int) string { return "(" + strconv.Itoa(n) + " bytes)" }
