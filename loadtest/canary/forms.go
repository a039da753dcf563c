package canary

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Secret is something that must not be found.
type Secret struct {
	Name  string
	bytes []byte // as a binary field holds it
	text  string // as people write it
}

// Digits is a card number, a PIN, or a track whose separator is D.
func Digits(name, digits string) Secret {
	return Secret{Name: name, bytes: packed(digits), text: digits}
}

// Bytes is a key, or a PIN block.
func Bytes(name string, b []byte) Secret {
	return Secret{Name: name, bytes: b, text: hex.EncodeToString(b)}
}

// form is one way in which a secret may be written.
type form struct {
	secret, name string
	pattern      string
}

// formMin is the length from which a form is not found by chance.
const formMin = 7

// forms are all ways to look for a secret; of those that are alike, one.
func (s Secret) forms() (all []form) {
	seen := map[string]bool{}
	add := func(name, pattern string) {
		if len(pattern) < formMin || seen[pattern] {
			return
		}
		seen[pattern] = true
		all = append(all, form{s.Name, name, pattern})
	}
	for _, text := range []string{strings.ToLower(s.text), strings.ToUpper(s.text), strings.ReplaceAll(s.text, "D", "=")} {
		add("text", text)
		add("utf16", wide(text, true))
		add("utf16", wide(text, false))
		addBytes(add, "", []byte(text))
	}
	add("raw", string(s.bytes))
	addBytes(add, "raw in ", s.bytes)
	add("raw, half a byte further", string(shifted(s.bytes)))
	return all
}

// addBytes adds what bytes become when they are printed.
func addBytes(add func(name, pattern string), of string, b []byte) {
	add(of+"hex", hex.EncodeToString(b))
	add(of+"hex", strings.ToUpper(hex.EncodeToString(b)))
	add(of+"list", strings.Trim(fmt.Sprint(b), "[]"))
	for place := range 3 {
		add(of+"base64", inBase64(base64.StdEncoding, b, place))
		add(of+"base64", inBase64(base64.URLEncoding, b, place))
	}
}

// inBase64 is what the bytes become within a longer text where so many of a group's three bytes stand before them: only
// the characters that they alone decide.
func inBase64(e *base64.Encoding, b []byte, before int) string {
	text := e.EncodeToString(append(make([]byte, before), b...))
	return text[(before*8+5)/6 : (before+len(b))*8/6]
}

// wide is text in UTF-16.
func wide(text string, bigEndian bool) string {
	out := make([]byte, 0, 2*len(text))
	for _, c := range []byte(text) {
		if bigEndian {
			out = append(out, 0, c)
		} else {
			out = append(out, c, 0)
		}
	}
	return string(out)
}

// packed are digits two a byte; D is a digit too. The last of an odd number has a byte of its own with another
// neighbour, so it is left out.
func packed(digits string) []byte {
	b, err := hex.DecodeString(digits[:len(digits)&^1])
	if err != nil {
		panic("canary: digits have something else among them")
	}
	return b
}

// shifted are the whole bytes of what lies half a byte further.
func shifted(b []byte) []byte {
	out := make([]byte, max(len(b)-1, 0))
	for i := range out {
		out[i] = b[i]<<4 | b[i+1]>>4
	}
	return out
}
