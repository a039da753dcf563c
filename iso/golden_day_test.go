package iso

import "testing"

// dayRequests are the messages of a terminal's day beyond its purchases.
func dayRequests(t testing.TB) map[string]Outgoing {
	terminal, purchase := testTerminal(), testPurchase(t)
	purchase.Time = 1122094257
	void := terminal.Void(40, purchase, "000000000036")
	totals := TotalsOf(Total{Count: 12, Amount: 1_320_000}, Total{})
	wide := Totals{N: 6, Pairs: [6]Total{{5, 250_000}, {1, 10_000}, {7, 70_000}, {0, 0}, {2, 1}, {3, 9_999_999_999}}}
	return map[string]Outgoing{
		"void": void, "void_repeat": void.Repeat(), "void_reversal": terminal.VoidReversal(void),
		"refund": terminal.Refund(41, purchase, "000000000036", 20_000),
		"advice": terminal.Advice(42, purchase.Track2, 30_000, "000042", 1122101500),
		"settle": terminal.Settlement(43, totals), "settle_wide": terminal.Settlement(44, wide),
		"upload": terminal.Upload(45, purchase, "000000000036", true), "upload_last": terminal.Upload(46, void, "000000000040", false),
		"trailer": terminal.Trailer(47, totals), "key_request": terminal.KeyRequest(48, 1122094300),
	}
}

// testKeys stands for two working keys under a terminal's master key, each with its check value.
const testKeys = "0123456789ABCDEFFEDCBA987654321008D7B4FEDCBA98765432100123456789ABCDEF5D6A11"

func dayResponses(t testing.TB, c *Codec) map[string]*Response {
	requests := dayRequests(t)
	head := func(name string) Header { return decodeOutgoing(t, c, requests[name]).Head().clone() }
	ours := TotalsOf(Total{Count: 11, Amount: 1_210_000}, Total{Count: 1, Amount: 20_000})
	closed := NewReceipt("APPROVED - 00").Bold("SETTLEMENT").Normal("BATCH : 000001 CLOSED", "TOTAL SALE 011 Rp1.210.000").Text()
	logon := decodeOutgoing(t, c, testTerminal().Logon(1)).Head().clone()
	return map[string]*Response{
		"void": {
			Header: head("void"), Fields: Fields(3, 4, 11, 12, 13, 24, 37, 39, 41, 60), Time: 1122102000, ResponseCode: "00",
			Amount: 50_000, HasAmount: true, RRN: "000000000040", Batch: "000001",
		},
		"settle": {
			Header: head("settle"), Fields: Fields(3, 11, 12, 13, 24, 39, 41, 42, 48, 63), Time: 1122200000, ResponseCode: "95", Totals: &ours,
		},
		"upload": {Header: head("upload"), Fields: Fields(3, 11, 12, 13, 24, 37, 39, 41), Time: 1122200001, ResponseCode: "00", RRN: "000000000036"},
		"trailer": {
			Header: head("trailer"), Fields: Fields(3, 11, 12, 13, 24, 39, 41, 42, 48, 63), Time: 1122200002, ResponseCode: "00",
			Totals: &ours, Receipt: closed,
		},
		"keys": {Header: logon, Fields: Fields(3, 11, 12, 13, 24, 39, 41, 62), Time: 1122094100, ResponseCode: "00", Key: Opaque(testKeys)},
	}
}

// clone is the header without what points into the frame it came in.
func (h *Header) clone() Header {
	c := *h
	c.MAC, c.MACInput = nil, nil
	return c
}

func decodeOutgoing(t testing.TB, c *Codec, o Outgoing) Request {
	t.Helper()
	r, err := c.Decode(frameBody(t, c, o))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
