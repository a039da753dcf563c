package mutants

// corrections are bugs in voids, refunds and advices.
var corrections = []Mutant{
	{
		Name: "voided-twice", Breaks: "A purchase that was voided may be voided again.",
		Edits: []Edit{{"ledger/functions/36_void.sql", `    elsif lives(a.bucket, x.id, 'V') then
        return with_outcome(a, 72);
    end if;
    perform give_back`, `    end if;
    perform give_back`}},
		Catch: Catch{"ledger", "TestWhatIsUndoneStaysUndone"},
	},
	{
		Name: "void-after-reversal", Breaks: "A purchase that was reversed may be voided as well.",
		Edits: []Edit{{
			"ledger/functions/36_void.sql", `elsif undone(x) or lives(a.bucket, x.id, 'N') then`,
			`elsif lives(a.bucket, x.id, 'N') then`,
		}},
		Catch: Catch{"ledger", "TestWhatIsUndoneStaysUndone"},
	},
	{
		Name: "void-undone-twice", Breaks: "A void that was reversed is reversed again, and the family pays twice.",
		Edits: []Edit{
			{
				"ledger/functions/31_undo.sql", `when s.v_recent then s.v_outcome`,
				`when s.v_recent and s.class <> 'V' then s.v_outcome`,
			},
			{
				"ledger/functions/31_undo.sql", `when s.x_outcome = 1 and s.v_id is null and`,
				`when s.x_outcome = 1 and`,
			},
			{
				"ledger/functions/31_undo.sql", `coalesce(s.v_recent, false) end as replay`,
				`coalesce(s.v_recent, false) and s.class <> 'V' end as replay`,
			},
		},
		Catch: Catch{"ledger", "TestWhatIsUndoneStaysUndone"},
	},
	{
		Name: "void-of-other-card", Breaks: "A void need not be of the card and the amount that it names.",
		Edits: []Edit{{
			"ledger/functions/36_void.sql", `if x.id is null or x.pan <> a.pan or x.amount <> a.amount then`,
			`if x.id is null then`,
		}},
		Catch: Catch{"ledger", "TestVoidIsOfItsPurchase"},
	},
	{
		Name: "refund-above-debit", Breaks: "More may be refunded than was paid.",
		Edits: []Edit{{
			"ledger/functions/36_void.sql", `a.amount > (select coalesce(sum(s.amount), 0) from standing(a.bucket, x.id) s)`,
			`a.amount > x.amount`,
		}},
		Catch: Catch{"ledger", "TestRefund"},
	},
	{
		Name: "advice-over-cap", Breaks: "An outlet may tell of any sum handed out on a day.",
		Edits: []Edit{{"ledger/functions/37_advice.sql", `advanced(a.outlet, a.date) + a.amount > v_rule.advance_outlet
            or v_short`, `v_short`}},
		Catch: Catch{"ledger", "TestAdvicesCannotEmptyPurses"},
	},
	{
		Name: "debt-over-cap", Breaks: "A family may owe any sum.",
		Edits: []Edit{{
			"ledger/functions/37_advice.sql", `owed(a.bucket, a.family, a.programme) + v_short > v_rule.advance_family`,
			`v_short < 0`,
		}},
		Catch: Catch{"ledger", "TestAdviceLimits"},
	},
}
