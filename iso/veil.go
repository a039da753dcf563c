package iso

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// veil covers the digits of card data at rest in memory with random bytes of this process. fmt calls the methods of a
// value only where it may reach it: in somebody's unexported field it prints the bare array instead. Under the veil
// that prints noise, and a memory dump shows no card number to a search for digits. It is a cover, not encryption.
var veil = newVeil()

func newVeil() (v [track2DigitsMax]byte) {
	_, _ = rand.Read(v[:]) // never fails: it aborts the process instead
	return v
}

// Opaque is bytes that must not be printed: they hold card data, keys or the MAC's input. Every verb shows the length
// only. It is assignable to and from []byte, which is how those few get at the bytes that need them. Unlike PAN it is
// not veiled: %p of a struct that holds one by value, which fmt prints without asking and go vet refuses, shows it.
type Opaque []byte

// String tells the length.
func (o Opaque) String() string { return "opaque(" + strconv.Itoa(len(o)) + " bytes)" }

// Format prints String whatever the verb.
func (o Opaque) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, o.String()) }

// LogValue is String.
func (o Opaque) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText is String; JSON uses it too.
func (o Opaque) MarshalText() ([]byte, error) { return []byte(o.String()), nil }
