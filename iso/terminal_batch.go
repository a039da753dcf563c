package iso

// The data elements of the messages about a batch and about purchases in it, as captured terminals send them.
var (
	voidFields       = Fields(2, 3, 4, 11, 12, 13, 14, 22, 24, 25, 37, 41, 42, 55, 60, 62, 64)
	withoutChip      = voidFields.Without(55)
	adviceFields     = Fields(3, 4, 11, 12, 13, 22, 24, 25, 35, 41, 42, 55, 60, 62, 64)
	settlementFields = Fields(3, 11, 24, 41, 42, 60, 63)
	uploadFields     = Fields(2, 3, 4, 11, 12, 13, 22, 24, 25, 37, 41, 42, 60, 64)
)

// Void cancels a purchase that was approved: rrn is DE37 of its answer, stan a new one. Where the purchase had a time,
// so has the void.
func (t Terminal) Void(stan int32, purchase Outgoing, rrn string) Outgoing {
	o := t.about(stan, purchase, rrn)
	o.Fields, o.ProcessingCode = voidFields, ProcessingVoid
	return o
}

// VoidReversal undoes a void whose answer did not come. As captured it carries the void's STAN, batch and time, and the
// RRN of the purchase.
func (t Terminal) VoidReversal(void Outgoing) Outgoing {
	o := t.Reversal(void)
	o.Fields = withoutChip
	return o
}

// Refund gives back all or part of a purchase, whose rrn is DE37 of its answer. It has no chip data, whose amount would
// be the purchase's. It is undone by Reversal.
func (t Terminal) Refund(stan int32, purchase Outgoing, rrn string, amount int64) Outgoing {
	o := t.about(stan, purchase, rrn)
	o.Fields, o.ProcessingCode, o.Amount = withoutChip, ProcessingRefund, amount
	return o
}

// Advice tells of a purchase that was made against a signed form while the host was away, at a time of its own.
func (t Terminal) Advice(stan int32, card Track2, amount int64, invoice string, at LocalTime) Outgoing {
	o := t.Purchase(stan, card, amount, PINBlock{}, invoice)
	o.MTI, o.Fields, o.Time = MTIAdvice, adviceFields, at
	return o
}

// Settlement closes the batch with the terminal's totals.
func (t Terminal) Settlement(stan int32, totals Totals) Outgoing {
	o := Outgoing{
		TPDU: t.TPDU, MTI: MTIReconciliation, Fields: settlementFields, ProcessingCode: ProcessingSettlement,
		STAN: stan, NII: t.NII, TID: t.TID, MID: t.MID, Batch: t.Batch, Totals: &totals, ComputeMAC: t.ComputeMAC,
	}
	if t.ComputeMAC != nil {
		o.Fields = o.Fields.With(64)
	}
	return o
}

// Trailer closes the batch after an upload, with the same totals as the settlement that was answered with 95.
func (t Terminal) Trailer(stan int32, totals Totals) Outgoing {
	o := t.Settlement(stan, totals)
	o.ProcessingCode = ProcessingTrailer
	return o
}

// Upload is one transaction of the batch: sent as it was, rrn DE37 of its answer. more tells that others follow.
func (t Terminal) Upload(stan int32, sent Outgoing, rrn string, more bool) Outgoing {
	o := t.about(stan, sent, rrn)
	o.MTI, o.Fields, o.Batch = MTIUpload, uploadFields, uploadReference(sent.MTI, sent.STAN, rrn)
	if code := sent.ProcessingCode; more && code != "" {
		o.ProcessingCode = code[:len(code)-1] + "1"
	}
	return o
}

// KeyRequest asks for working keys by DE70 0101 with the terminal's name; Logon asks by its processing code.
func (t Terminal) KeyRequest(stan int32, at LocalTime) Outgoing {
	o := t.Network(stan, "0101", at)
	o.Fields, o.TID = o.Fields.With(41), t.TID
	return o
}

// about is a message with a STAN of its own about an earlier one, whose card now stands in DE2 and DE14.
func (t Terminal) about(stan int32, earlier Outgoing, rrn string) Outgoing {
	o := earlier.byNumber()
	o.MTI, o.STAN, o.RRN, o.ComputeMAC = MTIFinancial, stan, rrn, t.ComputeMAC
	return o
}

// byNumber is the message with the card's number and expiry in place of its track.
func (o Outgoing) byNumber() Outgoing {
	if o.Track2.Present() {
		o.PAN, o.Expiry = o.Track2.PAN(), o.Track2.Expiry()
	}
	return o
}
