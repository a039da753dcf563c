package mutants

// trouble are bugs in what package ledger makes of a server's word, and of its silence.
var trouble = []Mutant{
	{
		Name: "answer-before-commit", Breaks: "Answers go out as soon as their rows are there, before the commit.",
		Edits: []Edit{{
			"ledger/post.go", `if err := rows.Err(); err != nil {`,
			`if err := rows.Err(); err != nil && seen < len(c.place) {`,
		}},
		Catch: Catch{"ledger", "TestNothingIsAnsweredBeforeTheCommit"},
	},
	{
		Name: "fatal-is-rollback", Breaks: "A FATAL while the server committed is taken for a rollback.",
		Edits: []Edit{{
			"ledger/fate.go", `case e.SeverityUnlocalized != "ERROR":`,
			`case e.SeverityUnlocalized == "PANIC":`,
		}},
		Catch: Catch{"ledger", "TestFate"},
	},
	{
		Name: "cut-is-rollback", Breaks: "The end of a connection is taken for a rollback.",
		Edits: []Edit{{"ledger/fate.go", `	return ErrIndeterminate
}

func serverFate`, `	return ErrUnavailable
}

func serverFate`}},
		Catch: Catch{"ledger", "TestFate"},
	},
	{
		Name:   "standby-not-awaited",
		Breaks: "A commit that no synchronous standby has confirmed is answered as one that it has.",
		Edits:  []Edit{{"ledger/primary.go", `if data[unreplicated] != nil {`, `if data[unreplicated] == false {`}},
		Catch:  Catch{"ledger", "TestUnreplicatedCommit"},
	},
	{
		Name:   "standby-notice-overheard",
		Breaks: "The warning that a commit might not have been replicated is not noticed.",
		Edits: []Edit{{
			"ledger/connect.go", `if n.Routine == "SyncRepWaitForLSN" {`,
			`if n.Routine == "SyncRepWaitForWAL" {`,
		}},
		Catch: Catch{"ledger", "TestUnreplicatedCommit"},
	},
	{
		Name:   "replica-read",
		Breaks: "A session on a standby, or on a server that is read-only, is taken into the pool.",
		Edits: []Edit{{
			"ledger/primary.go", `if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, c); err != nil {
		return err
	}
	system`, `system`,
		}},
		Catch: Catch{"ledger", "TestSessionMustKeepItsPromises"},
	},
	{
		Name: "old-primary-believed", Breaks: "What a primary answers that was overtaken by a promoted standby counts.",
		Edits: []Edit{{
			"ledger/primary.go", `return timeline < p.timeline.Load()`, `return timeline > p.timeline.Load()`,
		}},
		Catch: Catch{"ledger", "TestSplitBrain"},
	},
	{
		Name:   "commits-not-on-disk",
		Breaks: "A session whose commits do not wait for the disk is taken into the pool.",
		Edits:  []Edit{{"ledger/connect.go", `if durable == "off" {`, `if durable == "" {`}},
		Catch:  Catch{"ledger", "TestSessionMustKeepItsPromises"},
	},
	{
		Name:   "isolation-of-others",
		Breaks: "A role's own isolation level holds, under which post() does not see what the lock's holder before it committed.",
		Edits: []Edit{{"ledger/connect.go", `	p["default_transaction_isolation"] = "read committed"
`, ``}, {"ledger/connect.go", `if isolation != "read committed" {`, `if isolation == "" {`}},
		Catch: Catch{"ledger", "TestSessionMustKeepItsPromises"},
	},
	{
		Name: "negative-amount", Breaks: "An amount below zero is let through, as a purchase that pays its buyer.",
		Edits: []Edit{
			{"ledger/validate.go", `case r.Amount < 0 || r.Amount > AmountMax:`, `case r.Amount > AmountMax:`},
			{
				"ledger/functions/30_post.sql", `when r.kind = 1 and r.amount <= 0 then 50`,
				`when r.kind = 1 and r.amount = 0 then 50`,
			},
		},
		Catch: Catch{"ledger", "TestNegativeAmounts"},
	},
}
