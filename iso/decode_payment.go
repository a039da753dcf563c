package iso

import "strings"

// head reads what every request carries.
func (w *wire) head(h *Header, t *texts) {
	h.TPDU = w.tpdu()
	h.MTI = w.mti
	h.STAN = int32(w.number(11, 0))
	h.MAC = w.binary(w.macField())
	h.MACInput = w.macInput()
	t.digits(&h.ProcessingCode, 3)
	t.n3(&h.NII, 24)
	t.text(&h.RRN, 37)
	t.trimmed(&h.MID, 42)
	if w.layout.opening.ascii {
		t.terminal(&h.TID)
		t.route(&h.Route)
		return
	}
	t.text(&h.TID, 41)
}

// payment reads header and payment of a message whose required fields are there.
func (c *Codec) payment(w *wire, h *Header, p *Payment, luhn bool) fault {
	t := texts{wire: w}
	w.head(h, &t)
	t.n3(&p.EntryMode, 22)
	t.digits(&p.Expiry, 14)
	if !c.switched() {
		t.trimmed(&p.Batch, 60)
		t.trimmed(&p.Invoice, 62)
	}
	t.settle()
	if c.switched() && strings.Trim(h.TID, " ") == "" {
		return fault{41, ReasonMissing}
	}
	p.LocalStamp = w.localStamp()
	minor := w.number(4, 0)
	p.Amount, p.Fraction = minor/c.scale, minor%c.scale != 0
	if f := c.card(w, p, luhn); f.reason != "" {
		return f
	}
	return w.chip(p)
}

// card reads DE2 and DE35, which must name one card where both are there. The track's expiry goes before DE14.
func (c *Codec) card(w *wire, p *Payment, luhn bool) fault {
	from := 2
	if w.has(2) {
		pan, ok := c.pan(w)
		if !ok {
			return fault{2, ReasonPAN}
		}
		p.PAN = pan
	}
	if w.has(35) {
		track, ok := w.track()
		if !ok {
			return fault{35, ReasonTrack2}
		}
		if p.PAN.Present() && p.PAN != track.PAN() {
			return fault{35, ReasonPANMismatch}
		}
		from, p.PAN = 35, track.PAN()
		if expiry := track.Expiry(); expiry != "" {
			p.Expiry = expiry
		}
	}
	switch {
	case !p.PAN.Present():
		return fault{2, ReasonMissing}
	case luhn && !p.PAN.Luhn():
		return fault{from, ReasonPANLuhn}
	}
	return fault{}
}

// pan is DE2, or not ok where it is no card number.
func (c *Codec) pan(w *wire) (PAN, bool) {
	if !c.switched() {
		return c.dialect.panForm().unpack(w.bytes(2), int(w.spans[2].chars))
	}
	pan, err := ParsePAN(w.bytes(2))
	return pan, err == nil
}

// track is DE35, or not ok where no card number stands before its separator.
func (w *wire) track() (Track2, bool) {
	if !w.layout.opening.ascii {
		return unpackTrack2(w.bytes(35), int(w.spans[35].chars))
	}
	track, err := ParseTrack2(w.bytes(35))
	return track, err == nil
}

func (w *wire) chip(p *Payment) fault {
	chip, reason := readChip(w.binary(55))
	p.ATC, p.ChipAmount = chip.atc, chip.amount
	if reason != "" {
		return fault{55, reason}
	}
	return fault{}
}

// localStamp is DE13 and DE12 as MMDDhhmmss, or -1 where either is absent.
func (w *wire) localStamp() int64 {
	if !w.has(12) || !w.has(13) {
		return -1
	}
	return w.number(13, 0)*1e6 + w.number(12, 0)
}

// pinBlock is DE52.
func (w *wire) pinBlock() PINBlock {
	if !w.has(52) {
		return PINBlock{}
	}
	return NewPINBlock([pinBlockBytes]byte(w.binary(52)))
}
