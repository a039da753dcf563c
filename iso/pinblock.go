package iso

import (
	"fmt"
	"io"
	"log/slog"
)

// PINBlock is DE52, the PIN encrypted under the terminal's PIN key. Even encrypted it is never shown or kept (PCI DSS
// 3.3.1.3). The zero value is an absent block; a block of eight zero bytes is present.
type PINBlock [1 + pinBlockBytes]byte

const pinBlockBytes = 8

// NewPINBlock wraps the eight bytes of DE52.
func NewPINBlock(block [pinBlockBytes]byte) PINBlock {
	p := PINBlock{1}
	for i, b := range block {
		p[1+i] = b ^ veil[i]
	}
	return p
}

// Present tells whether the message carried a block.
func (p PINBlock) Present() bool { return p[0] != 0 }

// Bytes is the encrypted block in clear, for the PIN check and the wire; zero where absent.
func (p PINBlock) Bytes() (block [pinBlockBytes]byte) {
	if !p.Present() {
		return block
	}
	for i := range block {
		block[i] = p[1+i] ^ veil[i]
	}
	return block
}

// String tells only whether the block is there.
func (p PINBlock) String() string {
	if p.Present() {
		return "pin_block(present)"
	}
	return "pin_block(absent)"
}

// Format prints String whatever the verb.
func (p PINBlock) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, p.String()) }

// LogValue is String.
func (p PINBlock) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText is String; JSON uses it too.
func (p PINBlock) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
