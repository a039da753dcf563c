package loadtest

import "encoding/binary"

// The bitmaps of what a terminal sends about sales that it has made, as in the published Indonesian messages but for
// times and chip data.
const (
	voidFields       = reversalFields | 1<<(64-37) | 1<<(64-60)
	settlementFields = 1<<(64-3) | 1<<(64-11) | 1<<(64-24) | 1<<(64-41) | 1<<(64-42) | 1<<(64-60) | 1<<(64-63)
	uploadFields     = voidFields &^ (1<<(64-14) | 1<<(64-62))
)

// appendVoid makes a void, or the reversal of one: the sale by its RRN and its invoice, under a STAN of the void's own.
func (t *terminal) appendVoid(b []byte, m message, c *Card) []byte {
	b = t.appendByPAN(binary.BigEndian.AppendUint64(b, voidFields), m, c)
	expiry := c.expiry()
	b = t.appendEntry(append(b, expiry[:]...))
	b = append(b, m.rrn[:]...)
	b = append(b, t.identity...)
	return appendMAC(appendText6(appendText6(b, t.batch), m.original))
}

// appendSettlement makes a settlement or its trailer: one pair of totals in DE63.
func (t *terminal) appendSettlement(b []byte, m message) []byte {
	b = appendCode(binary.BigEndian.AppendUint64(b, settlementFields), m.code)
	b = appendBCD(b, uint64(m.stan), 3)
	b = appendBCD(b, uint64(t.cfg.NII), 2)
	b = append(b, t.identity...)
	b = append(appendText6(b, t.batch), 0x00, 0x15)
	b = appendDigits(b, uint64(m.totals.count), 3)
	return appendDigits(b, uint64(m.totals.amount*t.scale), 12)
}

// appendUpload makes one sale of a batch: DE60 has its type, its STAN and its RRN.
func (t *terminal) appendUpload(b []byte, m message, c *Card) []byte {
	b = t.appendByPAN(binary.BigEndian.AppendUint64(b, uploadFields), m, c)
	b = append(t.appendEntry(b), m.rrn[:]...)
	b = append(b, t.identity...)
	b = append(b, 0x00, 0x22, '0', '2', '0', '0')
	b = appendDigits(b, uint64(m.original), 6)
	return appendMAC(append(b, m.rrn[:]...))
}
