package mutants

// jobs are bugs in disbursement, expiry and freezing.
var jobs = []Mutant{
	{
		Name: "funded-twice", Breaks: "A disbursement that was broken off funds again whom it had funded.",
		Edits: []Edit{{"ledger/functions/50_disburse.sql", `u.place is null or u.state = 'C' as due`, `true as due`}},
		Catch: Catch{"ledger", "TestHalfFunded"},
	},
	{
		Name:   "counted-twice",
		Breaks: "A disbursement that was broken off counts again whom it had funded, and opens half funded.",
		Edits: []Edit{{
			"ledger/functions/50_disburse.sql", `from next x where x.due group by 1) c`,
			`from next x group by 1) c`,
		}},
		Catch: Catch{"ledger", "TestHalfFunded"},
	},
	{
		Name: "opened-half-funded", Breaks: "A disbursement opens without every purse of it being funded.",
		Edits: []Edit{{
			"ledger/functions/55_collect.sql", `if v_got.purses <> p_of.purses or v_got.funded <> p_of.total then`,
			`if v_got.purses > p_of.purses then`,
		}},
		Catch: Catch{"ledger", "TestHalfFunded"},
	},
	{
		Name: "paid-by-two-files", Breaks: "A second file pays a family for a month that it has.",
		Edits: []Edit{
			{"ledger/functions/50_disburse.sql", `l.before is null and l.held is null;`, `l.before is null;`},
			{
				"ledger/functions/50_disburse.sql", `l.before is not null or l.held is not null
`, `l.before is not null
`,
			},
		},
		Catch: Catch{"ledger", "TestSameIdentity"},
	},
	{
		Name:   "expiry-charges-twice",
		Breaks: "A purse keeps its money when it expires, so that the next run takes it again.",
		Edits: []Edit{{
			"ledger/functions/60_empty.sql", `update purse p set balance = 0, state = v_kind,`,
			`update purse p set balance = p.balance, state = p.state,`,
		}},
		Catch: Catch{"ledger", "TestExpiryAtTheNextDisbursement"},
	},
	{
		Name: "expiry-without-lock", Breaks: "Expiry takes a purse's money while somebody spends it.",
		Edits: []Edit{{"ledger/functions/60_empty.sql", `    perform pg_advisory_xact_lock(8583, p_bucket);
`, ``}},
		Catch: Catch{"ledger", "TestJobsWaitForTheBucket"},
	},
	{
		Name: "funding-without-lock", Breaks: "A disbursement numbers its postings while somebody else does.",
		Edits: []Edit{{"ledger/functions/50_disburse.sql", `    perform pg_advisory_xact_lock(8583, p_bucket);
`, ``}},
		Catch: Catch{"ledger", "TestJobsWaitForTheBucket"},
	},
}
