package loadtest

import (
	"errors"
	"fmt"

	"bpnt/iso"
)

// Outlet is one terminal and the families that shop there. A family stands at one outlet only.
type Outlet struct {
	TID   string // 8 characters
	MID   string // 15 characters
	Cards []Card
}

// Card is one family's card as the terminal reads it, packed for the wire into 32 bytes without a pointer, with the PIN
// block that this terminal's PIN pad would make of the right PIN. It prints as its family's number only.
type Card struct {
	Family int32 // index, for reports

	length uint8                // nibbles of track 2, with cardHasPIN
	track2 [track2BytesMax]byte // BCD, D as separator, F as pad
	pin    [8]byte
}

const (
	track2BytesMax = 19 // 37 characters, ISO/IEC 7813
	expiryDigits   = 4
	cardHasPIN     = 0x80
	separator      = 0xD
)

var errCard = errors.New("a card needs track 2 with a card number and an expiry date")

// NewCard packs track 2 and the encrypted PIN block; an absent block is a card used without PIN.
func NewCard(family int, track2 iso.Track2, pinBlock iso.PINBlock) (Card, error) {
	if len(track2.Expiry()) != expiryDigits {
		return Card{}, errCard
	}
	c := Card{Family: int32(family), length: uint8(track2.Len()), pin: pinBlock.Bytes()}
	if pinBlock.Present() {
		c.length |= cardHasPIN
	}
	for i := range c.track2 {
		c.track2[i] = 0xFF
	}
	for i, char := range track2.AppendCharacters(nil) {
		nibble := byte(separator)
		if char <= '9' {
			nibble = char - '0'
		}
		setNibble(c.track2[:], i, nibble)
	}
	return c, nil
}

// Format masks the card under every verb.
func (c Card) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "card of family %d", c.Family) }

// nibbles is the length of track 2.
func (c *Card) nibbles() uint8 { return c.length &^ cardHasPIN }

func (c *Card) hasPIN() bool { return c.length&cardHasPIN != 0 }

// digits is the length of the PAN.
func (c *Card) digits() (n int) {
	for nibbleAt(c.track2[:], n) != separator {
		n++
	}
	return n
}

// expiry is YYMM in BCD.
func (c *Card) expiry() [2]byte {
	var e [2]byte
	first := c.digits() + 1
	for i := range expiryDigits {
		setNibble(e[:], i, nibbleAt(c.track2[:], first+i))
	}
	return e
}

// appendPAN appends DE2 with its length, an odd number of digits with a zero on the left.
func (c *Card) appendPAN(b []byte) []byte {
	digits := c.digits()
	b = append(b, bcdByte(uint8(digits)))
	pad := digits & 1
	start := len(b)
	b = append(b, make([]byte, (digits+pad)/2)...)
	for i := range digits {
		setNibble(b[start:], i+pad, nibbleAt(c.track2[:], i))
	}
	return b
}

func setNibble(b []byte, i int, nibble byte) {
	if i&1 == 0 {
		b[i/2] = b[i/2]&0x0F | nibble<<4
		return
	}
	b[i/2] = b[i/2]&0xF0 | nibble
}

func nibbleAt(b []byte, i int) byte {
	if i&1 == 0 {
		return b[i/2] >> 4
	}
	return b[i/2] & 0x0F
}

// validateFleet finds what would otherwise show as strange answers later.
func validateFleet(fleet []Outlet) error {
	if len(fleet) == 0 {
		return errors.New("the fleet has no terminal")
	}
	for _, o := range fleet {
		if len(o.TID) != 8 || len(o.MID) > 15 {
			return fmt.Errorf("terminal %q: a TID has 8 characters, a MID at most 15", o.TID)
		}
		if len(o.Cards) == 0 {
			return fmt.Errorf("terminal %s has no card", o.TID)
		}
	}
	return nil
}
