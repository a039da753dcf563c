package mutants

// wire are bugs in package iso: bytes that mean something else than they should.
var wire = []Mutant{
	{
		Name:   "trailing-bytes",
		Breaks: "What stands behind the last field is passed over, so a message has many spellings.",
		Edits:  []Edit{{"iso/walk.go", `if w.end != len(body) {`, `if w.end > len(body) {`}},
		Catch:  Catch{"iso", "TestStrict"},
	},
	{
		Name: "frame-limit-off", Breaks: "A frame may be as long as its header can say.",
		Edits: []Edit{{"iso/framing.go", `case length > f.bytesMax:`, `case length > 1<<20:`}},
		Catch: Catch{"iso", "TestFrameLimits"},
	},
	{
		Name: "duplicate-tag", Breaks: "Of a tag that comes twice in DE55 the last one wins.",
		Edits: []Edit{{"iso/tlv.go", `case !fresh && !repeats:`, `case !fresh && repeats && !answer:`}},
		Catch: Catch{"iso", "TestTLVStrict"},
	},
	{
		Name: "fraction-dropped", Breaks: "An amount with a part of a rupiah is rounded down and posted.",
		Edits: []Edit{{"iso/decode_payment.go", `minor/c.scale, minor%c.scale != 0`, `minor/c.scale, false`}},
		Catch: Catch{"iso", "TestAmountScale"},
	},
	{
		Name: "two-cards-named", Breaks: "Where DE2 and the track name two cards, the track's pays.",
		Edits: []Edit{{
			"iso/decode_payment.go", `if p.PAN.Present() && p.PAN != track.PAN() {`,
			`if !track.PAN().Present() {`,
		}},
		Catch: Catch{"iso", "TestStrict"},
	},
	{
		Name: "part-reversed-whole", Breaks: "A switch's reversal of a part (DE95) gives back the whole.",
		Edits: []Edit{{
			"iso/decode_undo.go", `if !allDigits(amount) || digitsNumber(amount) != 0 && digitsNumber(amount) != w.number(4, 0) {`,
			`if !allDigits(amount) {`,
		}},
		Catch: Catch{"iso", "TestSwitchStrict"},
	},
	{
		Name:   "mac-over-repacked-bytes",
		Breaks: "The MAC is computed over the message as we would have written it, with another pad nibble behind track 2.",
		Edits: []Edit{{
			"iso/walk.go", `	return w.body[w.layout.opening.mti:end:end]`,
			`	packed := append([]byte(nil), w.body[w.layout.opening.mti:end]...)
	if t := w.spans[35]; w.has(35) && t.chars%2 == 1 {
		packed[int(t.offset+t.size)-1-w.layout.opening.mti] |= 0x0F
	}
	return packed`,
		}},
		Catch: Catch{"gateway", "TestMACIsOverReceivedBytes"},
	},
	{
		Name: "pan-in-error", Breaks: "The error about a card number quotes it.",
		Edits: []Edit{{
			"iso/pan.go", `			return PAN{}, errPAN
		}
	}`, `			return PAN{}, fmt.Errorf("%q is no card number", string(digits))
		}
	}`,
		}},
		Catch: Catch{"iso", "TestCardErrorsQuoteNothing"},
	},
	{
		Name: "pan-in-clear", Breaks: "A card number prints its digits.",
		Edits: []Edit{{"iso/pan.go", `io.WriteString(s, p.Masked())`, `io.WriteString(s, string(p.Digits()))`}},
		Catch: Catch{"iso", "TestMaskedUnderEveryVerb"},
	},
}
