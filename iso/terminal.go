package iso

// Terminal is who speaks in a request: what all messages of one EDC have in common.
type Terminal struct {
	TPDU       TPDU
	NII        string // DE24, 4 digits
	TID        string // DE41, 8 characters
	MID        string // DE42, 15 characters at most
	Batch      string // DE60, the open batch
	EntryMode  string // DE22, 4 digits: 0051 chip and PIN, 0022 stripe
	ComputeMAC func(input []byte) [8]byte
}

// Processing codes of the messages that a terminal makes.
const (
	ProcessingPurchase   = "000000"
	ProcessingCash       = "010000"
	ProcessingVoid       = "020000"
	ProcessingRefund     = "200000"
	ProcessingInquiry    = "310000"
	ProcessingLogon      = "920000" // in 0800
	ProcessingSettlement = "920000" // in 0500
	ProcessingTrailer    = "960000" // in 0500, after an upload
	ProcessingTest       = "990000"
)

// The data elements of each message, as captured terminals send them.
var (
	purchaseFields = Fields(3, 4, 11, 22, 24, 25, 35, 41, 42, 52, 55, 60, 62, 64)
	inquiryFields  = Fields(3, 11, 22, 24, 25, 35, 41, 42, 52, 55, 60, 64)
	reversalFields = Fields(2, 3, 4, 11, 14, 22, 24, 25, 41, 42, 62, 64)
	logonFields    = Fields(3, 11, 24, 41)
	networkFields  = Fields(7, 11, 15, 70)
)

// Purchase is a redemption: whole rupiah, card by track 2. Chip data may be set in the result.
func (t Terminal) Purchase(stan int32, card Track2, amount int64, pin PINBlock, invoice string) Outgoing {
	o := t.card(stan, card, pin)
	o.Fields, o.ProcessingCode = purchaseFields, ProcessingPurchase
	o.Amount, o.HasAmount, o.Invoice = amount, true, invoice
	return o
}

// Cash is a redemption in cash: a purchase in everything but its DE3.
func (t Terminal) Cash(stan int32, card Track2, amount int64, pin PINBlock, invoice string) Outgoing {
	o := t.Purchase(stan, card, amount, pin, invoice)
	o.ProcessingCode = ProcessingCash
	return o
}

// Inquiry asks for the balance.
func (t Terminal) Inquiry(stan int32, card Track2, pin PINBlock) Outgoing {
	o := t.card(stan, card, pin)
	o.Fields, o.ProcessingCode = inquiryFields, ProcessingInquiry
	return o
}

// Reversal undoes a purchase whose answer did not come. It carries the purchase's STAN, and as captured neither its
// batch nor a time nor the track; the card stands in DE2 and DE14.
func (t Terminal) Reversal(purchase Outgoing) Outgoing {
	o := purchase.byNumber()
	o.MTI, o.Fields, o.ComputeMAC = MTIReversal, reversalFields, t.ComputeMAC
	return o
}

// Logon is the sign-on by processing code; with ProcessingTest in its place it is the echo test.
func (t Terminal) Logon(stan int32) Outgoing {
	o := t.network(stan)
	o.Fields, o.ProcessingCode, o.NII, o.TID = logonFields, ProcessingLogon, t.NII, t.TID
	return o
}

// Network is a network message by DE70: 0001 sign-on, 0301 echo. at is both its DE7 and, as date, its DE15.
func (t Terminal) Network(stan int32, code string, at LocalTime) Outgoing {
	o := t.network(stan)
	o.Fields, o.Code, o.TransmissionTime = networkFields, code, at.String()
	o.SettlementDate = o.TransmissionTime[:min(len(o.TransmissionTime), 4)]
	return o
}

func (t Terminal) network(stan int32) Outgoing {
	return Outgoing{TPDU: t.TPDU, MTI: MTINetwork, STAN: stan, ComputeMAC: t.ComputeMAC}
}

func (t Terminal) card(stan int32, card Track2, pin PINBlock) Outgoing {
	return Outgoing{
		TPDU: t.TPDU, MTI: MTIFinancial, STAN: stan, NII: t.NII, TID: t.TID, MID: t.MID,
		Track2: card, PIN: pin, EntryMode: t.EntryMode, Condition: "00", Batch: t.Batch, ComputeMAC: t.ComputeMAC,
	}
}
