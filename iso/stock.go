package iso

import (
	"errors"

	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"
)

// Stock is what this package is measured against: moov's Message on moov's own encoders, for the same table of a
// terminal's message. Nothing on the way to the books uses it: it is slow, and lenient where we must not be.
type Stock struct{ spec *iso8583.MessageSpec }

// NewStock is for the messages of EDC terminals.
func NewStock() *Stock { return &Stock{edcSpec(stockKit())} }

// errStock quotes nothing: moov's own error may.
var errStock = errors.New("moov's message on its own encoders does not take this message")

// Rewrite reads a message (a frame without its length) and writes it again, without the TPDU in front of it.
func (s *Stock) Rewrite(body []byte) ([]byte, error) {
	if len(body) < EDC().opening().mti {
		return nil, errStock
	}
	m := iso8583.NewMessage(s.spec)
	if m.Unpack(body[EDC().opening().mti:]) != nil {
		return nil, errStock
	}
	packed, err := m.Pack()
	if err != nil {
		return nil, errStock
	}
	return packed, nil
}

// stockKit is moov's own encoders for our table. Its BCD cannot carry the D of track 2, so DE35 is moov's hex encoding
// behind moov's BCD length.
func stockKit() kit {
	return kit{
		bcd: encoding.BCD, n3: encoding.BCD, pan: encoding.BCD, track2: encoding.ASCIIHexToBytes,
		text: encoding.ASCII, raw: encoding.Binary,
		fixed: prefix.BCD.Fixed, ll: prefix.BCD.LL, lll: prefix.BCD.LLL,
		track2Unpacker: field.UnpackerFunc(unpackStockTrack2), track2Packer: field.PackerFunc(packStockTrack2),
	}
}

func unpackStockTrack2(data []byte, spec *field.Spec) ([]byte, int, error) {
	n, size, err := spec.Pref.DecodeLength(spec.Length, data)
	if err != nil {
		return nil, 0, err
	}
	value, read, err := spec.Enc.Decode(data[size:], (n+1)/2)
	if err != nil {
		return nil, 0, err
	}
	return value[:n], size + read, nil
}

func packStockTrack2(value []byte, spec *field.Spec) ([]byte, error) {
	length, err := spec.Pref.EncodeLength(spec.Length, len(value))
	if err != nil {
		return nil, err
	}
	if len(value)%2 == 1 {
		value = append(value, 'F')
	}
	content, err := spec.Enc.Encode(value)
	if err != nil {
		return nil, err
	}
	return append(length, content...), nil
}
