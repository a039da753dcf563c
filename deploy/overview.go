package deploy

var overview = Dashboard{
	UID: "bpnt-overview", Title: "bpnt: is aid being paid out?", Since: "now-3h",
	About: "For whoever has the watch. Green from left to right: families get their food. Each panel says what to do, " +
		"and its link leads to the runbook.",
	Rows: []Row{rightNow, waiting, inTheWay, money, ahead},
}

var rightNow = Row{"Is aid being paid out now?", []Panel{
	{
		Kind: Stat, Title: "Gateways up", Width: 3, Unit: None, Limits: atLeast(1, 1), Runbook: "bpntgatewaydown",
		About:   "Gateways that answer Prometheus. 0: start bpnt serve; nothing is lost meanwhile, terminals try again.",
		Queries: one("", over("sum", "", chosen("up", `job="bpnt"`))),
	},
	{
		Kind: Stat, Title: "Families served per second", Width: 4, Unit: PerSecond, Runbook: "bpntnotraffic",
		About:   "Redemptions that were approved. 0 in shop hours: are terminals connected, is a bank's switch signed on?",
		Queries: one("", perSecond("", answered, redemptions, good)),
	},
	{
		Kind: Stat, Title: "Answered by the books", Width: 4, Unit: Share, Limits: atLeast(0.999, 0.9856),
		About: "Share of the messages of the last 5 minutes that were approved or declined by the rules; the rest got 91, " +
			"96 or silence. The objective is 99.9 %. Below it: look at what is in the way.",
		Runbook: "bpnterrorratio",
		Queries: one("", `1 - min(bpnt:messages_failed:ratio_5m)`),
	},
	{
		Kind: Stat, Title: "p99 of a redemption", Width: 4, Unit: Seconds, Limits: below(0.05, 1), Runbook: "bpntlatency",
		About: "99 of 100 redemptions of the last 5 minutes were answered within this time of their receipt; the objective is " +
			"a second. Above 50 ms: the stages on the gateway's page say where the time goes.",
		Queries: one("", `max(bpnt:request_latency_seconds:p99_5m)`),
	},
	{
		Kind: Stat, Title: "Lanes that post", Width: 3, Unit: Share, Limits: atLeast(1, 0.5), Runbook: "bpntdatabaseaway",
		About: "Share of the lanes to the database that take messages. Below 100 %: the database is away, or an outcome is " +
			"unknown; terminals get 91 or silence, and nothing is debited twice.",
		Queries: one("", total("bpnt_lanes_ready")+" / "+total("bpnt_lane_state")),
	},
	{
		Kind: Stat, Title: "Terminals' connections", Width: 3, Unit: Count, Runbook: "bpntconnectionlimit",
		About:   "Open connections. A sharp fall is a network, of an operator's or of a bank's.",
		Queries: one("", total("bpnt_connections")),
	},
	{
		Kind: Stat, Title: "Alerts", Width: 3, Unit: None, Limits: below(1, 1), Runbook: "19-alerts",
		About:   "Alerts of bpnt that fire now and call somebody; the table below names them.",
		Queries: one("", `count(ALERTS{alertname=~"Bpnt.*", severity=~"page|ticket", alertstate="firing"}) or vector(0)`),
	},
}}

var waiting = Row{"How long do families wait, and how many are served?", []Panel{
	{
		Kind: TimeSeries, Title: "Messages a second", Width: 12, Unit: PerSecond, Stacked: true,
		About:   "What terminals and switches ask for. In a normal hour half are balance inquiries.",
		Queries: one("{{message}}", perSecond("message", answered)),
	},
	{
		Kind: TimeSeries, Title: "Time to an answer, redemptions", Width: 12, Unit: Seconds, Limits: below(0.05, 1),
		About: "From the receipt of a message until its answer is on the wire. The dashed lines are 50 ms, which is ordinary " +
			"here, and the second that is the objective: beyond it people begin to swipe again.",
		Runbook: "bpntlatency",
		Queries: []Query{
			{"p50", `max(bpnt:request_latency_seconds:p50_5m)`},
			{"p99", `max(bpnt:request_latency_seconds:p99_5m)`},
			{"p99.9", `max(bpnt:request_latency_seconds:p999_5m)`},
		},
	},
	{
		Kind: TimeSeries, Title: "How redemptions end", Width: 12, Unit: PerSecond, Stacked: true,
		About:   "Good, declined by the rules, or an error of ours. Errors call for the panels of what is in the way.",
		Queries: one("{{result}}", perSecond("result", answered, redemptions)),
	},
	{
		Kind: TimeSeries, Title: "Against the objectives", Width: 12, Unit: Share, Limits: below(0.001, 0.0144),
		About: "Share of redemptions that took longer than a second, and of messages that got 91, 96 or silence. The lower " +
			"line is what may be over 28 days, the upper one what calls people when it lasts an hour.",
		Runbook: "bpntlatency",
		Queries: []Query{
			{"slow, 1 h", `max(bpnt:purchases_slow:ratio_1h)`},
			{"slow, 3 days", `max(bpnt:purchases_slow:ratio_3d)`},
			{"failed, 1 h", `max(bpnt:messages_failed:ratio_1h)`},
			{"failed, 3 days", `max(bpnt:messages_failed:ratio_3d)`},
		},
	},
	{
		Kind: BarGauge, Title: "Why families were sent away", Width: 24, Unit: Count, Runbook: "16-what-to-do-when",
		About: "Refusals over the time shown, by the rule. Many not_funded: the disbursement has not come. Many pin_fault: " +
			"keys are out of step. Many terminal_unknown: terminals of a new batch are not registered.",
		Queries: one("{{outcome}}", most(grown(inAll, "outcome", outcomes,
			`outcome!~"approved|reversed|reversal_no_effect|reversal_unmatched|network"`))),
	},
}}

var inTheWay = Row{"What is in the way?", []Panel{
	{
		Kind: TimeSeries, Title: "Lanes", Width: 8, Unit: None, Stacked: true, Runbook: "bpntdatabaseaway",
		About: "Lanes to the database by state. away: it cannot be reached. outcome_open: a commit is unknown, and the lane " +
			"asks until it knows. Start Postgres; the gateway finds it by itself.",
		Queries: one("{{state}}", over("sum", "state", chosen("bpnt_lane_state"))),
	},
	{
		Kind: TimeSeries, Title: "Not posted or not answered, by reason", Width: 8, Unit: PerSecond, Stacked: true,
		About: "lane_full, expected_wait, unfair_share: more than the database takes; it passes with the rush. database_away: " +
			"start Postgres. wrong_mac, format: a terminal or a switch is set up wrongly.",
		Runbook: "bpntshedding",
		Queries: one("{{reason}}", perSecond("reason", "bpnt_shed_total")),
	},
	{
		Kind: TimeSeries, Title: "Commits whose outcome is unknown", Width: 8, Unit: Count, Runbook: "bpntunknowncommits",
		About: "Messages that may or may not stand in the books. The gateway finds out by itself as soon as the database " +
			"answers; more than 0 for minutes: the database is the trouble.",
		Queries: one("unknown", total("bpnt_unknown_commits_total")+" - "+total("bpnt_unknown_commits_ended_total")),
	},
	{
		Kind: Table, Title: "Alerts", Width: 24, Unit: None, Hide: []string{"__name__", "alertstate", "job", "Value"},
		Runbook: "19-alerts",
		About: "What fires now; each has an entry of its name in the runbook. BpntAlive fires always, so that somebody " +
			"notices when Prometheus itself is dead.",
		Queries: one("", `ALERTS{alertname=~"Bpnt.*", alertstate="firing"}`),
	},
}}
