package iso

// Limits of DE55.
const (
	// EMVTagsMax is far above the 22 tags of the largest published message; a frame of 499 tags made a stock decoder allocate
	// 309 KB.
	EMVTagsMax = 64

	tagBytesMax = 3
)

// The tags that this package reads, and those that may repeat.
const (
	tagAmount        = 0x9F02 // amount, authorised: n12
	tagATC           = 0x9F36 // application transaction counter: 2 bytes
	tagIssuerScript1 = 0x71   // an answer may carry several scripts for the card (EMV book 3, 10.10)
	tagIssuerScript2 = 0x72
)

// tagSet remembers the tags of one walk. The mask tells "not seen" without a search for nearly all of them.
type tagSet struct {
	tags [EMVTagsMax]uint32
	n    int
	mask uint64
}

// add tells whether the tag is new and there was room.
func (s *tagSet) add(tag uint32) (fresh, room bool) {
	if s.n == len(s.tags) {
		return false, false
	}
	bit := uint64(1) << (tag * 0x9E3779B1 >> 26)
	if s.mask&bit != 0 {
		for _, seen := range s.tags[:s.n] {
			if seen == tag {
				return false, true
			}
		}
	}
	s.mask |= bit
	s.tags[s.n] = tag
	s.n++
	return true, true
}

// walkTLV calls visit for every BER-TLV object at the top level of data, and returns the reason to refuse the whole,
// or nothing. Objects must fill data exactly, lengths be in their shortest form, and no tag come twice, except that
// an answer may repeat issuer scripts. Constructed objects are not opened.
func walkTLV(data []byte, answer bool, visit func(tag uint32, value []byte)) string {
	var seen tagSet
	scripts := 0
	for len(data) > 0 {
		tag, value, rest, ok := cutTLV(data)
		if !ok {
			return ReasonTLVForm
		}
		fresh, room := seen.add(tag)
		repeats := answer && !fresh && (tag == tagIssuerScript1 || tag == tagIssuerScript2)
		if repeats {
			scripts++
		}
		switch {
		case !room || seen.n+scripts > EMVTagsMax:
			return ReasonTLVMany
		case !fresh && !repeats:
			return ReasonTLVDuplicate
		}
		visit(tag, value)
		data = rest
	}
	return ""
}

// cutTLV takes one object off the front of data.
func cutTLV(data []byte) (tag uint32, value, rest []byte, ok bool) {
	tag, data, ok = cutTag(data)
	if !ok {
		return 0, nil, nil, false
	}
	n, data, ok := cutBERLength(data)
	if !ok || n > len(data) {
		return 0, nil, nil, false
	}
	return tag, data[:n:n], data[n:], true
}

// cutTag reads a tag of one to three bytes (X.690 8.1.2): five low bits set mean that more bytes follow, each with its
// top bit set but the last, and the first of them not 80, which would be a leading zero. Tag 0 is padding and no tag.
func cutTag(data []byte) (tag uint32, rest []byte, ok bool) {
	if len(data) == 0 || data[0] == 0 {
		return 0, nil, false
	}
	tag = uint32(data[0])
	if data[0]&0x1F != 0x1F {
		return tag, data[1:], true
	}
	if len(data) > 1 && data[1] == 0x80 {
		return 0, nil, false
	}
	for i := 1; i < min(len(data), tagBytesMax); i++ {
		tag = tag<<8 | uint32(data[i])
		if data[i]&0x80 == 0 {
			return tag, data[i+1:], true
		}
	}
	return 0, nil, false
}

// cutBERLength reads a length of one to three bytes in its shortest form.
func cutBERLength(data []byte) (n int, rest []byte, ok bool) {
	switch {
	case len(data) >= 1 && data[0] < 0x80:
		return int(data[0]), data[1:], true
	case len(data) >= 2 && data[0] == 0x81 && data[1] >= 0x80:
		return int(data[1]), data[2:], true
	case len(data) >= 3 && data[0] == 0x82 && data[1] > 0:
		return int(data[1])<<8 | int(data[2]), data[3:], true
	}
	return 0, nil, false
}

// chip is what the gateway needs of DE55.
type chip struct {
	atc    int32 // -1 where absent
	amount int64 // minor units of the link; -1 where absent
}

// readChip walks DE55 of a request. nil data is a message without DE55.
func readChip(data []byte) (chip, string) {
	c := chip{atc: -1, amount: -1}
	bad := ""
	reason := walkTLV(data, false, func(tag uint32, value []byte) {
		switch {
		case tag == tagATC && len(value) == 2:
			c.atc = int32(value[0])<<8 | int32(value[1])
		case tag == tagAmount && len(value) == 6 && allBCD(value):
			c.amount = bcdNumber(value)
		case tag == tagATC || tag == tagAmount:
			bad = ReasonTLVValue
		}
	})
	if reason == "" {
		reason = bad
	}
	return c, reason
}
