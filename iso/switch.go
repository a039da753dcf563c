package iso

import "time"

// Switch is who speaks in a request of a bank's switch: what all its messages have in common.
type Switch struct {
	Acquirer   string // DE32
	Forwarder  string // DE33
	Channel    string // DE18, 4 digits: 6018 EDC
	Currency   string // DE49, 3 digits: 360 is the rupiah
	Date       string // DE15, the open business day, MMDD
	ComputeMAC func(input []byte) [8]byte
}

// Forward is one redemption or inquiry as a switch hands it on.
type Forward struct {
	STAN   int32
	At     time.Time // in the outlet's own zone: DE12 and DE13; DE7 is the same moment in GMT
	RRN    string    // DE37, 12 characters
	TID    string
	MID    string
	Card   Track2
	PIN    PINBlock // under the ZPK
	Amount int64    // whole rupiah
}

// Network codes, DE70.
const (
	NetworkSignOn  = "0001"
	NetworkSignOff = "0002"
	NetworkKey     = "0101"
	NetworkCutOver = "0201"
	NetworkEcho    = "0301"
)

// The data elements of a switch's messages, as the published ones and the documents of Indonesian switches have them.
var (
	switchNetworkFields        = Fields(7, 11, 15, 32, 48, 64, 70)
	switchInquiryFields        = Fields(2, 3, 7, 11, 12, 13, 14, 15, 18, 22, 25, 32, 33, 35, 37, 41, 42, 49, 52, 55, 64)
	switchPurchaseFields       = switchInquiryFields.With(4)
	switchAdviceFields         = switchPurchaseFields.Without(52)
	switchReversalFields       = switchPurchaseFields.Without(35, 52, 55).With(90)
	switchReconciliationFields = Fields(7, 11, 15, 32, 33, 64, 66, 74, 75, 76, 77, 86, 87, 88, 89, 97, 99)
)

// SignOn opens the traffic of a connection; SignOff ends it; Echo asks whether the other side lives.
func (s Switch) SignOn(stan int32, at time.Time) Outgoing { return s.network(stan, NetworkSignOn, at) }

func (s Switch) SignOff(stan int32, at time.Time) Outgoing {
	return s.network(stan, NetworkSignOff, at)
}

func (s Switch) Echo(stan int32, at time.Time) Outgoing { return s.network(stan, NetworkEcho, at) }

// CutOver begins the business day of date, MMDD.
func (s Switch) CutOver(stan int32, at time.Time, date string) Outgoing {
	o := s.network(stan, NetworkCutOver, at)
	o.SettlementDate = date
	return o
}

// KeyExchange hands over a working key: its hex under the ZMK, and its check value of six hex digits behind it.
func (s Switch) KeyExchange(stan int32, at time.Time, key Opaque) Outgoing {
	o := s.network(stan, NetworkKey, at)
	o.Key = key
	return o
}

// Purchase is 0200, a redemption.
func (s Switch) Purchase(f Forward) Outgoing {
	o := s.forward(f)
	o.Fields, o.ProcessingCode = s.signed(switchPurchaseFields), ProcessingPurchase
	o.Amount, o.HasAmount = f.Amount, true
	return o
}

// Inquiry is 0200 that asks for the balance.
func (s Switch) Inquiry(f Forward) Outgoing {
	o := s.forward(f)
	o.Fields, o.ProcessingCode = s.signed(switchInquiryFields), ProcessingInquiry
	return o
}

// Advice is 0220, a redemption that was made while this link was away. It has no PIN.
func (s Switch) Advice(f Forward) Outgoing {
	o := s.Purchase(f)
	o.MTI, o.Fields = MTIAdvice, s.signed(switchAdviceFields)
	return o
}

// Reversal is 0400: a message of its own, with a new STAN and a new DE7, which names the original in DE90 and keeps its
// RRN and its local time.
func (s Switch) Reversal(stan int32, at time.Time, original Outgoing) Outgoing {
	o := original.byNumber()
	o.MTI, o.Fields, o.STAN = MTIReversal, s.signed(switchReversalFields), stan
	o.TransmissionTime, o.ComputeMAC = transmission(at), s.ComputeMAC
	o.Original = &OriginalElements{
		Present: true, MTI: original.MTI.Original(), STAN: original.STAN, TransmissionTime: original.TransmissionTime,
		Acquirer: original.Acquirer, Forwarder: original.Forwarder,
	}
	return o
}

// ReversalAdvice is 0420: the switch has reversed already, and repeats this until it is answered.
func (s Switch) ReversalAdvice(stan int32, at time.Time, original Outgoing) Outgoing {
	o := s.Reversal(stan, at, original)
	o.MTI = MTIReversalAdvice
	return o
}

// Reconciliation is 0500 with what the switch counts for the business day of date, MMDD. Institution is its Acquirer.
func (s Switch) Reconciliation(stan int32, at time.Time, date string, figures Figures) Outgoing {
	o := s.message(stan, at)
	o.MTI, o.Fields, o.SettlementDate = MTIReconciliation, s.signed(switchReconciliationFields), date
	o.Figures, o.Institution = &figures, s.Acquirer
	return o
}

// ReconciliationAdvice is 0520, the same told and not asked.
func (s Switch) ReconciliationAdvice(stan int32, at time.Time, date string, figures Figures) Outgoing {
	o := s.Reconciliation(stan, at, date, figures)
	o.MTI = MTIReconciliationAdvice
	return o
}

func (s Switch) network(stan int32, code string, at time.Time) Outgoing {
	o := s.message(stan, at)
	o.MTI, o.Fields, o.Code = MTINetwork, s.signed(switchNetworkFields), code
	return o
}

func (s Switch) forward(f Forward) Outgoing {
	o := s.message(f.STAN, f.At)
	o.MTI, o.Time, o.RRN, o.TID, o.MID = MTIFinancial, LocalTimeOf(f.At), f.RRN, f.TID, f.MID
	o.Track2, o.PAN, o.Expiry, o.PIN = f.Card, f.Card.PAN(), f.Card.Expiry(), f.PIN
	o.EntryMode, o.Condition = "0051", "00"
	return o
}

func (s Switch) message(stan int32, at time.Time) Outgoing {
	return Outgoing{
		STAN: stan, TransmissionTime: transmission(at), SettlementDate: s.Date, Channel: s.Channel,
		Acquirer: s.Acquirer, Forwarder: s.Forwarder, Currency: s.Currency, ComputeMAC: s.ComputeMAC,
	}
}

// signed is a set without the MAC where there is no key to make one.
func (s Switch) signed(set FieldSet) FieldSet {
	if s.ComputeMAC == nil {
		return set.Without(64)
	}
	return set
}

// transmission is DE7 of a moment.
func transmission(at time.Time) string { return LocalTimeOf(at.UTC()).String() }
