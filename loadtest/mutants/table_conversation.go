package mutants

// conversation are bugs in what the gateway says, to whom, and when.
var conversation = []Mutant{
	{
		Name: "late-answer-overrides", Breaks: "An approval is sent after its terminal gave up and began to reverse.",
		Edits: []Edit{{"gateway/write.go", `if x.overdue(time.Now()) {`, `if x.overdue(x.received) {`}},
		Catch: Catch{"gateway", "TestLateApprovalIsNotSent"},
	},
	{
		Name:   "unknown-is-91",
		Breaks: "Nobody knows whether it was posted, and the terminal is told that it was not.",
		Edits: []Edit{{
			"gateway/admit.go", `		g.metrics.shed[shedUnknown].Inc()
		g.end(x, verdictSilence)`, `		g.metrics.shed[shedUnknown].Inc()
		g.end(x, verdictUnavailable)`,
		}},
		Catch: Catch{"gateway", "TestUnknownOutcomeIsSilentAndSettled"},
	},
	{
		Name: "copy-told-91", Breaks: "A copy is told that nothing was posted, while the first one may stand.",
		Edits: []Edit{{
			"gateway/shed.go", `if x.onceOnly() && (x.copied || x.head.MTI.IsRepeat()) {`,
			`if x.onceOnly() && x.head.MTI.IsRepeat() {`,
		}},
		Catch: Catch{"gateway", "TestDatabaseAway"},
	},
	{
		Name: "flagged-repeat-told-91", Breaks: "A repeat that says so itself is told that nothing was posted.",
		Edits: []Edit{{
			"gateway/shed.go", `if x.onceOnly() && (x.copied || x.head.MTI.IsRepeat()) {`,
			`if x.onceOnly() && x.copied {`,
		}},
		Catch: Catch{"gateway", "TestDatabaseAway"},
	},
	{
		Name: "forward-not-followed", Breaks: "A message is not posted to the bucket where its card lives now.",
		Edits: []Edit{{
			"gateway/admit.go", `		g.move(x, r.MovedTo)`,
			`		g.end(x, g.unposted(x, verdictUnavailable, shedRefused))`,
		}},
		Catch: Catch{"gateway", "TestCardMovedToAnotherBucket"},
	},
	{
		Name: "chip-amount-ignored", Breaks: "The amount that the chip signed need not be the one that is debited.",
		Edits: []Edit{{
			"gateway/purchase.go", `if p.ChipAmount != p.Amount*scale {`,
			`if p.ChipAmount < 0 && scale > 0 {`,
		}},
		Catch: Catch{"gateway", "TestChipAmountMustAgree"},
	},
	{
		Name: "in-flight-limit-off", Breaks: "A connection is read from however many of its messages are unanswered.",
		Edits: []Edit{{
			"gateway/read.go", `for c.inFlight >= c.gateway.limits.InFlight && !c.dead {`,
			`for c.inFlight < 0 && !c.dead {`,
		}},
		Catch: Catch{"gateway", "TestInFlightLimitStopsReading"},
	},
	{
		Name: "no-write-deadline", Breaks: "A peer that takes no answers holds its writer for ever.",
		Edits: []Edit{{
			"gateway/write.go", `w.sock.SetWriteDeadline(began.Add(w.gateway.limits.Write.Duration))`, `w.sock.SetWriteDeadline(time.Time{})`,
		}},
		Catch: Catch{"gateway", "TestTimeouts"},
	},
	{
		Name: "frame-time-by-byte", Breaks: "Each byte gives a frame its whole time again, as a slowloris wants.",
		Edits: []Edit{{"gateway/read.go", `if c.frameBegan.IsZero() {`, `if !now.Before(c.frameBegan) {`}},
		Catch: Catch{"gateway", "TestTimeouts"},
	},
	{
		Name: "drain-drops", Breaks: "A gateway that stops does not wait for what is in flight.",
		Edits: []Edit{{"gateway/conn.go", `for c.writing || c.inFlight > 0 && !c.dead {`, `for c.writing {`}},
		Catch: Catch{"gateway", "TestDrainAnswersWhatIsInFlight"},
	},
	{
		Name:   "switch-reversal-by-own-stan",
		Breaks: "A switch's reversal is looked up under its own STAN and not that of DE90.",
		Edits: []Edit{{
			"gateway/reversal.go", `x.original, x.request.STAN = &m.Original, m.Original.STAN`,
			`x.original = &m.Original`,
		}},
		Catch: Catch{"gateway", "TestSwitchReversal"},
	},
	{
		Name:   "approval-from-memory",
		Breaks: "The memory for declines answers approvals too, also after their reversal.",
		Edits: []Edit{
			{
				"gateway/declined.go", `result.ID == 0 || result.Replay || result.Outcome.Good() {`,
				`result.ID == 0 || result.Replay {`,
			},
			{
				"gateway/admit.go", `if !r.Outcome.Good() && g.lanes[x.bucket].Pressed() {`,
				`if g.lanes[x.bucket].Pressed() {`,
			},
		},
		Catch: Catch{"gateway", "TestMemoryIsNotAsked"},
	},
}
