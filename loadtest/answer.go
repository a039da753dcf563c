package loadtest

import (
	"encoding/binary"
	"strings"
)

// answer is what the terminal must know of a response.
type answer struct {
	mti    uint16 // as on the wire, 0x0210
	stan   int32
	amount int64 // DE4 in the link's minor units; -1 where absent
	rrn    [12]byte
	code   [2]byte // DE39
	tid    [8]byte

	balance    int64 // DE54, whole rupiah; read for a witness only
	hasBalance bool
}

// approved tells whether DE39 is 00.
func (a answer) approved() bool { return a.code == [2]byte{'0', '0'} }

// unavailable tells whether DE39 is 91: nothing was done, and nothing is known for ever.
func (a answer) unavailable() bool { return a.code == [2]byte{'9', '1'} }

// cardRefused tells whether DE39 says that the card is good no more: unknown, lost, stolen, expired, or restricted.
func (a answer) cardRefused() bool {
	switch string(a.code[:]) {
	case "14", "41", "43", "54", "62":
		return true
	}
	return false
}

// totalsDiffer tells whether DE39 is 95: the host counts otherwise, and wants the batch.
func (a answer) totalsDiffer() bool { return a.code == [2]byte{'9', '5'} }

// fieldBytes are the lengths of the fields that may stand before DE42 in an answer; nibbleLength marks those that carry
// a length of their own. A field that is not listed makes the answer undecodable.
var fieldBytes = [42]int8{
	2: nibbleLength, 3: 3, 4: 6, 7: 5, 11: 3, 12: 3, 13: 2, 14: 2, 15: 2, 22: 2, 23: 2, 24: 2, 25: 1,
	35: nibbleLength, 37: 12, 38: 6, 39: 2, 41: 8,
}

const nibbleLength = -1

// parseAnswer walks a frame (without its length prefix) up to DE41. It is false for what is not an answer.
func parseAnswer(frame []byte) (answer, bool) {
	const head = 5 + 2 + 8
	if len(frame) < head || frame[0] != 0x60 || frame[7]&0x80 != 0 {
		return answer{}, false
	}
	a := answer{mti: binary.BigEndian.Uint16(frame[5:]), stan: -1, amount: -1}
	bitmap := binary.BigEndian.Uint64(frame[7:])
	rest := frame[head:]
	for de := 2; de < len(fieldBytes); de++ {
		if bitmap<<(de-1)>>63 == 0 {
			continue
		}
		size := sizeOf(de, rest)
		if size <= 0 || size > len(rest) {
			return answer{}, false
		}
		a.set(de, rest[:size])
		rest = rest[size:]
	}
	return a, a.mti&0x0010 != 0 && a.stan >= 0 && a.code != [2]byte{}
}

// sizeOf is the number of bytes of a field, its own length byte included; 0 where it cannot be known.
func sizeOf(de int, rest []byte) int {
	size := int(fieldBytes[de])
	if size != nibbleLength {
		return size
	}
	if len(rest) == 0 {
		return 0
	}
	return 1 + int(rest[0]>>4*10+rest[0]&0x0F+1)/2
}

func (a *answer) set(de int, b []byte) {
	switch de {
	case 4:
		a.amount = bcd(b)
	case 11:
		a.stan = int32(bcd(b))
	case 37:
		copy(a.rrn[:], b)
	case 39:
		copy(a.code[:], b)
	case 41:
		copy(a.tid[:], b)
	}
}

func bcd(b []byte) int64 {
	var v int64
	for _, x := range b {
		v = v*100 + int64(x>>4)*10 + int64(x&0x0F)
	}
	return v
}

// codeName is DE39 as a word of the report. The words hold for the default table of an EDC link.
func codeName(code [2]byte) string {
	if name, ok := codeNames[code]; ok {
		return name
	}
	return "declined_" + strings.Map(printable, string(code[:]))
}

func printable(r rune) rune {
	if r < '!' || r > '~' {
		return '?'
	}
	return r
}

var codeNames = map[[2]byte]string{
	{'0', '0'}: "approved",
	{'5', '1'}: "insufficient_funds",
	{'5', '5'}: "wrong_pin",
	{'9', '1'}: "unavailable",
	{'9', '4'}: "conflict_or_reversed",
	{'9', '6'}: "system_error",
}
