package mutants

// days are bugs in batches and settlements.
var days = []Mutant{
	{
		Name:   "settlement-without-lock",
		Breaks: "A close does not wait for those who hold a bucket's lock, and sums without what they are posting.",
		Edits: []Edit{{"ledger/functions/70_settle.sql", `    perform lock_bucket(p_bucket);
`, ``}},
		Catch: Catch{"ledger", "TestJobsWaitForTheBucket"},
	},
	{
		Name: "batch-closed-twice", Breaks: "A settlement message that is repeated closes another batch.",
		Edits: []Edit{{
			"ledger/functions/40_batch.sql", `    if v_same.id is not null then`,
			`    if v_same.id < 0 then`,
		}},
		Catch: Catch{"ledger", "TestSettlementDiffers"},
	},
	{
		Name: "totals-not-compared", Breaks: "Whatever a terminal counts, its batch agrees.",
		Edits: []Edit{{"ledger/functions/40_batch.sql", `select r.their_sales = p_sales and r.their_sales_amount = p_sales_amount
       and`, `select`}},
		Catch: Catch{"ledger", "TestSettlementDiffers"},
	},
	{
		Name: "reversal-in-later-batch", Breaks: "A reversal after its batch was closed changes the next one's sums.",
		Edits: []Edit{{
			"ledger/functions/31_undo.sql", `case when d.outcome <> 2 or d.x_batch = d.in_batch or p_day[d.link] is not null then d.in_batch end as counts_in`,
			`d.in_batch as counts_in`,
		}},
		Catch: Catch{"ledger", "TestLateCorrections"},
	},
	{
		Name: "no-line-between-days", Breaks: "A sale that is dated into a day while it is summed is paid with that day and with the next.",
		Edits: []Edit{{"ledger/functions/70_settle.sql", `and p.message <= p_cuts[p.bucket + 1]`, ``}},
		Catch: Catch{"ledger", "TestSettleDrawsOneLine"},
	},
	{
		Name: "paid-twice", Breaks: "A bank's day that was closed carries into the next what it has paid.",
		Edits: []Edit{{
			"ledger/functions/70_settle.sql", `case when paid then 0 else amount end from due`,
			`amount from due`,
		}},
		Catch: Catch{"ledger", "TestSettlePaysWhatIsOwed"},
	},
	{
		Name: "debt-forgotten", Breaks: "What an outlet owes at a day's end is not taken from its next.",
		Edits: []Edit{{
			"ledger/functions/70_settle.sql", `(coalesce(l.carried, 0) + coalesce(`,
			`(greatest(coalesce(l.carried, 0), 0) + coalesce(`,
		}},
		Catch: Catch{"ledger", "TestSettleCarriesDebts"},
	},
}
