package iso

import (
	"errors"

	"github.com/moov-io/iso8583/encoding"
)

// form is how the characters of one kind of field stand on the wire. It is moov's encoding.Encoder, so that a spec
// made of them works in moov's Message, plus the same work without an allocation: the length in bytes, a check in
// place, and an append.
type form interface {
	encoding.Encoder
	// size is the number of bytes that n characters take.
	size(n int) int
	// check names what is wrong with the wire bytes of n characters, or is empty.
	check(wire []byte, n int) string
	// append appends the wire bytes of a value, or tells that the value cannot be written so.
	append(dst []byte, value string) ([]byte, bool)
}

// Errors of the encoders. They never quote the bytes: moov wraps them into texts that may reach a log.
var (
	errShort     = errors.New("fewer bytes than the length says")
	errCharacter = errors.New("a character that this encoding cannot carry")
	errLength    = errors.New("a length that this field cannot have")
)

// The forms that need no setting; DE2 of a terminal has a panForm of its link. formBCD is for fixed numeric fields; an
// odd number of digits is padded with a zero nibble in front, as moov's BCD does. formDigits, formHex and formStripe
// are a switch's numbers, binary fields and track 2.
var (
	formBCD    = bcdForm{}
	formN3     = bcdForm{leadingZero: true}
	formTrack2 = track2Form{}
	formText   = textForm{}
	formRaw    = rawForm{}
	formDigits = charForm{allowed: allDigits, reason: ReasonNotDigits}
	formHex    = charForm{allowed: allHex, reason: ReasonNotHex}
	formStripe = charForm{allowed: allStripe, reason: ReasonTrack2}
)

// encode does Encode for every form.
func encode(f form, value []byte) ([]byte, error) {
	wire, ok := f.append(make([]byte, 0, f.size(len(value))), string(value))
	if !ok {
		return nil, errCharacter
	}
	return wire, nil
}

// content finds and checks the wire bytes of n characters at the front of src; it is the first half of every Decode.
func content(f form, src []byte, n int) ([]byte, error) {
	if n < 0 {
		return nil, errLength
	}
	size := f.size(n)
	if size > len(src) {
		return nil, errShort
	}
	if f.check(src[:size], n) != "" {
		return nil, errCharacter
	}
	return src[:size], nil
}
