package intake

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// LineMax is the longest line in bytes.
const LineMax = 4096

// Version is the only version of the form.
const Version = "1"

// Header is what the first line of a file says.
type Header struct {
	Kind     string
	ID       string
	Lines    int64
	TotalIDR int64
}

// Fault is what is wrong with a line. The lines after it can be read.
type Fault struct {
	Line   int64  `json:"line"` // of the file, from 1
	Reason string `json:"reason"`
}

func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Reason) }

// Reader reads one file.
type Reader struct {
	in      *bufio.Reader
	digest  hash.Hash
	header  Header
	columns []string
	line    int64 // of the last one read
	rows    int64
	crlf    bool
	fields  []string
}

// NewReader reads the header and the columns, which must be these, of a file of this kind.
func NewReader(in io.Reader, kind string, columns ...string) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 1<<16), digest: sha256.New(), columns: columns}
	text, err := r.first()
	if err != nil {
		return nil, err
	}
	if r.header, err = parseHeader(text, kind); err != nil {
		return nil, err
	}
	return r, r.readColumns()
}

// first reads the first line, whose end all others must have.
func (r *Reader) first() (string, error) {
	if mark, _ := r.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		return "", errors.New("the file begins with a byte order mark: save it as UTF-8 without one")
	}
	text, end, err := r.readLine()
	if errors.Is(err, io.EOF) {
		return "", errors.New("the file is empty")
	}
	r.crlf = end == "\r\n"
	return text, err
}

func (r *Reader) readColumns() error {
	text, _, err := r.readLine()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if want := strings.Join(r.columns, ","); text != want {
		return fmt.Errorf("line 2 must name the columns %s", want)
	}
	return nil
}

// Header is what the first line says.
func (r *Reader) Header() Header { return r.header }

// Line is the number of the line read last.
func (r *Reader) Line() int64 { return r.line }

// Rows is how many lines of data were read, good and bad.
func (r *Reader) Rows() int64 { return r.rows }

// Digest is the SHA-256 of what was read: of the whole file once Next returned io.EOF.
func (r *Reader) Digest() []byte { return r.digest.Sum(nil) }

// Next reads a line of data; its fields are good until the next call. The error is io.EOF at the end, a *Fault where the
// reading can go on, anything else where it cannot.
func (r *Reader) Next() ([]string, error) {
	text, end, err := r.readLine()
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		r.rows++
		return nil, r.fault("longer than %d bytes", LineMax)
	case err != nil:
		return nil, err
	}
	r.rows++
	if reason := r.form(text, end); reason != "" {
		return nil, r.fault("%s", reason)
	}
	return r.split(text)
}

// form finds what is wrong with a line before its fields are looked at.
func (r *Reader) form(text, end string) string {
	switch {
	case end != "" && (end == "\r\n") != r.crlf:
		return "another line end than that of the first line: LF and CR LF are mixed"
	case text == "":
		return "an empty line"
	case !utf8.ValidString(text):
		return "not UTF-8"
	case strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }):
		return "a control character"
	}
	return ""
}

// split cuts a line at its commas. Only a line with quotes needs the rules of CSV.
func (r *Reader) split(text string) ([]string, error) {
	r.fields = r.fields[:0]
	if strings.Contains(text, `"`) {
		fields, err := csv.NewReader(strings.NewReader(text)).Read()
		if err != nil {
			return nil, r.fault("quotes that do not match")
		}
		r.fields = append(r.fields, fields...)
	} else {
		for field := range strings.SplitSeq(text, ",") {
			r.fields = append(r.fields, field)
		}
	}
	if len(r.fields) != len(r.columns) {
		return nil, r.fault("%d fields instead of %d: %s", len(r.fields), len(r.columns), strings.Join(r.columns, ","))
	}
	return r.fields, nil
}

func (r *Reader) fault(format string, args ...any) error {
	return &Fault{r.line, fmt.Sprintf(format, args...)}
}

// readLine reads a line and tells its end: "\n", "\r\n", or "" at the end of the file. A line that is too long is read
// to its end and reported as bufio.ErrBufferFull.
func (r *Reader) readLine() (text, end string, err error) {
	raw, err := r.in.ReadSlice('\n')
	r.digest.Write(raw)
	r.line++
	if errors.Is(err, bufio.ErrBufferFull) || len(raw) > LineMax {
		return "", "", r.skipLine(err)
	}
	if errors.Is(err, io.EOF) && len(raw) > 0 {
		err = nil
	}
	switch {
	case bytes.HasSuffix(raw, []byte("\r\n")):
		end = "\r\n"
	case bytes.HasSuffix(raw, []byte("\n")):
		end = "\n"
	}
	return string(raw[:len(raw)-len(end)]), end, err
}

// skipLine reads what is left of a line that is too long.
func (r *Reader) skipLine(err error) error {
	for errors.Is(err, bufio.ErrBufferFull) {
		var raw []byte
		raw, err = r.in.ReadSlice('\n')
		r.digest.Write(raw)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return bufio.ErrBufferFull
}

// CheckTotals compares the header with what was read and what the reader's amounts came to.
func (r *Reader) CheckTotals(totalIDR int64) error {
	if r.rows != r.header.Lines {
		return fmt.Errorf("the header says %d lines, the file has %d: it was cut off, or lines were added", r.header.Lines, r.rows)
	}
	if totalIDR != r.header.TotalIDR {
		return fmt.Errorf("the header's control total is %d, the lines come to %d", r.header.TotalIDR, totalIDR)
	}
	return nil
}

// parseHeader reads "bpnt,kind,1,identity,lines,total".
func parseHeader(text, kind string) (Header, error) {
	form := "the first line must be bpnt," + kind + "," + Version + ",IDENTITY,LINES,TOTAL"
	f := strings.Split(text, ",")
	if len(f) != 6 || f[0] != "bpnt" {
		return Header{}, errors.New(form)
	}
	if f[1] != kind {
		return Header{}, fmt.Errorf("%s; this is a file of %q", form, f[1])
	}
	if f[2] != Version {
		return Header{}, fmt.Errorf("%s; version %q is not known", form, f[2])
	}
	if !identity(f[3]) {
		return Header{}, errors.New("the identity in the first line must be 1 to 64 letters, digits, dots, dashes or underscores")
	}
	lines, err := Number(f[4])
	if err != nil {
		return Header{}, fmt.Errorf("the number of lines in the first line: %w", err)
	}
	total, err := Number(f[5])
	if err != nil {
		return Header{}, fmt.Errorf("the control total in the first line: %w", err)
	}
	return Header{Kind: kind, ID: f[3], Lines: lines, TotalIDR: total}, nil
}

func identity(s string) bool {
	const punctuation = ".-_"
	good := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || slices.Contains([]byte(punctuation), c)
	}
	for i := range len(s) {
		if !good(s[i]) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
