package deploy

var lines = Row{"Connections", []Panel{
	{
		Kind: TimeSeries, Title: "Open, by link", Width: 8, Unit: Count, Runbook: "bpntconnectionlimit",
		About:   "Connections of each link. limits.connections and limits.connections_per_address bound them.",
		Queries: one("{{link}}", over("sum", "link", chosen("bpnt_link_connections", anyLink))),
	},
	{
		Kind: TimeSeries, Title: "Accepted and closed", Width: 8, Unit: PerSecond,
		About: "A terminal that connects for each message costs a handshake each time; thousands a second are a storm after " +
			"a fall of the network, which limits.accept_per_second spreads.",
		Queries: []Query{
			{"accepted", perSecond("", "bpnt_connections_accepted_total")},
			{"closed", perSecond("", "bpnt_connections_closed_total")},
		},
	},
	{
		Kind: BarGauge, Title: "Why connections closed", Width: 8, Unit: Count, Runbook: "15-is-it-well",
		About: "Over the time shown. peer_closed and idle_timeout are everyday; garbage, http_on_port and tls_on_port are " +
			"strangers; mac_failures and tls_certificate are a terminal or a switch that is set up wrongly; panic is a fault " +
			"of ours.",
		Queries: one("{{reason}}", most(grown(inAll, "reason", "bpnt_connections_closed_total"))),
	},
	{
		Kind: TimeSeries, Title: "Signed on, by switch", Width: 8, Unit: Count, Runbook: "bpntswitchsignedoff",
		About:   "Connections of a switch over which traffic may pass. 0: that bank's families cannot be served over it.",
		Queries: one("{{link}}", over("sum", "link", chosen("bpnt_link_signed_on", anyLink))),
	},
	{
		Kind: TimeSeries, Title: "TLS handshakes at work", Width: 8, Unit: Count,
		About:   "At most limits.handshakes at a time; the others wait for their turn.",
		Queries: one("handshakes", total("bpnt_tls_handshakes")),
	},
	{
		Kind: TimeSeries, Title: "Lost answers", Width: 8, Unit: PerSecond, Runbook: "bpntreplaysurge",
		About: "Answers whose connection had ended, repeats that got their stored answer, a switch's answers that nobody " +
			"waited for, and attempts to reach a bank that was away. They rise together when lines are bad.",
		Queries: []Query{
			{"undelivered", perSecond("", "bpnt_answers_undelivered_total")},
			{"repeats", perSecond("", "bpnt_replays_total")},
			{"unasked", perSecond("", "bpnt_answers_unasked_total")},
			{"redials", perSecond("", "bpnt_redials_total")},
		},
	},
}}

var refused = Row{"What is refused", []Panel{
	{
		Kind: TimeSeries, Title: "Shed, by reason", Width: 8, Unit: PerSecond, Stacked: true, Runbook: "bpntshedding",
		About:   "Messages that were not posted, or not answered.",
		Queries: one("{{reason}}", perSecond("reason", "bpnt_shed_total")),
	},
	{
		Kind: TimeSeries, Title: "Wrong MACs and PINs", Width: 8, Unit: PerSecond, Runbook: "bpntpinguessing",
		About: "MAC and fault: keys are out of step, or somebody forges. wrong: families mistype; many on one day are " +
			"somebody who guesses. exhausted: blocked cards that are tried.",
		Queries: []Query{
			{"MAC", perSecond("", "bpnt_mac_failures_total")},
			{"PIN {{cause}}", perSecond("cause", "bpnt_pin_failures_total")},
		},
	},
	{
		Kind: TimeSeries, Title: "Unreadable, by reason", Width: 8, Unit: PerSecond,
		About:   "Messages that could not be decoded. One reason from many terminals: the link's dialect is set wrongly.",
		Queries: one("{{reason}}", perSecond("reason", "bpnt_malformed_messages_total")),
	},
}}
