package iso

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// FieldSet is a set of data elements 2 to 128. Its two words are the two bitmaps of a message, most significant bit
// first, so that reading and writing a bitmap is one load or store a word. Bit 1, which says that a second bitmap
// follows, is never a member.
type FieldSet [2]uint64

// Fields is the set of these data elements. Numbers outside of 2 to 128 are no data elements and are left out.
func Fields(elements ...int) FieldSet {
	var s FieldSet
	for _, de := range elements {
		s.add(de)
	}
	return s
}

// Has tells whether a data element is in the set.
func (s FieldSet) Has(de int) bool {
	return de > 1 && de <= fieldMax && s[(de-1)>>6]&fieldBit(de) != 0
}

// With is the set with these elements added.
func (s FieldSet) With(elements ...int) FieldSet { return s.union(Fields(elements...)) }

// Without is the set with these elements taken out.
func (s FieldSet) Without(elements ...int) FieldSet {
	out := Fields(elements...)
	return FieldSet{s[0] &^ out[0], s[1] &^ out[1]}
}

// Len is the number of elements.
func (s FieldSet) Len() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// Elements lists the data elements in ascending order, the order they have in a message.
func (s FieldSet) Elements() []int {
	list := make([]int, 0, s.Len())
	for de := s.next(0); de != 0; de = s.next(de) {
		list = append(list, de)
	}
	return list
}

// String lists the elements, "3,4,11"; the form that UnmarshalText reads.
func (s FieldSet) String() string {
	var b strings.Builder
	for de := s.next(0); de != 0; de = s.next(de) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(de))
	}
	return b.String()
}

// MarshalText is String, for configuration files and JSON.
func (s FieldSet) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var errFieldSet = errors.New("a field set is a list of numbers from 2 to 128 with commas between them, such as 3,4,11")

// UnmarshalText reads numbers with commas or blanks between them.
func (s *FieldSet) UnmarshalText(text []byte) error {
	var set FieldSet
	for word := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == ',' || r == ' ' }) {
		de, err := strconv.Atoi(word)
		if err != nil || de < 2 || de > fieldMax {
			return errFieldSet
		}
		set.add(de)
	}
	*s = set
	return nil
}

// next is the smallest element greater than de, or 0 where there is none.
func (s FieldSet) next(de int) int {
	if de < 64 {
		if rest := s[0] & (^uint64(0) >> de); rest != 0 {
			return bits.LeadingZeros64(rest) + 1
		}
		de = 64
	}
	if rest := s[1] & (^uint64(0) >> (de - 64)); rest != 0 {
		return 64 + bits.LeadingZeros64(rest) + 1
	}
	return 0
}

// where is the set of those elements for which has is true.
func (s FieldSet) where(has func(de int) bool) (kept FieldSet) {
	for word, rest := range s {
		for rest != 0 {
			at := bits.LeadingZeros64(rest)
			bit := uint64(1) << 63 >> at
			rest &^= bit
			if has(word<<6 + at + 1) {
				kept[word] |= bit
			}
		}
	}
	return kept
}

func (s *FieldSet) add(de int) {
	if de > 1 && de <= fieldMax {
		s[(de-1)>>6] |= fieldBit(de)
	}
}

func (s FieldSet) union(t FieldSet) FieldSet { return FieldSet{s[0] | t[0], s[1] | t[1]} }

func fieldBit(de int) uint64 { return 1 << 63 >> ((de - 1) & 63) }
