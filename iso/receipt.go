package iso

import (
	"errors"
	"strconv"
	"sync"
)

// ReceiptBytesMax is what DE48 can carry.
const ReceiptBytesMax = 999

// Styles of a receipt's sections, the tags of DE48.
const (
	StyleTitle  = "ID" // shown on the terminal's display
	StyleNormal = "NP" // printed normal
	StyleBold   = "BP" // printed bold
)

const receiptHeaderBytes = 5 // tag and length of a section

// Receipt builds DE48, the text that a terminal prints: sections of tag(2), length(3), text, where ';' ends a line
// (captured from an Indonesian host). Its text is always valid: characters that a printer or DE48 cannot take are
// replaced, and lines that no longer fit are left out from the end, for an approved redemption must not fail for a
// long outlet name. The zero value is an empty receipt.
//
// It is made with NewReceipt, written, and read once with Text.
type Receipt struct {
	buf   []byte
	style string
	open  int // where the open section's text starts
	full  bool
}

// NewReceipt starts a receipt with the line for the display, such as "APPROVED - 00".
func NewReceipt(title string) *Receipt {
	r := receipts.Get().(*Receipt)
	*r = Receipt{buf: r.buf[:0]}
	r.append(StyleTitle, title, "")
	return r
}

// receipts are those that were read: their kilobyte was a third of all that the gateway allocated for a redemption.
var receipts = sync.Pool{New: func() any { return &Receipt{buf: make([]byte, 0, ReceiptBytesMax)} }}

// Normal adds lines in normal print; "" is a blank line.
func (r *Receipt) Normal(lines ...string) *Receipt { return r.lines(StyleNormal, lines) }

// Bold adds lines in bold print.
func (r *Receipt) Bold(lines ...string) *Receipt { return r.lines(StyleBold, lines) }

// Text is the text for Response.Receipt. It ends the receipt, which must not be used any more.
func (r *Receipt) Text() string {
	text := string(r.buf)
	receipts.Put(r)
	return text
}

func (r *Receipt) lines(style string, lines []string) *Receipt {
	for _, line := range lines {
		r.append(style, line, ";")
	}
	return r
}

// append adds one line and keeps the open section's length right. Once a line did not fit, none is added any more, so
// that a receipt is cut and never has a hole.
func (r *Receipt) append(style, line, end string) {
	need := len(line) + len(end)
	if style != r.style {
		need += receiptHeaderBytes
	}
	if r.full = r.full || len(r.buf)+need > ReceiptBytesMax; r.full {
		return
	}
	if style != r.style {
		r.buf = append(append(r.buf, style...), "000"...)
		r.style, r.open = style, len(r.buf)
	}
	for i := range len(line) {
		r.buf = append(r.buf, printer(line[i]))
	}
	r.buf = append(r.buf, end...)
	length := len(r.buf) - r.open
	copy(r.buf[r.open-3:], []byte{'0' + byte(length/100), '0' + byte(length/10%10), '0' + byte(length%10)})
}

// printer is the character that a terminal prints for c. A semicolon would end the line.
func printer(c byte) byte {
	switch {
	case c == ';':
		return ','
	case c < ' ' || c > '~':
		return '?'
	}
	return c
}

// ReceiptSection is one section of a receipt that came.
type ReceiptSection struct {
	Style string
	Lines []string
}

var errReceipt = errors.New("a receipt is sections of two letters, three digits and that many printable characters")

// ParseReceipt reads DE48 of an answer. Unknown styles are kept, for printers that know them.
func ParseReceipt(text string) ([]ReceiptSection, error) {
	var sections []ReceiptSection
	for text != "" {
		if len(text) < receiptHeaderBytes || !decimal(text[2:receiptHeaderBytes]) {
			return nil, errReceipt
		}
		n, err := strconv.Atoi(text[2:receiptHeaderBytes])
		style, rest := text[:2], text[receiptHeaderBytes:]
		if err != nil || n > len(rest) || !printable(style) || !printable(rest[:n]) {
			return nil, errReceipt
		}
		sections = append(sections, ReceiptSection{Style: style, Lines: receiptLines(rest[:n])})
		text = rest[n:]
	}
	return sections, nil
}
