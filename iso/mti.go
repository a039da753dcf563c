package iso

import "strconv"

// MTI is the message type indicator in the BCD form it has on the wire: 0x0200 is a financial request.
type MTI uint16

// The message types that links serve.
const (
	MTIAuthorization        MTI = 0x0100
	MTIFinancial            MTI = 0x0200
	MTIAdvice               MTI = 0x0220
	MTIUpload               MTI = 0x0320
	MTIReversal             MTI = 0x0400
	MTIReversalAdvice       MTI = 0x0420
	MTIReconciliation       MTI = 0x0500
	MTIReconciliationAdvice MTI = 0x0520
	MTINetwork              MTI = 0x0800
)

// Version is the first digit: 0 for ISO 8583:1987, the only one on these links.
func (m MTI) Version() int { return int(m >> 12) }

// Class is the second digit: 1 authorization, 2 financial, 3 file, 4 reversal, 5 reconciliation, 8 network.
func (m MTI) Class() int { return int(m >> 8 & 0xF) }

// Function is the third digit: 0 request, 1 its response, 2 advice, 3 its response. Odd means an answer.
func (m MTI) Function() int { return int(m >> 4 & 0xF) }

// IsResponse tells whether the message answers another one. An answer is never answered (F14).
func (m MTI) IsResponse() bool { return m.Function()%2 == 1 }

// Original is the type without the repeat flag: 0201 gives 0200.
func (m MTI) Original() MTI { return m &^ 1 }

// Repeat is the type of a repeat: 0200 gives 0201.
func (m MTI) Repeat() MTI { return m | 1 }

// IsRepeat tells whether the sender says that it sent this before (last digit odd).
func (m MTI) IsRepeat() bool { return m&1 == 1 }

// Response is the type of the answer: 0200 and 0201 give 0210, 0420 gives 0430. A response stays what it is.
func (m MTI) Response() MTI { return m.Original() | 0x0010 }

// String is the type as people write it, four digits.
func (m MTI) String() string {
	s := strconv.FormatUint(uint64(m)|1<<16, 16)
	return s[1:]
}

// MarshalText is String.
func (m MTI) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// digits tells whether all four nibbles are decimal.
func (m MTI) digits() bool { return isBCD(byte(m>>8)) && isBCD(byte(m)) }
