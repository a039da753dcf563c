package mutants

// identity are bugs in how the books know a message again.
var identity = []Mutant{
	{
		Name: "no-identity", Breaks: "Nothing is looked up under a message's key: each repeat is a new purchase.",
		Edits: []Edit{{"ledger/functions/30_post.sql", `                m.id is not null
                and (m.epoch`, `                false
                and (m.epoch`}},
		Catch: Catch{"ledger", "TestRedeemDebitsOnce"},
	},
	{
		Name: "content-not-compared", Breaks: "Another amount under the same STAN gets the first one's approval.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `m.amount = r.amount and m.processing_code = r.code and`,
			`m.processing_code = r.code and`,
		}},
		Catch: Catch{"ledger", "TestRedeemDebitsOnce"},
	},
	{
		Name: "no-lock", Breaks: "post() does not take its bucket's lock, so two gateways decide on one balance.",
		Edits: []Edit{{"ledger/functions/30_post.sql", `    perform pg_advisory_xact_lock(8583, p_bucket);
    v_now :=`, `    v_now :=`}},
		Catch: Catch{"ledger", "TestCopiesAtOnce"},
	},
	{
		Name:   "resolver-only-looks",
		Breaks: "Settling an unknown outcome reads, finds nothing and leaves no tombstone: the purchase may still come.",
		Edits: []Edit{{"ledger/functions/31_undo.sql", `(d.kind = 4 and d.outcome = 11
                or d.kind = 3`, `(d.kind = 3`}},
		Catch: Catch{"ledger", "TestTombstonesOfAmendments"},
	},
	{
		Name:   "no-tombstone",
		Breaks: "A reversal that comes before its original leaves no mark, and the original is debited.",
		Edits: []Edit{
			{
				"ledger/functions/31_undo.sql", `d.kind = 3 and d.outcome in (2, 3, 4) and d.m_recent`,
				`d.kind = 3 and d.outcome in (2, 3) and d.m_recent`,
			},
			{"ledger/functions/31_undo.sql", `case when b.bury and d.outcome = 4 then`, `case when d.outcome = 4 then`},
		},
		Catch: Catch{"ledger", "TestReversalsInTime"},
	},
	{
		Name:   "approved-after-reversal",
		Breaks: "The repeat of a purchase that was reversed gets its approval again.",
		Edits: []Edit{
			{
				"ledger/functions/30_post.sql", `when s.known and (s.m_outcome = 5 or s.undone) then 11`,
				`when s.known and s.m_outcome = 5 then 11`,
			},
			{
				"ledger/functions/30_post.sql", `s.known and not (s.m_outcome = 5 or s.undone) and`,
				`s.known and s.m_outcome <> 5 and`,
			},
		},
		Catch: Catch{"ledger", "TestRepeatsLeaveThePINCount"},
	},
	{
		Name: "double-reversal", Breaks: "A reversal that was heard is carried out again.",
		Edits: []Edit{
			{"ledger/functions/31_undo.sql", `          from placed d where d.bury
`, `          from placed d where d.bury on conflict do nothing
`},
			{
				"ledger/functions/31_undo.sql", `when s.v_recent then s.v_outcome`,
				`when s.v_recent and s.class = 'I' then s.v_outcome`,
			},
			{
				"ledger/functions/31_undo.sql", `when s.x_outcome = 1 and s.v_id is null and`,
				`when s.x_outcome = 1 and`,
			},
			{"ledger/functions/31_undo.sql", `coalesce(s.v_recent, false) end as replay`, `false end as replay`},
		},
		Catch: Catch{"ledger", "TestWhatIsUndoneStaysUndone"},
	},
	{
		Name: "terminals-clock", Breaks: "The terminal's clock says in which month a card expires.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `when c.expiry < v_month then 34`,
			`when c.expiry < coalesce(v_month / 100 * 100 + r.stamp / 100000000, v_month) then 34`,
		}},
		Catch: Catch{"ledger", "TestTerminalsClockDecidesNothing"},
	},
	{
		Name: "stan-alone", Breaks: "A STAN that comes round again after its day is taken for the old message.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `when p_age < interval '1 day' then false`,
			`when p_age < interval '30 days' then false`,
		}},
		Catch: Catch{"ledger", "TestIdentityInTime"},
	},
	{
		Name: "reset-forgotten", Breaks: "After a terminal reset its first STANs get the answers of old messages.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `and (m.epoch >= coalesce(t.epoch, m.epoch) or r.resent and v_now - m.at < interval '1 minute')`,
			``,
		}},
		Catch: Catch{"ledger", "TestTerminalReset"},
	},
}
