package mutants

// keys are bugs around MAC and PIN.
var keys = []Mutant{
	{
		Name: "mac-not-compared", Breaks: "Any MAC is right.",
		Edits: []Edit{{
			"gateway/mac.go", `x.head.MACInput, x.head.MAC) {`,
			`x.head.MACInput, x.head.MAC) || p.tak != nil {`,
		}},
		Catch: Catch{"gateway", "TestMACPolicies"},
	},
	{
		Name: "half-a-mac", Breaks: "Only the first half of a MAC is compared.",
		Edits: []Edit{{"gateway/pin/mac.go", `return head&(tail|short) == 1`, `return head&(tail|short|1) == 1`}},
		Catch: Catch{"gateway/pin", "TestFlippedBitIsRefused"},
	},
	{
		Name: "mac-guessed-for-ever", Breaks: "A connection may send as many wrong MACs as it likes.",
		Edits: []Edit{{"gateway/mac.go", `c.macFailures >= c.gateway.limits.MACFailures {`, `c.macFailures < 0 {`}},
		Catch: Catch{"gateway", "TestWrongMACsEndTheConnection"},
	},
	{
		Name:   "wrong-mac-told-63",
		Breaks: "A copy with a bent MAC is told that nothing was done, while the first one stands.",
		Edits:  []Edit{{"gateway/mac.go", `x.copied = c.passedOn(x, message)`, `c.passedOn(x, message)`}},
		Catch:  Catch{"gateway", "TestWrongMACOnARepeatIsSilent"},
	},
	{
		Name: "old-keys-dropped-early", Breaks: "The keys before are forgotten before the terminal has the new ones.",
		Edits: []Edit{{
			"gateway/terminalkeys.go", `return [2]keyPair{k.now, k.before}, 2`,
			`return [2]keyPair{k.now}, 1`,
		}},
		Catch: Catch{"gateway", "TestPINUnderOldAndNewKeys"},
	},
	{
		Name: "unreadable-pin-passes", Breaks: "A PIN block that cannot be opened counts as none.",
		Edits: []Edit{{
			"gateway/pinvalue.go", `x.request.PINValue = ledger.PINFault`,
			`x.request.PINValue = ledger.PINNone`,
		}},
		Catch: Catch{"gateway", "TestPINPolicies"},
	},
	{
		Name:   "pin-of-other-card",
		Breaks: "A PIN block is opened without the card's number, so that it serves any card.",
		Edits: []Edit{{
			"gateway/pin/pinblock.go", `	subtle.XORBytes(s.block[:], s.block[:], field[:])`,
			`	subtle.XORBytes(s.block[:], s.block[:], make([]byte, 8))`,
		}},
		Catch: Catch{"gateway/pin", "TestVectorPINBlock"},
	},
	{
		Name: "pin-not-counted", Breaks: "A wrong PIN burns no try.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `set tries = case when d.outcome in (40, 43) then c.tries + 1 else 0 end`,
			`set tries = case when d.outcome in (40, 43) then c.tries else 0 end`,
		}},
		Catch: Catch{"ledger", "TestPINTries"},
	},
	{
		Name: "pin-limit-off", Breaks: "After three wrong PINs a card goes on as before.",
		Edits: []Edit{
			{"ledger/functions/30_post.sql", `when c.tries >= 3 then 40`, `when c.tries > 3 then 40`},
			{"ledger/functions/30_post.sql", `case when c.tries >= 2 then 40 else 43 end`, `43`},
		},
		Catch: Catch{"ledger", "TestPINTries"},
	},
	{
		Name: "pin-burnt-by-repeat", Breaks: "Each repeat of one wrong PIN burns another try.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `where d.store and c.bucket = p_bucket`,
			`where (d.store or d.replay and d.outcome in (40, 43)) and c.bucket = p_bucket`,
		}},
		Catch: Catch{"ledger", "TestPINTries"},
	},
	{
		Name:   "pin-reset-by-replay",
		Breaks: "The repeat of an old purchase gives back the tries that were burnt since.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `where d.store and c.bucket = p_bucket`,
			`where (d.store or d.replay and d.outcome = 1) and c.bucket = p_bucket`,
		}},
		Catch: Catch{"ledger", "TestRepeatsLeaveThePINCount"},
	},
}
