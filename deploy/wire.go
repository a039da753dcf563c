package deploy

var wire = Dashboard{
	UID: "bpnt-gateway", Title: "bpnt: inside the gateway", Since: "now-1h",
	About: "For engineers: where a message's time goes, what the lanes and the database do, who connects and why " +
		"connections end.",
	Rows: []Row{whereTime, lanes, overload, unknown, lines, refused, pool, process},
}

var whereTime = Row{"Where does the time go?", []Panel{
	{
		Kind: TimeSeries, Title: "Stages, p50", Width: 12, Unit: Seconds,
		About: "Half of all messages spend less than this in each stage: decode, queue (order of arrival and the lane), " +
			"ledger (the attempt that committed), encode, write.",
		Queries: one("{{stage}}", quantile(0.5, "stage", "bpnt_stage_seconds")),
	},
	{
		Kind: TimeSeries, Title: "Stages, p99", Width: 12, Unit: Seconds, Runbook: "bpntlatency",
		About: "queue and ledger high together: the database or its disk. queue alone: too few lanes, or one hot card. " +
			"write: slow lines. decode: processor.",
		Queries: one("{{stage}}", quantile(0.99, "stage", "bpnt_stage_seconds")),
	},
	{
		Kind: TimeSeries, Title: "Messages in each stage", Width: 12, Unit: Number, Stacked: true,
		About: "Seconds that messages spend in a stage, per second of time: by Little's law, how many are in it at a time. " +
			"The stage that grows is the one that limits.",
		Queries: one("{{stage}}", perSecond("stage", "bpnt_stage_seconds_sum")),
	},
	{
		Kind: TimeSeries, Title: "p99 by kind of message", Width: 12, Unit: Seconds, Runbook: "bpntlatency",
		About: "Settlements and uploads go through the clerks and may take longer than redemptions; they must not slow " +
			"these down.",
		Queries: one("{{message}}", quantile(0.99, "message", requests)+" >= 0"),
	},
}}

var lanes = Row{"Lanes: the way to the books", []Panel{
	{
		Kind: TimeSeries, Title: "Waiting and under way", Width: 8, Unit: Count, Runbook: "bpntlanesaturation",
		About: "Messages that wait in a lane for their batch, messages that are not decided yet, and cards and terminals of " +
			"which one message is under way while others wait behind it.",
		Queries: []Query{
			{"in the lanes", total("bpnt_lane_depth")},
			{"under way", total("bpnt_in_flight")},
			{"chains", total("bpnt_order_chains")},
		},
	},
	{
		Kind: TimeSeries, Title: "Batch size", Width: 8, Unit: Count,
		About: "Messages in a posted batch. It grows with the load by itself: large batches and a short ledger stage are " +
			"good; at limits.batch_max with a growing queue the database is at its end.",
		Queries: []Query{
			{"mean", mean("bpnt_batch_size_sum", "bpnt_batch_size_count")},
			{"p99", quantile(0.99, "", "bpnt_batch_size")},
		},
	},
	{
		Kind: TimeSeries, Title: "Round trips per message", Width: 8, Unit: Number,
		About:   "Batches posted for each message of the lanes: 1 when idle, below 0.05 under load.",
		Queries: one("round trips", mean("bpnt_batch_size_count", "bpnt_batch_size_sum")),
	},
	{
		Kind: TimeSeries, Title: "Attempts, by fate", Width: 12, Unit: PerSecond, Runbook: "bpntdatabaseaway",
		About: "committed is the normal one. busy: locks of a job or of another gateway. rejected: a message that the books " +
			"refuse, found by halving. not_posted, unknown: the connection broke before or during the commit.",
		Queries: one("{{fate}}", perSecond("fate", "bpnt_ledger_attempts_total")),
	},
	{
		Kind: TimeSeries, Title: "Lanes, by state", Width: 12, Unit: None, Stacked: true, Runbook: "bpntdatabaseaway",
		About: "ready takes messages, away cannot reach the database, outcome_open asks until it knows what became of its " +
			"batch.",
		Queries: one("{{state}}", over("sum", "state", chosen("bpnt_lane_state"))),
	},
}}

var unknown = Row{"Outcomes that were unknown", []Panel{
	{
		Kind: TimeSeries, Title: "Unknown commits and how they ended", Width: 12, Unit: Count,
		About: "Messages of the last hour in batches whose commit became unknown, and how that ended: committed by the same " +
			"batch again, settled by tombstones after the deadline, abandoned at the end of the process. Opened and ended " +
			"must meet again.",
		Runbook: "bpntunknowncommits",
		Queries: []Query{
			{"opened", grown("1h", "", "bpnt_unknown_commits_total")},
			{"{{how}}", grown("1h", "how", "bpnt_unknown_commits_ended_total")},
		},
	},
	{
		Kind: TimeSeries, Title: "What they turned out to be", Width: 12, Unit: Count, Runbook: "bpntunsettled",
		About: "Redemptions that were settled after their deadline, in the last hour: blocked_by_reversal never can be " +
			"posted, approved stands until its reversal. refused: the ledger will not settle it, and people must look.",
		Queries: []Query{
			{"{{outcome}}", grown("1h", "outcome", "bpnt_settled_total",
				`outcome=~"approved|blocked_by_reversal|tombstone|reversed"`)},
			{"refused", grown("1h", "", "bpnt_unsettled_total")},
		},
	},
}}
