package iso

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Description is a message for people: every field with its name and a value that may be shown. It marshals to JSON.
type Description struct {
	TPDU    string             `json:"tpdu,omitempty"`
	MTI     string             `json:"mti,omitempty"`
	Bitmap  string             `json:"bitmap,omitempty"`
	Fields  []FieldDescription `json:"fields"`
	Problem string             `json:"problem,omitempty"` // why the message is refused, as DecodeError says it
}

// FieldDescription is one data element, or one tag of DE55.
type FieldDescription struct {
	Field int    `json:"field"`
	Tag   string `json:"tag,omitempty"`
	Name  string `json:"name"`
	Value string `json:"value"` // masked; what is not known to be harmless is shown as its length
}

// Describe reads a request or an answer as far as it goes and never fails. It is for people: card data, PIN block and
// keys do not get into it.
func (c *Codec) Describe(body []byte) Description {
	var w wire
	c.layout.walk(body, &w)
	var d Description
	if len(body) >= FrameBytesMin {
		d.TPDU, d.MTI = w.tpdu().String(), w.mti().String()
		d.Bitmap = upperHex(body[bitmapOffset:min(bitmapOffset+w.bitmapSize(), len(body))])
	}
	d.Fields = []FieldDescription{}
	for de := w.set.next(0); de != 0; de = w.set.next(de) {
		d.Fields = append(d.Fields, FieldDescription{Field: de, Name: c.layout[de].name, Value: c.show(&w, de)})
		if de == 55 {
			d.Fields = append(d.Fields, describeTLV(w.bytes(55))...)
		}
	}
	if err := c.judge(body); err != nil {
		d.Problem = err.Error()
	}
	return d
}

// Describe prints a message as a table, field by field, masked. body is a frame without its length.
func Describe(out io.Writer, c *Codec, body []byte) error { return c.Describe(body).Print(out) }

// Print writes the description as a table.
func (d Description) Print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "TPDU\t\t%s\nMTI\t\t%s\nBitmap\t\t%s\n", d.TPDU, d.MTI, d.Bitmap)
	for _, f := range d.Fields {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.label(), f.Name, f.Value)
	}
	if d.Problem != "" {
		fmt.Fprintf(t, "Problem\t\t%s\n", d.Problem)
	}
	return t.Flush()
}

func (f FieldDescription) label() string {
	if f.Tag != "" {
		return "  " + f.Tag
	}
	return "DE" + strconv.Itoa(f.Field)
}

// judge is what the gateway, or a terminal, would say of the message.
func (c *Codec) judge(body []byte) error {
	_, err := c.Decode(body)
	if refused, ok := err.(*DecodeError); ok && refused.Reason == ReasonMTIResponse {
		_, err = c.DecodeResponse(body)
	}
	return err
}

func (w *wire) bitmapSize() int {
	if w.body[bitmapOffset]&0x80 != 0 {
		return 2 * bitmapBytes
	}
	return bitmapBytes
}

// show is the value of a field that is in form. The list of what is shown is a list of what is known to be harmless:
// a field that is not on it shows its length.
func (c *Codec) show(w *wire, de int) string {
	content := w.bytes(de)
	switch de {
	case 2:
		pan, _ := c.dialect.panForm().unpack(content, int(w.spans[2].chars))
		return pan.Masked()
	case 4:
		return c.showAmount(bcdNumber(content), string(appendNibbles(nil, content)))
	case 3, 7, 11, 12, 13, 15, 22, 23, 24, 25, 70:
		return string(appendNibbles(nil, content))
	case 35:
		track, _ := unpackTrack2(content, int(w.spans[35].chars))
		return track.Masked()
	case 37, 38, 39, 41, 42, 54:
		return string(content)
	case 48, 60, 62, 63:
		return showText(content, w.mti())
	case 64:
		return upperHex(content)
	}
	return lengthOnly(len(content))
}

// showAmount adds the rupiah that the link's scale makes of the digits.
func (c *Codec) showAmount(minor int64, digits string) string {
	if minor%c.scale != 0 {
		return digits + " = Rp" + strconv.FormatInt(minor/c.scale, 10) + " and a remainder below one rupiah"
	}
	return digits + " = Rp" + strconv.FormatInt(minor/c.scale, 10)
}

// showText shows free text, but not that of network messages, which carry keys, nor anything that is not printable;
// runs of digits that could be a card number are masked.
func showText(content []byte, mti MTI) string {
	if mti.Class() == MTINetwork.Class() || !printable(content) {
		return lengthOnly(len(content))
	}
	return maskRuns(string(content))
}

// maskRuns masks every run of 13 to 19 digits that has the check digit of a card number.
func maskRuns(s string) string {
	var out strings.Builder
	for s != "" {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		if pan, err := ParsePAN(s[:n]); err == nil && n >= panDigitsShow && pan.Luhn() {
			out.WriteString(pan.Masked())
		} else {
			out.WriteString(s[:n])
		}
		s = s[n:]
		n = len(s) - len(strings.TrimLeftFunc(s, func(r rune) bool { return r < '0' || r > '9' }))
		out.WriteString(s[:n])
		s = s[n:]
	}
	return out.String()
}

func lengthOnly(n int) string { return "(" + strconv.Itoa(n) + " bytes)" }
