package deploy

var day = Dashboard{
	UID: "bpnt-day", Title: "bpnt: the day's business", Since: "now-24h", Compare: true,
	About: "For the morning after and for the 25th: what outlets and banks closed, what did not match, and today against a " +
		"day of the same kind.",
	Rows: []Row{against, closing, disbursing, keys, trust},
}

var against = Row{"Today against before", []Panel{
	{
		Kind: TimeSeries, Title: "Redemptions a second", Width: 12, Unit: PerSecond, Runbook: "bpntnotraffic",
		About: "Now, and so long before as chosen above: a week for the same weekday, 30 or 31 days for the 25th of the month " +
			"before. Far below on the 25th: is the disbursement there, are terminals connected?",
		Queries: compared(perSecond("", answered, redemptions, good)),
	},
	{
		Kind: TimeSeries, Title: "p99 of a redemption", Width: 12, Unit: Seconds, Limits: below(0.05, 1),
		About:   "The same hours, how long families waited. The dashed lines are 50 ms, and the second that is the objective.",
		Runbook: "bpntlatency",
		Queries: compared(quantile(0.99, "", requests, purchases)),
	},
	{
		Kind: TimeSeries, Title: "Share of redemptions that were declined", Width: 12, Unit: Share,
		About:   "On the day before a disbursement most are declined for want of money; on the 25th few should be.",
		Runbook: "16-what-to-do-when",
		Queries: compared(perSecond("", answered, purchases, `result="declined"`) + " / " + perSecond("", answered, purchases)),
	},
	{
		Kind: TimeSeries, Title: "Inquiries for each redemption", Width: 12, Unit: Number,
		About: "Families ask for their balance before they buy. Far more inquiries than redemptions: people wait for money " +
			"that has not come.",
		Runbook: "bpntdisbursementpending",
		Queries: compared(perSecond("", answered, `message="inquiry"`) + " / " + perSecond("", answered, purchases)),
	},
}}

var closing = Row{"Closing the day", []Panel{
	{
		Kind: BarGauge, Title: "Settlements, uploads, reconciliations", Width: 8, Unit: Count,
		About: "Over the time shown, by how they ended: good agreed with the books. A declined settlement (95) is followed by " +
			"uploads and a trailer, and the books' figures hold.",
		Queries: one("{{message}}, {{result}}",
			grown(inAll, "message, result", answered, `message=~"settlement|upload|reconciliation"`)),
	},
	{
		Kind: BarGauge, Title: "Undone", Width: 8, Unit: Count, Runbook: "bpntunmatchedreversals",
		About: "Voids, refunds, advices and reversals over the time shown. A rise of reversals is a bad line.",
		Queries: one("{{message}}, {{result}}",
			grown(inAll, "message, result", answered, `message=~"void|refund|reversal|advice"`)),
	},
	{
		Kind: BarGauge, Title: "How closings were answered", Width: 8, Unit: Count, Runbook: "16-what-to-do-when",
		About: "totals_differ: 95. batch_unknown: a trailer without a settlement. cut_over_past: a switch's date is behind.",
		Queries: one("{{outcome}}", grown(inAll, "outcome", outcomes,
			`outcome=~"totals_differ|batch_unknown|batch_closed|upload_foreign|cut_over_past"`)),
	},
	{
		Kind: TimeSeries, Title: "Batches not closed", Width: 8, Unit: Count, Runbook: "bpntbatchesnotclosed",
		About: "Terminals with sales from before the last cut-over. It falls through the morning; what is left, bpnt ledger " +
			"batch close-forgotten closes.",
		Queries: one("terminals", highest("bpnt_batches_unclosed")),
	},
	{
		Kind: TimeSeries, Title: "Exceptions to settle", Width: 8, Unit: Count, Runbook: "bpntexceptionsopen",
		About:   "bpnt ledger exceptions list --open shows them, note and settle say what was done.",
		Queries: one("open", highest("bpnt_exceptions_open")),
	},
	{
		Kind: TimeSeries, Title: "Reversals without an original", Width: 8, Unit: Count, Runbook: "bpntunmatchedreversals",
		About: "In an hour. Nobody was debited; the original is refused if it still comes. Many: a bad line, on which " +
			"requests are lost.",
		Queries: one("tombstones", grown("1h", "", "bpnt_tombstones_total")),
	},
}}

var disbursing = Row{"Disbursement", []Panel{
	{
		Kind: TimeSeries, Title: "Tranches being funded", Width: 8, Unit: Count, Runbook: "bpntdisbursementpending",
		About: "A disbursement of all of Jakarta takes seconds, of the country minutes. Where one stays, run the same " +
			"command again.",
		Queries: one("tranches", highest("bpnt_tranches_pending")),
	},
	{
		Kind: TimeSeries, Title: "Rupiah in them", Width: 8, Unit: Rupiah, Runbook: "bpntdisbursementpending",
		About:   "What they hold so far; families can spend it when the tranche is opened.",
		Queries: one("rupiah", highest("bpnt_tranche_pending_rupiah")),
	},
	{
		Kind: TimeSeries, Title: "Families without money", Width: 8, Unit: PerSecond, Runbook: "16-what-to-do-when",
		About: "not_funded: the month's aid is not there. insufficient_funds: it is spent. aid_expired, aid_returned: it went " +
			"back to the treasury.",
		Queries: one("{{outcome}}", perSecond("outcome", outcomes,
			`outcome=~"not_funded|insufficient_funds|aid_expired|aid_returned"`)),
	},
}}

var keys = Row{"Keys and certificates", []Panel{{
	Kind: BarGauge, Title: "Working keys sent to terminals", Width: 8, Unit: Count, Runbook: "bpntkeyage",
	About: "Over the time shown: new ones, or the same again for a terminal that did not hear. Many again: terminals lose " +
		"their keys.",
	Queries: one("{{keys}}", grown(inAll, "keys", "bpnt_key_blocks_total")),
}, keyAge, certificates}}

var trust = Row{"Is this page true?", []Panel{
	{
		Kind: Stat, Title: "Age of the books' figures", Width: 6, Unit: Seconds, Limits: below(60, 120),
		About: "Since a gateway last read what it says of the books. More than a minute: the database is away, and " +
			"those panels show what was.",
		Runbook: "bpntbooksunread",
		Queries: one("", highest("bpnt_books_age_seconds")),
	},
	{
		Kind: Stat, Title: "Gateways scraped", Width: 6, Unit: None, Limits: atLeast(1, 1), Runbook: "bpntgatewaydown",
		About:   "Gateways behind the figures of this page.",
		Queries: one("", over("sum", "", chosen("up", `job="bpnt"`))),
	},
	{
		Kind: Text, Title: "Rupiah", Width: 12,
		About: "Money stands in the books and not in metrics: `bpnt ledger report realisation`, `bpnt ledger settle`, " +
			"`bpnt ledger reconcile`. What stands here is counted by gateways, and begins anew when one is started.",
	},
}}
