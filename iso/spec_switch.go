package iso

import (
	"github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"
)

// switchKit is the encoders and length prefixes that the switch's spec is built with, as kit is for terminals.
type switchKit struct {
	digits, text, raw, track2, binary, bitmap encoding.Encoder
	binaryLength                              int // of DE52, 64, 96 and 128, in characters of their encoder
	fixed, ll, lll, bitmapPrefix              prefix.Prefixer
}

// ourSwitchKit is the kit of a switch with this form of bitmaps.
func ourSwitchKit(b BitmapForm) switchKit {
	k := switchKit{
		digits: formDigits, text: formText, raw: formRaw, track2: formStripe, binary: formRaw, bitmap: formRaw,
		binaryLength: macBytes, fixed: prefixFixed, ll: prefixASCIILL, lll: prefixASCIILLL, bitmapPrefix: prefixFixed,
	}
	if b == BitmapHex {
		k.binary, k.binaryLength, k.bitmap = formHex, 2*macBytes, encoding.BytesToASCIIHex
	}
	return k
}

// switchSpec is the message of a bank's switch: the whole table of ISO 8583:1987 in ASCII, as data, so that a field
// that nobody here reads can be cut and passed over. Lengths count characters on the wire; chip data in hex counts two
// for a byte. DE65, the third bitmap, is refused by the walk.
//
// Numbers that are read, or whose end would move with them, are digits. The signed fees (28 to 31, 95) are any text,
// for a published reversal has a 0 where the standard wants C or D. Private and reserved fields are raw, as on the
// terminals' side.
func switchSpec(k switchKit, tidLength int) *iso8583.MessageSpec {
	return &iso8583.MessageSpec{Name: "ISO 8583:1987 ASCII", Fields: map[int]field.Field{
		0:   field.NewString(field.NewSpec(4, "Message type", k.digits, k.fixed)),
		1:   field.NewBitmap(field.NewSpec(bitmapBytes, "Bitmap", k.bitmap, k.bitmapPrefix)),
		2:   field.NewString(field.NewSpec(19, "Primary account number", k.digits, k.ll)),
		3:   field.NewString(field.NewSpec(6, "Processing code", k.digits, k.fixed)),
		4:   field.NewString(field.NewSpec(12, "Amount", k.digits, k.fixed)),
		5:   field.NewString(field.NewSpec(12, "Settlement amount", k.digits, k.fixed)),
		6:   field.NewString(field.NewSpec(12, "Billing amount", k.digits, k.fixed)),
		7:   field.NewString(field.NewSpec(10, "Transmission date and time", k.digits, k.fixed)),
		8:   field.NewString(field.NewSpec(8, "Billing fee", k.digits, k.fixed)),
		9:   field.NewString(field.NewSpec(8, "Settlement conversion rate", k.digits, k.fixed)),
		10:  field.NewString(field.NewSpec(8, "Billing conversion rate", k.digits, k.fixed)),
		11:  field.NewString(field.NewSpec(6, "System trace audit number", k.digits, k.fixed)),
		12:  field.NewString(field.NewSpec(6, "Local time", k.digits, k.fixed)),
		13:  field.NewString(field.NewSpec(4, "Local date", k.digits, k.fixed)),
		14:  field.NewString(field.NewSpec(4, "Expiry date", k.digits, k.fixed)),
		15:  field.NewString(field.NewSpec(4, "Settlement date", k.digits, k.fixed)),
		16:  field.NewString(field.NewSpec(4, "Conversion date", k.digits, k.fixed)),
		17:  field.NewString(field.NewSpec(4, "Capture date", k.digits, k.fixed)),
		18:  field.NewString(field.NewSpec(4, "Channel", k.digits, k.fixed)),
		19:  field.NewString(field.NewSpec(3, "Acquirer country", k.digits, k.fixed)),
		20:  field.NewString(field.NewSpec(3, "Issuer country", k.digits, k.fixed)),
		21:  field.NewString(field.NewSpec(3, "Forwarder country", k.digits, k.fixed)),
		22:  field.NewString(field.NewSpec(3, "POS entry mode", k.digits, k.fixed)),
		23:  field.NewString(field.NewSpec(3, "Card sequence number", k.digits, k.fixed)),
		24:  field.NewString(field.NewSpec(3, "Network identifier", k.digits, k.fixed)),
		25:  field.NewString(field.NewSpec(2, "POS condition code", k.digits, k.fixed)),
		26:  field.NewString(field.NewSpec(2, "PIN capture code", k.digits, k.fixed)),
		27:  field.NewString(field.NewSpec(1, "Approval code length", k.digits, k.fixed)),
		28:  field.NewString(field.NewSpec(9, "Transaction fee", k.text, k.fixed)),
		29:  field.NewString(field.NewSpec(9, "Settlement fee", k.text, k.fixed)),
		30:  field.NewString(field.NewSpec(9, "Processing fee", k.text, k.fixed)),
		31:  field.NewString(field.NewSpec(9, "Settlement processing fee", k.text, k.fixed)),
		32:  field.NewString(field.NewSpec(11, "Acquirer", k.digits, k.ll)),
		33:  field.NewString(field.NewSpec(11, "Forwarder", k.digits, k.ll)),
		34:  field.NewBinary(field.NewSpec(28, "Extended account number", k.raw, k.ll)),
		35:  field.NewString(field.NewSpec(37, "Track 2", k.track2, k.ll)),
		36:  field.NewBinary(field.NewSpec(104, "Track 3", k.raw, k.lll)),
		37:  field.NewString(field.NewSpec(12, "Retrieval reference number", k.text, k.fixed)),
		38:  field.NewString(field.NewSpec(6, "Approval code", k.text, k.fixed)),
		39:  field.NewString(field.NewSpec(2, "Response code", k.text, k.fixed)),
		40:  field.NewString(field.NewSpec(3, "Service restriction code", k.text, k.fixed)),
		41:  field.NewString(field.NewSpec(tidLength, "Terminal", k.text, k.fixed)),
		42:  field.NewString(field.NewSpec(15, "Merchant", k.text, k.fixed)),
		43:  field.NewBinary(field.NewSpec(40, "Merchant name and place", k.raw, k.fixed)),
		44:  field.NewBinary(field.NewSpec(25, "Additional response data", k.raw, k.ll)),
		45:  field.NewBinary(field.NewSpec(76, "Track 1", k.raw, k.ll)),
		46:  field.NewBinary(field.NewSpec(999, "Additional data ISO", k.raw, k.lll)),
		47:  field.NewBinary(field.NewSpec(999, "Additional data national", k.raw, k.lll)),
		48:  field.NewBinary(field.NewSpec(999, "Private data 48", k.raw, k.lll)),
		49:  field.NewString(field.NewSpec(3, "Currency", k.text, k.fixed)),
		50:  field.NewString(field.NewSpec(3, "Settlement currency", k.text, k.fixed)),
		51:  field.NewString(field.NewSpec(3, "Billing currency", k.text, k.fixed)),
		52:  field.NewBinary(field.NewSpec(k.binaryLength, "PIN block", k.binary, k.fixed)),
		53:  field.NewString(field.NewSpec(16, "Security control", k.digits, k.fixed)),
		54:  field.NewString(field.NewSpec(120, "Additional amounts", k.text, k.lll)),
		55:  field.NewBinary(field.NewSpec(999, "Chip data", k.binary, k.lll)),
		56:  field.NewBinary(field.NewSpec(999, "Reserved 56", k.raw, k.lll)),
		57:  field.NewBinary(field.NewSpec(999, "Reserved 57", k.raw, k.lll)),
		58:  field.NewBinary(field.NewSpec(999, "Reserved 58", k.raw, k.lll)),
		59:  field.NewBinary(field.NewSpec(999, "Reserved 59", k.raw, k.lll)),
		60:  field.NewBinary(field.NewSpec(999, "Private data 60", k.raw, k.lll)),
		61:  field.NewBinary(field.NewSpec(999, "Private data 61", k.raw, k.lll)),
		62:  field.NewBinary(field.NewSpec(999, "Private data 62", k.raw, k.lll)),
		63:  field.NewBinary(field.NewSpec(999, "Private data 63", k.raw, k.lll)),
		64:  field.NewBinary(field.NewSpec(k.binaryLength, "MAC", k.binary, k.fixed)),
		66:  field.NewString(field.NewSpec(1, "Settlement code", k.digits, k.fixed)),
		67:  field.NewString(field.NewSpec(2, "Extended payment", k.digits, k.fixed)),
		68:  field.NewString(field.NewSpec(3, "Receiver country", k.digits, k.fixed)),
		69:  field.NewString(field.NewSpec(3, "Settlement country", k.digits, k.fixed)),
		70:  field.NewString(field.NewSpec(3, "Network code", k.digits, k.fixed)),
		71:  field.NewString(field.NewSpec(4, "Message number", k.digits, k.fixed)),
		72:  field.NewString(field.NewSpec(4, "Last message number", k.digits, k.fixed)),
		73:  field.NewString(field.NewSpec(6, "Action date", k.digits, k.fixed)),
		74:  field.NewString(field.NewSpec(10, "Credits, number", k.digits, k.fixed)),
		75:  field.NewString(field.NewSpec(10, "Credit reversals, number", k.digits, k.fixed)),
		76:  field.NewString(field.NewSpec(10, "Debits, number", k.digits, k.fixed)),
		77:  field.NewString(field.NewSpec(10, "Debit reversals, number", k.digits, k.fixed)),
		78:  field.NewString(field.NewSpec(10, "Transfers, number", k.digits, k.fixed)),
		79:  field.NewString(field.NewSpec(10, "Transfer reversals, number", k.digits, k.fixed)),
		80:  field.NewString(field.NewSpec(10, "Inquiries, number", k.digits, k.fixed)),
		81:  field.NewString(field.NewSpec(10, "Authorizations, number", k.digits, k.fixed)),
		82:  field.NewString(field.NewSpec(12, "Credits, processing fee", k.digits, k.fixed)),
		83:  field.NewString(field.NewSpec(12, "Credits, transaction fee", k.digits, k.fixed)),
		84:  field.NewString(field.NewSpec(12, "Debits, processing fee", k.digits, k.fixed)),
		85:  field.NewString(field.NewSpec(12, "Debits, transaction fee", k.digits, k.fixed)),
		86:  field.NewString(field.NewSpec(16, "Credits, amount", k.digits, k.fixed)),
		87:  field.NewString(field.NewSpec(16, "Credit reversals, amount", k.digits, k.fixed)),
		88:  field.NewString(field.NewSpec(16, "Debits, amount", k.digits, k.fixed)),
		89:  field.NewString(field.NewSpec(16, "Debit reversals, amount", k.digits, k.fixed)),
		90:  field.NewString(field.NewSpec(42, "Original data elements", k.digits, k.fixed)),
		91:  field.NewString(field.NewSpec(1, "File update code", k.text, k.fixed)),
		92:  field.NewString(field.NewSpec(2, "File security code", k.text, k.fixed)),
		93:  field.NewString(field.NewSpec(5, "Response indicator", k.text, k.fixed)),
		94:  field.NewString(field.NewSpec(7, "Service indicator", k.text, k.fixed)),
		95:  field.NewString(field.NewSpec(42, "Replacement amounts", k.text, k.fixed)),
		96:  field.NewBinary(field.NewSpec(k.binaryLength, "Message security code", k.binary, k.fixed)),
		97:  field.NewString(field.NewSpec(17, "Net settlement amount", k.text, k.fixed)),
		98:  field.NewBinary(field.NewSpec(25, "Payee", k.raw, k.fixed)),
		99:  field.NewString(field.NewSpec(11, "Settlement institution", k.digits, k.ll)),
		100: field.NewString(field.NewSpec(11, "Receiving institution", k.digits, k.ll)),
		101: field.NewBinary(field.NewSpec(17, "File name", k.raw, k.ll)),
		102: field.NewBinary(field.NewSpec(28, "Account 1", k.raw, k.ll)),
		103: field.NewBinary(field.NewSpec(28, "Account 2", k.raw, k.ll)),
		104: field.NewBinary(field.NewSpec(100, "Transaction description", k.raw, k.lll)),
		105: field.NewBinary(field.NewSpec(999, "Reserved 105", k.raw, k.lll)),
		106: field.NewBinary(field.NewSpec(999, "Reserved 106", k.raw, k.lll)),
		107: field.NewBinary(field.NewSpec(999, "Reserved 107", k.raw, k.lll)),
		108: field.NewBinary(field.NewSpec(999, "Reserved 108", k.raw, k.lll)),
		109: field.NewBinary(field.NewSpec(999, "Reserved 109", k.raw, k.lll)),
		110: field.NewBinary(field.NewSpec(999, "Reserved 110", k.raw, k.lll)),
		111: field.NewBinary(field.NewSpec(999, "Reserved 111", k.raw, k.lll)),
		112: field.NewBinary(field.NewSpec(999, "National data 112", k.raw, k.lll)),
		113: field.NewBinary(field.NewSpec(999, "National data 113", k.raw, k.lll)),
		114: field.NewBinary(field.NewSpec(999, "National data 114", k.raw, k.lll)),
		115: field.NewBinary(field.NewSpec(999, "National data 115", k.raw, k.lll)),
		116: field.NewBinary(field.NewSpec(999, "National data 116", k.raw, k.lll)),
		117: field.NewBinary(field.NewSpec(999, "National data 117", k.raw, k.lll)),
		118: field.NewBinary(field.NewSpec(999, "National data 118", k.raw, k.lll)),
		119: field.NewBinary(field.NewSpec(999, "National data 119", k.raw, k.lll)),
		120: field.NewBinary(field.NewSpec(999, "Private data 120", k.raw, k.lll)),
		121: field.NewBinary(field.NewSpec(999, "Private data 121", k.raw, k.lll)),
		122: field.NewBinary(field.NewSpec(999, "Private data 122", k.raw, k.lll)),
		123: field.NewBinary(field.NewSpec(999, "Private data 123", k.raw, k.lll)),
		124: field.NewBinary(field.NewSpec(999, "Private data 124", k.raw, k.lll)),
		125: field.NewBinary(field.NewSpec(999, "Private data 125", k.raw, k.lll)),
		126: field.NewBinary(field.NewSpec(999, "Private data 126", k.raw, k.lll)),
		127: field.NewBinary(field.NewSpec(999, "Private data 127", k.raw, k.lll)),
		128: field.NewBinary(field.NewSpec(k.binaryLength, "MAC", k.binary, k.fixed)),
	}}
}
