package loadtest

import "encoding/binary"

// The bitmaps of what a terminal sends, as in the published Indonesian messages (0200 with PIN, 0400 after a timeout).
const (
	purchaseFields = 1<<(64-3) | 1<<(64-4) | 1<<(64-11) | 1<<(64-22) | 1<<(64-24) | 1<<(64-25) | 1<<(64-35) |
		1<<(64-41) | 1<<(64-42) | 1<<(64-60) | 1<<(64-62) | 1
	inquiryFields  = purchaseFields &^ (1<<(64-4) | 1<<(64-62))
	reversalFields = 1<<(64-2) | 1<<(64-3) | 1<<(64-4) | 1<<(64-11) | 1<<(64-14) | 1<<(64-22) | 1<<(64-24) |
		1<<(64-25) | 1<<(64-41) | 1<<(64-42) | 1<<(64-62) | 1
	pinField  = 1 << (64 - 52)
	chipField = 1 << (64 - 55)
)

// The message types, as the two bytes on the wire.
const (
	mtiPurchase       = 0x0200
	mtiPurchaseRepeat = 0x0201
	mtiReversal       = 0x0400
	mtiReversalRepeat = 0x0401
	mtiUpload         = 0x0320
	mtiSettlement     = 0x0500
	repeatFlag        = 0x0001
)

// Processing codes.
const (
	codePurchase   = 0x000000
	codeInquiry    = 0x310000
	codeVoid       = 0x020000
	codeSettlement = 0x920000
	codeTrailer    = 0x960000
	moreFollow     = 0x000001 // in an upload
)

// message is what one frame says; the terminal's and card's own data come beside it.
type message struct {
	mti    uint16
	code   uint32
	stan   int32
	amount int64 // whole rupiah; 0 in an inquiry
	atc    uint16

	rrn      [12]byte // DE37 of a void, of its reversal and of an upload: the sale's
	original int32    // the sale's STAN
	totals   totals   // DE63 of a settlement
}

// appendFrame appends the whole frame, length prefix included.
func (t *terminal) appendFrame(b []byte, m message, c *Card) []byte {
	start := len(b)
	b = append(b, 0, 0, 0x60, byte(t.cfg.NII>>8), byte(t.cfg.NII), 0, 0)
	b = binary.BigEndian.AppendUint16(b, m.mti)
	switch {
	case m.mti >= mtiSettlement:
		b = t.appendSettlement(b, m)
	case m.mti&^repeatFlag == mtiUpload:
		b = t.appendUpload(b, m, c)
	case m.code == codeVoid:
		b = t.appendVoid(b, m, c)
	case m.mti >= mtiReversal:
		b = t.appendReversal(b, m, c)
	default:
		b = t.appendSale(b, m, c)
	}
	binary.BigEndian.PutUint16(b[start:], uint16(len(b)-start-2))
	return b
}

func (t *terminal) appendSale(b []byte, m message, c *Card) []byte {
	fields := uint64(purchaseFields)
	if m.code == codeInquiry {
		fields = inquiryFields
	}
	if c.hasPIN() {
		fields |= pinField
	}
	if t.cfg.Chip && m.code == codePurchase {
		fields |= chipField
	}
	b = binary.BigEndian.AppendUint64(b, fields)
	b = appendCode(b, m.code)
	if m.code == codePurchase {
		b = appendBCD(b, uint64(m.amount*t.scale), 6)
	}
	b = appendBCD(b, uint64(m.stan), 3)
	b = t.appendEntry(b)
	b = append(b, bcdByte(c.nibbles()))
	b = append(b, c.track2[:(c.nibbles()+1)/2]...)
	b = append(b, t.identity...)
	if c.hasPIN() {
		b = append(b, c.pin[:]...)
	}
	if fields&chipField != 0 {
		b = appendChip(b, uint64(m.amount*t.scale), m)
	}
	b = appendText6(b, t.batch)
	if m.code == codePurchase {
		b = appendText6(b, m.stan) // DE62
	}
	return appendMAC(b)
}

func (t *terminal) appendReversal(b []byte, m message, c *Card) []byte {
	b = t.appendByPAN(binary.BigEndian.AppendUint64(b, reversalFields), m, c)
	expiry := c.expiry()
	b = append(b, expiry[:]...)
	b = t.appendEntry(b)
	b = append(b, t.identity...)
	return appendMAC(appendText6(b, m.stan))
}

// appendByPAN appends DE2, DE3, DE4 and DE11.
func (t *terminal) appendByPAN(b []byte, m message, c *Card) []byte {
	b = appendCode(c.appendPAN(b), m.code)
	b = appendBCD(b, uint64(m.amount*t.scale), 6)
	return appendBCD(b, uint64(m.stan), 3)
}

func appendCode(b []byte, code uint32) []byte {
	return append(b, byte(code>>16), byte(code>>8), byte(code))
}

// appendEntry appends DE22, DE24 and DE25.
func (t *terminal) appendEntry(b []byte) []byte {
	entry := byte(0x22)
	if t.cfg.Chip {
		entry = 0x51
	}
	return append(appendBCD(append(b, 0x00, entry), uint64(t.cfg.NII), 2), 0x00)
}

// appendText6 appends a field of six digits with its length: DE60, the batch, or DE62, which is the sale's STAN once more.
func appendText6(b []byte, n int32) []byte {
	return appendDigits(append(b, 0x00, 0x06), uint64(n), 6)
}

// appendMAC appends a DE64 of zeros, as many Indonesian terminals send.
func appendMAC(b []byte) []byte { return append(b, 0, 0, 0, 0, 0, 0, 0, 0) }

// chipHead is DE55 up to the amount, in the order of the published Indonesian purchase.
var chipHead = []byte{
	0x5F, 0x2A, 0x02, 0x03, 0x60, 0x5F, 0x34, 0x01, 0x01, 0x82, 0x02, 0x54, 0x00,
	0x84, 0x07, 0xA0, 0x00, 0x00, 0x06, 0x02, 0x10, 0x10, 0x95, 0x05, 0x42, 0x80, 0x04, 0x80, 0x00,
	0x9A, 0x03, 0x18, 0x11, 0x22, 0x9C, 0x01, 0x00, 0x9F, 0x02, 0x06,
}

// appendChip appends DE55: the amount in 9F02, the card's counter in 9F36, the STAN in 9F41.
func appendChip(b []byte, minor uint64, m message) []byte {
	start := len(b)
	b = append(b, 0, 0)
	b = append(b, chipHead...)
	b = appendBCD(b, minor, 6)
	b = append(b, 0x9F, 0x1A, 0x02, 0x03, 0x60, 0x9F, 0x36, 0x02, byte(m.atc>>8), byte(m.atc), 0x9F, 0x41, 0x04)
	b = appendBCD(b, uint64(m.stan), 4)
	copy(b[start:], appendBCD(nil, uint64(len(b)-start-2), 2))
	return b
}

// appendBCD appends v in n bytes of packed decimal.
func appendBCD(b []byte, v uint64, n int) []byte {
	for range n {
		b = append(b, 0)
	}
	for i := len(b) - 1; n > 0; i, n = i-1, n-1 {
		b[i] = bcdByte(uint8(v % 100))
		v /= 100
	}
	return b
}

func appendDigits(b []byte, v uint64, n int) []byte {
	for range n {
		b = append(b, 0)
	}
	for i := len(b) - 1; n > 0; i, n = i-1, n-1 {
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return b
}

func bcdByte(v uint8) byte { return v/10<<4 | v%10 }
