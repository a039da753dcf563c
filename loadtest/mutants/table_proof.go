package mutants

// proof are bugs in what is to find the other bugs: the books' seals, the audit, the load test's terminals.
var proof = []Mutant{
	{
		Name:   "chain-skips-a-row",
		Breaks: "A flush's digest leaves its first posting out, which may then be changed unnoticed.",
		Edits: []Edit{{
			"ledger/functions/20_chain.sql", `p.message > v_head.message_no and p.message <= p_last`,
			`p.message > v_head.message_no + 1 and p.message <= p_last`,
		}},
		Catch: Catch{"ledger", "TestRedeemDebitsOnce"},
	},
	{
		Name: "chain-without-its-past", Breaks: "A flush's digest does not go on from the one before.",
		Edits: []Edit{{
			"ledger/functions/20_chain.sql", `sha256(v_head.digest || convert_to(`,
			`sha256('bpnt' || convert_to(`,
		}},
		Catch: Catch{"ledger", "TestRedeemDebitsOnce"},
	},
	{
		Name: "clock-by-the-caller", Breaks: "Whoever may post may also say what time it is.",
		Edits: []Edit{{
			"ledger/functions/30_post.sql", `if session_user <> (select tableowner`, `if session_user = 'x' || (select tableowner`,
		}},
		Catch: Catch{"ledger", "TestOnlyTheOwnerGivesTheTime"},
	},
	{
		Name: "history-may-change", Breaks: "Rows of money may be updated and deleted.",
		Edits: []Edit{{
			"ledger/migrations/00010_books.sql", `foreach v_table in array array['posting', 'message', 'flush', 'journal',`,
			`foreach v_table in array array['flush', 'journal',`,
		}},
		Catch: Catch{"ledger", "TestBooksAreAppendOnly"},
	},
	{
		Name: "audit-looks-away", Breaks: "The audit does not compare purses with their postings.",
		Edits: []Edit{{
			"ledger/audit/I02.sql", `is distinct from (s.total, s.granted, s.newest, s.before, s.frozen, s.chained)`,
			`is null`,
		}},
		Catch: Catch{"ledger", "TestAuditFindsTampering"},
	},
	{
		Name: "audit-never-fails", Breaks: "The audit counts no violations.",
		Edits: []Edit{{
			"ledger/audit.go", `r.Violations += check.Violations`,
			`r.Violations += 0 * check.Violations`,
		}},
		Catch: Catch{"ledger", "TestAuditAddsUp"},
	},
	{
		Name: "journal-keeps-the-reversed", Breaks: "The load test's terminals count a sale that they reversed.",
		Edits: []Edit{{
			"loadtest/journal.go", `func (e *entry) reverse()             { e.fate = fateReversed }`,
			`func (e *entry) reverse()             { e.fate = fateApproved }`,
		}},
		Catch: Catch{"loadtest", "TestJournalArithmetic"},
	},
	{
		Name: "journal-forgets-the-open", Breaks: "The load test does not list what may stand either way.",
		Edits: []Edit{{
			"loadtest/journal.go", `if e := &t.journal.entries[i]; e.fate == fateOpen {`,
			`if e := &t.journal.entries[i]; e.fate == fateOpen && e.stan < 0 {`,
		}},
		Catch: Catch{"loadtest", "TestJournalArithmetic"},
	},
	{
		Name: "stale-balance-believed", Breaks: "Linearizability is searched in a purse whose purchases take nothing.",
		Edits: []Edit{{
			"loadtest/linear/model.go", `return p.with(op.item, fateApproved).move(-op.Amount).seen(op)`,
			`return p.with(op.item, fateApproved).seen(op)`,
		}},
		Catch: Catch{"loadtest/linear", "TestHistories"},
	},
	{
		Name:   "any-answer-will-do",
		Breaks: "A terminal of the load test takes another terminal's answer for its own.",
		Edits:  []Edit{{"loadtest/ear.go", `a.stan == x.stan && a.tid == tid`, `a.stan == x.stan`}},
		Catch:  Catch{"loadtest", "TestFaultyHosts"},
	},
}
