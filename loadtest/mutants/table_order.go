package mutants

// order are bugs in who waits for whom in the gateway.
var order = []Mutant{
	{
		Name: "order-gate-off", Breaks: "Messages of one card, and of one terminal, overtake each other.",
		Edits: []Edit{{
			"gateway/order.go", `if tail := g.tails[key]; tail != nil {`,
			`if tail := g.tails[key]; tail != nil && len(g.tails) == 0 {`,
		}},
		Catch: Catch{"gateway", "TestOrderGate"},
	},
	{
		Name: "card-chain-off", Breaks: "Messages of one card over two terminals may share a batch.",
		Edits: []Edit{{
			"gateway/payment.go", `[chains]orderKey{terminalKey(c.link.id, x.head.TID), cardKey(key)}`,
			`[chains]orderKey{terminalKey(c.link.id, x.head.TID)}`,
		}},
		Catch: Catch{"gateway", "TestOneCardOverTwoConnectionsNeverSharesABatch"},
	},
	{
		Name: "settlement-overtakes", Breaks: "A settlement does not wait for its terminal's purchase in flight.",
		Edits: []Edit{{
			"gateway/clerk.go", `chainTerminal: terminalKey(c.link.id, x.head.TID)}`,
			`chainTerminal: logonKey(c.link.id, x.head.TID)}`,
		}},
		Catch: Catch{"gateway", "TestSettlementWaitsForItsTerminal"},
	},
}
