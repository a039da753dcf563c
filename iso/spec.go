package iso

import (
	"errors"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"
)

// kit is the encoders and length prefixes that a spec is built with. The benchmark builds the same table with moov's
// own kit, so that the comparison is between encoders and nothing else.
type kit struct {
	bcd, n3, pan, track2, text, raw encoding.Encoder
	fixed, ll, lll                  prefix.Prefixer
	track2Unpacker                  field.Unpacker
	track2Packer                    field.Packer
}

// ourKit is the kit of a link with this form of DE2.
func ourKit(pan panForm) kit {
	return kit{
		bcd: formBCD, n3: formN3, pan: pan, track2: formTrack2, text: formText, raw: formRaw,
		fixed: prefixFixed, ll: prefixLL, lll: prefixLLL,
	}
}

// edcSpec is the message of an Indonesian EDC terminal (HPDH style, ISO 8583:1987), as data. Source: the formats seen
// in captured messages, listed in the project's facts of the wire (B.1). Lengths count digits, nibbles or bytes.
//
// DE48, 61 and 63 are text in every sample, and yet raw here: nothing on the way to the books reads them in a
// purchase, and other fleets put binary tables there. A family shall not go hungry for a byte that nobody uses.
func edcSpec(k kit) *iso8583.MessageSpec {
	return &iso8583.MessageSpec{Name: "EDC", Fields: map[int]field.Field{
		0:  field.NewString(field.NewSpec(4, "Message type", k.bcd, k.fixed)),
		1:  field.NewBitmap(field.NewSpec(8, "Bitmap", k.raw, k.fixed)),
		2:  field.NewString(field.NewSpec(panDigitsMax, "Primary account number", k.pan, k.ll)),
		3:  field.NewString(field.NewSpec(6, "Processing code", k.bcd, k.fixed)),
		4:  field.NewString(field.NewSpec(12, "Amount", k.bcd, k.fixed)),
		7:  field.NewString(field.NewSpec(10, "Transmission date and time", k.bcd, k.fixed)),
		11: field.NewString(field.NewSpec(6, "System trace audit number", k.bcd, k.fixed)),
		12: field.NewString(field.NewSpec(6, "Local time", k.bcd, k.fixed)),
		13: field.NewString(field.NewSpec(4, "Local date", k.bcd, k.fixed)),
		14: field.NewString(field.NewSpec(4, "Expiry date", k.bcd, k.fixed)),
		15: field.NewString(field.NewSpec(4, "Settlement date", k.bcd, k.fixed)),
		22: field.NewString(field.NewSpec(4, "POS entry mode", k.n3, k.fixed)),
		23: field.NewString(field.NewSpec(4, "Card sequence number", k.n3, k.fixed)),
		24: field.NewString(field.NewSpec(4, "Network identifier", k.n3, k.fixed)),
		25: field.NewString(field.NewSpec(2, "POS condition code", k.bcd, k.fixed)),
		35: field.NewString(&field.Spec{
			Length: track2DigitsMax, Description: "Track 2", Enc: k.track2, Pref: k.ll,
			Packer: k.track2Packer, Unpacker: k.track2Unpacker,
		}),
		37: field.NewString(field.NewSpec(12, "Retrieval reference number", k.text, k.fixed)),
		38: field.NewString(field.NewSpec(6, "Approval code", k.text, k.fixed)),
		39: field.NewString(field.NewSpec(2, "Response code", k.text, k.fixed)),
		41: field.NewString(field.NewSpec(8, "Terminal", k.text, k.fixed)),
		42: field.NewString(field.NewSpec(15, "Merchant", k.text, k.fixed)),
		48: field.NewBinary(field.NewSpec(999, "Receipt or private data", k.raw, k.lll)),
		52: field.NewBinary(field.NewSpec(pinBlockBytes, "PIN block", k.raw, k.fixed)),
		54: field.NewString(field.NewSpec(120, "Additional amounts", k.text, k.lll)),
		55: field.NewBinary(field.NewSpec(999, "Chip data", k.raw, k.lll)),
		57: field.NewBinary(field.NewSpec(999, "Line encryption", k.raw, k.lll)),
		58: field.NewBinary(field.NewSpec(999, "Device data", k.raw, k.lll)),
		59: field.NewBinary(field.NewSpec(999, "Private data 59", k.raw, k.lll)),
		60: field.NewString(field.NewSpec(999, "Batch", k.text, k.lll)),
		61: field.NewBinary(field.NewSpec(999, "Private data 61", k.raw, k.lll)),
		62: field.NewString(field.NewSpec(999, "Invoice", k.text, k.lll)),
		63: field.NewBinary(field.NewSpec(999, "Totals or private data", k.raw, k.lll)),
		64: field.NewBinary(field.NewSpec(macBytes, "MAC", k.raw, k.fixed)),
		70: field.NewString(field.NewSpec(4, "Network code", k.n3, k.fixed)),
	}}
}

// fieldMax is the last data element that two bitmaps can name; macBytes the size of DE64.
const (
	fieldMax = 128
	macBytes = 8
)

// element is one data element of a compiled spec; the zero value is one that the spec does not have.
type element struct {
	name      string
	form      form
	prefix    lengthPrefix
	lengthMax int // of a variable field, the exact length of a fixed one; in characters
}

// layout is a spec as the array that the walk and the writer index by the number of the data element, and what stands
// in front of the fields.
type layout struct {
	opening  opening
	elements [fieldMax + 1]element
}

var errSpec = errors.New("a message spec must be made of this package's encoders and length prefixes")

// compile checks a spec once, at construction, because moov panics on a bad one when a message is made from it.
func compile(spec *iso8583.MessageSpec, o opening) (*layout, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	l := &layout{opening: o}
	for de, f := range spec.Fields {
		if de < 2 {
			continue
		}
		ours, okForm := f.Spec().Enc.(form)
		lengths, okPrefix := f.Spec().Pref.(lengthPrefix)
		if !okForm || !okPrefix || de > fieldMax {
			return nil, errSpec
		}
		l.elements[de] = element{name: f.Spec().Description, form: ours, prefix: lengths, lengthMax: f.Spec().Length}
	}
	return l, nil
}

// messageSpec is the table of a dialect's messages.
func messageSpec(d Dialect) *iso8583.MessageSpec {
	if d.Form == FormSwitch {
		return switchSpec(ourSwitchKit(d.Bitmap), d.tidLength())
	}
	return edcSpec(ourKit(d.panForm()))
}
