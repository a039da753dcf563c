package ledger

import (
	"fmt"
	"strconv"
	"time"
)

// PANKey is how the books know a card: the first 128 bits of HMAC-SHA-256 over the whole PAN, under a key that is not
// in the database (PCI DSS 3.5.1.1 asks for at least 128).
type PANKey [16]byte

// Kind is what a request asks of the ledger.
type Kind int16

const (
	KindRedeem  Kind = 1
	KindInquire Kind = 2
	KindReverse Kind = 3
	// KindBlock is the gateway's own: it settles a redemption whose commit stayed unknown. Where the redemption did not
	// reach the books it leaves a tombstone, so that it never can; where it did, it changes nothing.
	KindBlock Kind = 4
	// KindVoid cancels the purchase that Original names, while its batch is open.
	KindVoid Kind = 5
	// KindRefund gives back all or part of the purchase that Original names, at the outlet that was paid.
	KindRefund Kind = 6
	// KindAdvise books food that was handed out already: the purse pays what it can, the family owes the rest.
	KindAdvise Kind = 7
)

// The first two digits of a processing code (DE3): they say what a reversal, or a tombstone of the gateway's own, is about.
const (
	functionVoid   = 2
	functionRefund = 20
)

func (r *Request) function() int32 { return r.ProcessingCode / 10_000 }

// PIN values with a meaning of their own; every real verification value is greater than zero.
const (
	PINNone  int32 = 0  // no PIN block came
	PINFault int32 = -1 // a PIN block came that could not be read
)

// Absent stands for a discriminator that the message did not carry.
const Absent = -1

// Request is one message for the books. Text must be free of NUL and within the limits of Validate.
type Request struct {
	Kind           Kind
	Link           int16  // link.id
	TID            string // DE41
	STAN           int32  // DE11; of the original in an EDC reversal
	PAN            PANKey
	ProcessingCode int32 // DE3
	Amount         int64 // whole rupiah; 0 for an inquiry, and for an amount that is none: refused as invalid
	MID            string
	Original       int64 // DE37 of a void or a refund: the RRN of the purchase, as a number (ParseRRN); or Absent
	Programme      int16
	// ByCard says that the message does not name a programme: a card that is for one goes by that, else by Programme.
	ByCard bool

	LocalStamp int64  // MMDDhhmmss of DE13 and DE12, or Absent
	ATC        int32  // 9F36, or Absent
	Invoice    string // DE62, or empty
	Batch      int32  // DE60, or Absent

	NII       int16 // DE24, kept so that a repeat gets the same field, or Absent
	EntryMode int16 // DE22, kept for the receipt, or Absent

	PINRequired bool
	PINValue    int32 // PINNone, PINFault, or a verification value

	// Resent says that this process posted the request before and does not know what became of it: then what stands in
	// the books counts as this message although the terminal was reset in between.
	Resent bool

	// Window is how long an identity is remembered without a chip counter or a local time to confirm it.
	Window time.Duration
}

// Result is the ledger's answer to one Request. Where Replay is set every field is the stored one.
type Result struct {
	Outcome    Outcome
	Replay     bool      // the answer was given before
	Again      bool      // not looked at: another card of the family stood earlier in the batch. Post it anew, in order
	MovedTo    int16     // the card lives in this bucket, post it there; -1 where it does not apply
	ID         int64     // message.id within its bucket; 0 where nothing was stored
	Bucket     int16     // the bucket that holds the message
	Amount     int64     // whole rupiah of the original message
	Balance    int64     // whole rupiah the family may spend afterwards
	At         time.Time // when the ledger decided
	Batch      int32     // DE60 as it was sent, else the terminal's batch by the ledger's count; Absent where none
	Invoice    string
	NII        int16
	EntryMode  int16
	Masthead   int32 // outlet's printed name and address at the time; 0 where unknown
	TriesLeft  int16 // PIN tries left after a wrong PIN
	Generation int16
}

// RRN is the retrieval reference number (DE37): two digits of the bucket, ten of the message's number in it. It is
// unique in a ledger until a bucket has seen 10^10 messages.
func (r Result) RRN() string {
	if r.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%02d%010d", r.Bucket, r.ID%1e10)
}

// ParseRRN reads an RRN as Request.Original wants it; Absent where it is none of ours.
func ParseRRN(rrn string) int64 {
	n, err := strconv.ParseUint(rrn, 10, 63)
	if err != nil || len(rrn) != 12 {
		return Absent
	}
	return int64(n)
}

// approvalAlphabet has no 0/O and 1/I, which families and operators mix up on a paper slip.
const approvalAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// Approval is the approval code (DE38): six characters, scattered so that neighbours look different. Empty unless
// the outcome is approved.
func (r Result) Approval() string {
	if r.Outcome != OutcomeApproved || r.ID == 0 {
		return ""
	}
	x := (uint64(r.ID)*100 + uint64(r.Bucket)) * 0x9E3779B97F4A7C15
	var code [6]byte
	for i := range code {
		code[i] = approvalAlphabet[x>>(59-5*i)&31]
	}
	return string(code[:])
}
