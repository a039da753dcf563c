package gateway

import (
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
)

// kind sorts messages for the metrics, the sets of answers and the rules of shedding.
type kind uint8

const (
	kindPurchase kind = iota
	kindInquiry
	kindReversal
	kindLogon
	kindNetwork
	kindOther
	kinds = int(kindOther) + 1
)

var kindNames = [kinds]string{"purchase", "inquiry", "reversal", "logon", "network", "other"}

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
	tak      *pin.TerminalKey // set where the request's MAC was right: the answer gets one too
	received time.Time
	deadline time.Time

	request ledger.Request
	bucket  int16
	copied  bool // it may be the copy of an earlier message: it is never told that nothing was posted
	spoiled bool // its amount was none, see spoilAmount
	moves   int8 // how often the ledger sent it to another bucket

	admitted time.Time     // it joined the order of arrival
	verdict  verdict       // what will be answered
	result   ledger.Result // where the verdict is an outcome
}

// refuse gives the exchange a verdict of the gateway's own.
func (x *exchange) refuse(v verdict) { x.verdict = v }

// overdue tells whether an answer of the ledger comes after the time at which its terminal gives up.
func (x *exchange) overdue(now time.Time) bool {
	return !x.deadline.IsZero() && !x.verdict.trouble() && now.After(x.deadline)
}

// stored tells whether the ledger keeps the answer, so that a repeat must get the same one.
func (x *exchange) stored() bool { return x.result.ID != 0 }
