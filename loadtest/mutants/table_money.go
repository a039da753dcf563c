package mutants

// money are bugs in what a redemption moves.
var money = []Mutant{
	{
		Name:   "two-cards-debited-once",
		Breaks: "Two cards of one family in a batch are both approved, and debited once.",
		Edits: []Edit{
			{
				"ledger/functions/30_post.sql", `row_number() over (partition by coalesce(c.family, -r.n) order by r.n) > 1 as again`,
				`false as again`,
			},
			{
				"ledger/functions/30_post.sql", `where all_moved((select count(*) from debit), (select count(*) from moved));`,
				`;`,
			},
		},
		Catch: Catch{"ledger", "TestTwoCardsOfOneFamily"},
	},
	{
		Name: "balance-not-checked", Breaks: "Who has a purse may spend more than it holds.",
		Edits: []Edit{{"ledger/functions/30_post.sql", `when w.total >= r.amount then 1`, `when w.total > 0 then 1`}},
		Catch: Catch{"ledger", "TestRedeemDebitsOnce"},
	},
	{
		Name: "one-purse-only", Breaks: "Of a purchase that spans two purses only the first is debited.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `and d.first_balance < d.amount and q.before < d.amount`,
			`and d.first_balance < d.amount and q.before = 0`,
		}},
		Catch: Catch{"ledger", "TestSpansPurses"},
	},
	{
		Name: "spent-before-opening", Breaks: "Money of a disbursement that is only half funded may be spent.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `where t.status in ('pending', 'closing');`,
			`where t.status = 'closing';`,
		}},
		Catch: Catch{"ledger", "TestHalfFunded"},
	},
	{
		Name: "day-in-utc", Breaks: "A business day begins at seven in the morning in Jakarta.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `((v_now at time zone l.time_zone) - l.cut_over)::date`,
			`((v_now at time zone 'UTC') - l.cut_over)::date`,
		}},
		Catch: Catch{"ledger", "TestDayBeginsAtMidnightInJakarta"},
	},
	{
		Name:   "day-limit-by-purse",
		Breaks: "What was redeemed on a day counts only as far as a purse's newest posting tells.",
		Edits: []Edit{{"ledger/functions/29_day.sql", `where c.business_date >= p_date
    ), debt`, `where false
    ), debt`}},
		Catch: Catch{"ledger", "TestCountLimit"},
	},
	{
		Name: "replaced-card-pays", Breaks: "A card that was reported stolen goes on paying.",
		Edits: []Edit{{"ledger/functions/30_post.sql", `                    when c.status = 'stolen' then 32
`, ``}, {"ledger/functions/30_post.sql", `when c.status <> 'active' then 33`, `when c.status = 'blocked' then 33`}},
		Catch: Catch{"ledger", "TestReplacedCard"},
	},
	{
		Name:   "credit-to-dead-purse",
		Breaks: "A reversal after a purse was closed leaves its money there, where nobody finds it.",
		Edits: []Edit{{
			"ledger/functions/31_undo.sql", `case s.state when 'O' then null when 'F' then null when 'C' then 'C' else 'X' end::"char" as on_kind`,
			`null::"char" as on_kind`,
		}},
		Catch: Catch{"ledger", "TestLateReversalMeetsEveryPurseState"},
	},
}
