package iso

import (
	"testing"
	"time"
)

// wib is the zone of the outlets; atWIB is the moment of the golden messages there, the evening before in GMT.
var (
	wib   = time.FixedZone("WIB", 7*3600)
	atWIB = time.Date(2026, 11, 22, 3, 4, 5, 0, wib)
)

func testSwitch() Switch {
	return Switch{Acquirer: "503", Forwarder: "504", Channel: "6018", Currency: "360", Date: "1122"}
}

func testForward(t testing.TB) Forward {
	return Forward{
		STAN: 52, At: atWIB, RRN: "261122000052", TID: "JKT00001", MID: "EWARONG00000001",
		Card: mustTrack2(t, card16+"D31125200000000000000"), PIN: NewPINBlock(maskedPIN), Amount: 110_000,
	}
}

// testChipPurchase is the switch's purchase that most tests and the benchmark use.
func testChipPurchase(t testing.TB) Outgoing {
	o := testSwitch().Purchase(testForward(t))
	o.Chip = unhex(t, chipHex)
	return o
}

func testFigures() Figures {
	return Figures{
		Credits: Total{1, 20_000}, CreditReversals: Total{0, 0}, Debits: Total{1_234_567, 135_802_370_000},
		DebitReversals: Total{3, 330_000}, Net: 20_000 - 135_802_370_000 + 330_000,
	}
}

// switchRequests are all the messages that a switch sends.
func switchRequests(t testing.TB) map[string]Outgoing {
	s, purchase := testSwitch(), testChipPurchase(t)
	signed := s
	signed.ComputeMAC = func(input []byte) (mac [8]byte) { copy(mac[:], input); return mac }
	return map[string]Outgoing{
		"sign_on": s.SignOn(1, atWIB), "sign_off": s.SignOff(2, atWIB), "echo": s.Echo(3, atWIB), "cut_over": s.CutOver(4, atWIB, "1123"),
		"key":      s.KeyExchange(5, atWIB, Opaque("0123456789ABCDEFFEDCBA987654321008D7B4")),
		"purchase": purchase, "purchase_repeat": purchase.Repeat(), "purchase_mac": signed.Purchase(testForward(t)),
		"inquiry": s.Inquiry(testForward(t)), "advice": s.Advice(testForward(t)),
		"reversal": s.Reversal(53, atWIB.Add(time.Minute), purchase), "reversal_mac": signed.Reversal(53, atWIB, purchase),
		"reversal_advice":       s.ReversalAdvice(54, atWIB.Add(time.Minute), purchase).Repeat(),
		"reconciliation":        s.Reconciliation(55, atWIB, "1122", testFigures()),
		"reconciliation_advice": s.ReconciliationAdvice(56, atWIB, "1122", Figures{Net: 1}),
	}
}

func switchGoldens(t testing.TB) map[string][]byte {
	c, all := mustSwitch(t), map[string][]byte{}
	requests := switchRequests(t)
	for name, o := range requests {
		all[name] = mustEncode(t, c, &o)
	}
	for name, r := range switchResponses(t, c, requests) {
		all["response_"+name] = mustAnswer(t, c, r)
	}
	return all
}

// switchAnswer is what answers to a switch may hold.
var switchAnswer = Fields(2, 3, 4, 7, 11, 12, 13, 15, 18, 32, 33, 37, 38, 39, 41, 42, 49, 54, 64, 66, 70, 74, 75, 76, 77, 86, 87, 88, 89, 90, 97, 99)

func switchResponses(t testing.TB, c *Codec, requests map[string]Outgoing) map[string]*Response {
	answer := func(name string) *Response {
		r := decodeOutgoing(t, c, requests[name])
		return &Response{Header: r.Head().clone(), Fields: switchAnswer.Without(64), ResponseCode: "00"}
	}
	approved, reversed, balanced, echo := answer("purchase"), answer("reversal"), answer("reconciliation"), answer("echo")
	approved.Time, approved.Amount, approved.HasAmount = LocalTimeOf(atWIB), 110_000, true
	approved.Balance, approved.HasBalance, approved.Approval = 40_000, true, "A2B3C4"
	reversal := decodeOutgoing(t, c, requests["reversal_mac"]).(*Reversal)
	reversed.Original, reversed.Amount, reversed.HasAmount = &reversal.Original, 110_000, true
	reversed.Fields = switchAnswer
	figures := testFigures()
	balanced.Figures, balanced.SettlementCode, balanced.Institution = &figures, "2", "503"
	echo.Code = NetworkEcho
	return map[string]*Response{"purchase": approved, "reversal": reversed, "reconciliation": balanced, "echo": echo}
}
