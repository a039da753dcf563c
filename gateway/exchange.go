package gateway

import (
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// kind sorts messages for the metrics, the sets of answers and the rules of shedding.
type kind uint8

const (
	kindPurchase kind = iota
	kindInquiry
	kindReversal
	kindVoid
	kindRefund
	kindAdvice
	kindSettlement
	kindUpload
	kindReconciliation
	kindLogon
	kindNetwork
	kindOther
	kinds = int(kindOther) + 1
)

var kindNames = [kinds]string{
	"purchase", "inquiry", "reversal", "void", "refund", "advice", "settlement", "upload", "reconciliation", "logon",
	"network", "other",
}

func (k kind) String() string { return kindNames[k] }

// exchange is one message on its way: received, decided, answered. It is made by the reader of its connection, handed
// to a lane, and from there to the writer; each may touch it only while it has it. It is never used again: a lane may
// hold one whose connection gave it up long ago.
type exchange struct {
	slot // its place in the order of arrival

	conn     *conn
	kind     kind
	head     *iso.Header // of the request; MAC and MACInput are void once the reader goes on
	network  *iso.Network
	pan      iso.PAN
	pair     keyPair // of keys, those under which the request's MAC was right: the answer gets one too, and the PIN is under them
	received time.Time
	deadline time.Time

	request ledger.Request
	errand  errand // what the clerk does with it; nil for what goes to a lane
	bucket  int16
	copied  bool // it may be the copy of an earlier message: it is never told that nothing was posted
	spoiled bool // its amount was none, see spoilAmount
	moves   int8 // how often the ledger sent it to another bucket

	holding  holding       // where it is counted while it is under way
	admitted time.Time     // it joined the order of arrival
	verdict  verdict       // what will be answered
	result   ledger.Result // where the verdict is an outcome of a payment

	closing *closing // of a settlement
	block   string   // the key block for a terminal that asked for its keys

	original    *iso.OriginalElements // of a switch's reversal
	institution string                // of a switch's reconciliation
	day         *ledger.SwitchAnswer  // what the books say of its day
}

// refuse gives the exchange a verdict of the gateway's own.
func (x *exchange) refuse(v verdict) { x.verdict = v }

// overdue tells whether an answer of the ledger comes after the time at which its terminal gives up.
func (x *exchange) overdue(now time.Time) bool {
	return !x.deadline.IsZero() && !x.verdict.trouble() && now.After(x.deadline)
}

// onceOnly tells whether the message moves money at its first copy and never again, or may as far as it could be read.
func (x *exchange) onceOnly() bool {
	switch x.kind {
	case kindPurchase, kindVoid, kindRefund, kindAdvice:
		return true
	case kindOther:
		original := x.head.MTI.Original()
		return original == iso.MTIFinancial || original == iso.MTIAdvice
	}
	return false
}

// stored tells whether the ledger keeps the answer, so that a repeat must get the same one.
func (x *exchange) stored() bool { return x.result.ID != 0 }
