package iso

import (
	"fmt"
	"io"
	"strconv"
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
	if o := &c.layout.opening; len(body) >= o.size() {
		d.MTI, d.Bitmap = w.mti.String(), w.showBitmaps()
		if o.mti > 0 {
			d.TPDU = w.tpdu().String()
		}
	}
	d.Fields = c.describeFields(&w)
	if err := c.judge(body); err != nil {
		d.Problem = err.Error()
		d.maskRuns()
	}
	return d
}

// maskRuns is for a message that is refused: its fields may have been cut in wrong places, so that a card number stands in
// any of them, with other digits around it.
func (d *Description) maskRuns() {
	for i := range d.Fields {
		d.Fields[i].Value = maskRuns(d.Fields[i].Value)
	}
}

// describeFields shows no field of what has no type of 1987: it is a message of another dialect, cut in wrong places,
// and a card number may stand where a terminal's name belongs.
func (c *Codec) describeFields(w *wire) []FieldDescription {
	list := []FieldDescription{}
	if !w.mti.digits() || w.mti.Version() != 0 {
		return list
	}
	for de := w.set.next(0); de != 0; de = w.set.next(de) {
		list = append(list, FieldDescription{Field: de, Name: c.layout.elements[de].name, Value: c.show(w, de)})
		if de == 55 {
			list = append(list, describeTLV(w.binary(55))...)
		}
	}
	return list
}

// Describe prints a message as a table, field by field, masked. body is a frame without its length.
func Describe(out io.Writer, c *Codec, body []byte) error { return c.Describe(body).Print(out) }

// Print writes the description as a table.
func (d Description) Print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if d.TPDU != "" {
		fmt.Fprintf(t, "TPDU\t\t%s\n", d.TPDU)
	}
	fmt.Fprintf(t, "MTI\t\t%s\nBitmap\t\t%s\n", d.MTI, d.Bitmap)
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
