package gateway

import (
	"errors"
	"time"

	"bpnt/iso"
)

// process takes one frame on its way: decode, MAC, what its kind of message needs, order of arrival, lane. What can be
// answered without the ledger is answered here. It names the reason where the connection must be closed.
func (c *conn) process(frame []byte) closeReason {
	received := time.Now()
	c.heard.Store(received.UnixNano())
	message, err := c.link.codec.Decode(frame)
	switch {
	case err != nil:
		return c.undecoded(frame, err, received)
	case c.impostor(message.Head()):
		return closeCertificateTID
	}
	c.malformed = 0
	x := c.newExchange(message, received)
	if reason := c.authenticate(x, message); reason != closeNone {
		return reason
	}
	if x.verdict == 0 {
		c.sort(x, message)
	}
	x.admitted = time.Now()
	c.gateway.metrics.stage(stageDecode, x.admitted.Sub(received))
	if x.verdict != 0 {
		c.answer(x)
		return closeNone
	}
	c.gateway.admit(x)
	return closeNone
}

func (c *conn) newExchange(message iso.Request, received time.Time) *exchange {
	x := &exchange{
		conn: c, kind: kindOf(message), head: message.Head(),
		received: received, deadline: received.Add(c.link.Deadline.Duration),
	}
	x.owner = x
	c.began()
	return x
}

// undecoded answers a message that parses only in part, where an answer would find its way.
func (c *conn) undecoded(frame []byte, err error, received time.Time) closeReason {
	var bad *iso.DecodeError
	if !errors.As(err, &bad) {
		return closeGarbage
	}
	if bad.Reason == iso.ReasonMTIResponse {
		return c.answered(frame)
	}
	c.gateway.metrics.unreadable(bad)
	c.logHostile("message refused", "reason", bad.Reason, "field", bad.Field)
	if bad.Header == nil {
		return closeGarbage
	}
	if c.malformed++; c.malformed >= c.gateway.limits.Malformed {
		return closeMalformed
	}
	c.began()
	x := &exchange{conn: c, kind: kindOther, head: bad.Header, received: received}
	x.refuse(c.gateway.unposted(x, verdictFormat, shedFormat))
	c.answer(x)
	return closeNone
}

// kindOf sorts messages. The set of messages is sealed, so each is named.
func kindOf(message iso.Request) kind {
	switch m := message.(type) {
	case *iso.Purchase:
		return kindPurchase
	case *iso.Inquiry:
		return kindInquiry
	case *iso.Reversal:
		return kindReversal
	case *iso.Void:
		return kindVoid
	case *iso.Refund:
		return kindRefund
	case *iso.Advice:
		return kindAdvice
	case *iso.Settlement:
		return kindSettlement
	case *iso.Upload:
		return kindUpload
	case *iso.Reconciliation:
		return kindReconciliation
	case *iso.Network:
		if m.Code != "" {
			return kindNetwork
		}
		return kindLogon
	}
	return kindOther
}

// sort prepares the exchange as its kind of message needs it.
func (c *conn) sort(x *exchange, message iso.Request) {
	switch m := message.(type) {
	case *iso.Purchase:
		c.purchase(x, m)
	case *iso.Inquiry:
		c.inquiry(x, m)
	case *iso.Reversal:
		c.reversal(x, m)
	case *iso.Void:
		c.void(x, m)
	case *iso.Refund:
		c.refund(x, m)
	case *iso.Advice:
		c.advice(x, m)
	case *iso.Settlement:
		c.settlement(x, m)
	case *iso.Upload:
		c.upload(x, m)
	case *iso.Reconciliation:
		c.reconciliation(x, m)
	case *iso.Network:
		if c.link.peer != nil {
			c.switchNetwork(x, m)
			return
		}
		c.networkMessage(x, m)
	case *iso.Unsupported:
		c.unsupported(x)
	}
}
