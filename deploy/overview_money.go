package deploy

const daySeconds = 24 * 60 * 60

var money = Row{"Money", []Panel{
	{
		Kind: Stat, Title: "Redemptions in 24 hours", Width: 4, Unit: Count, Runbook: "bpntnotraffic",
		About: "Approved, as these gateways counted them. The books have the rupiah: bpnt ledger report realisation. None " +
			"at all on a working day: see the runbook.",
		Queries: one("", grown("24h", "", answered, redemptions, good)),
	},
	{
		Kind: Stat, Title: "Tranches being funded", Width: 4, Unit: Count, Limits: below(1, 100),
		About: "Disbursements that were begun and whose money families cannot spend yet. It should be over within minutes; " +
			"else run the same bpnt ledger disburse again.",
		Runbook: "bpntdisbursementpending",
		Queries: one("", highest("bpnt_tranches_pending")),
	},
	{
		Kind: Stat, Title: "Rupiah in them", Width: 4, Unit: Rupiah, Runbook: "bpntdisbursementpending",
		About:   "What those tranches hold so far; families can spend it when the tranche is opened.",
		Queries: one("", highest("bpnt_tranche_pending_rupiah")),
	},
	{
		Kind: Stat, Title: "Exceptions to settle", Width: 4, Unit: Count, Limits: below(1, 100), Runbook: "bpntexceptionsopen",
		About:   "What did not match and nobody has settled yet: bpnt ledger exceptions list --open, every morning.",
		Queries: one("", highest("bpnt_exceptions_open")),
	},
	{
		Kind: Stat, Title: "Batches not closed", Width: 4, Unit: Count, Limits: below(1, 50), Runbook: "bpntbatchesnotclosed",
		About: "Terminals with sales from before the last cut-over in an open batch; their outlets are not paid yet. " +
			"bpnt ledger batch close-forgotten closes them.",
		Queries: one("", highest("bpnt_batches_unclosed")),
	},
	{
		Kind: Stat, Title: "Reversals without an original", Width: 4, Unit: Count, Limits: below(100, 1000),
		About: "Of the last 24 hours: reversals whose redemption never came. Nobody was debited. Many are a bad line, on " +
			"which requests are lost.",
		Runbook: "bpntunmatchedreversals",
		Queries: one("", grown("24h", "", "bpnt_tombstones_total")),
	},
}}

var ahead = Row{"What will be in the way?", []Panel{certificates, keyAge, {
	Kind: TimeSeries, Title: "Room for the books", Width: 8, Unit: Bytes, Runbook: "bpntdisk",
	About: "The books, and what is free on their disk where a gateway or node_exporter sees it. A redemption needs about " +
		"a kilobyte with all that belongs to it.",
	Queries: []Query{
		{"books", highest("bpnt_database_bytes")},
		{"free", `min(bpnt:disk_free:bytes)`},
	},
}}}

var certificates = Panel{
	Kind: BarGauge, Title: "Certificates are good for", Width: 8, Unit: Seconds,
	Limits: atLeast(30*daySeconds, 7*daySeconds), Runbook: "bpntcertificateexpiry",
	About:   "Until a link's certificate expires. Put new files in the place of the old ones; no restart is needed.",
	Queries: one("{{link}}", over("min", "link", chosen("bpnt_tls_certificate_expiry_seconds", anyLink))),
}

var keyAge = Panel{
	Kind: BarGauge, Title: "Age of keys", Width: 8, Unit: Seconds, Limits: below(35*daySeconds, 365*daySeconds),
	About: "The oldest working keys of a terminal (a year at most), and the keys of each switch's zone (a month). " +
		"Terminals get new ones at logon, where they have a master key; with a bank, agree on a key exchange.",
	Runbook: "bpntkeyage",
	Queries: []Query{
		{"terminals", highest("bpnt_terminal_keys_oldest_seconds")},
		{"{{link}}", over("max", "link", chosen("bpnt_link_keys_age_seconds", anyLink))},
	},
}
