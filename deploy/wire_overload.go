package deploy

var overload = Row{"More than there is room for", []Panel{
	{
		Kind: TimeSeries, Title: "Use of what is bounded", Width: 8, Unit: Share, Limits: below(0.5, 0.9),
		About: "Share of each limit: messages in the lanes, messages under way, errands, connections. Beyond a limit " +
			"messages are refused with 91 before anything is posted, and connections are closed.",
		Runbook: "bpntlanesaturation",
		Queries: []Query{
			{"lanes", total("bpnt_lane_depth") + " / " + total("bpnt_lane_depth_max")},
			{"under way", total("bpnt_in_flight") + " / " + total("bpnt_in_flight_max")},
			{"errands", total("bpnt_errands_waiting") + " / " + total("bpnt_errands_waiting_max")},
			{"connections", total("bpnt_connections") + " / " + total("bpnt_connections_max")},
		},
	},
	{
		Kind: TimeSeries, Title: "Wait that a new message would have", Width: 8, Unit: Seconds, Runbook: "bpntshedding",
		About: "In the lane where it is longest, as the lane expects it. Beyond shed_after of a link its new messages " +
			"are refused with 91 before anything is posted: better now than after the terminal has given up.",
		Queries: one("longest", highest("bpnt_lane_wait_seconds")),
	},
	{
		Kind: TimeSeries, Title: "Relief", Width: 8, Unit: PerSecond, Runbook: "bpntshedding",
		About: "What keeps goodput up beyond capacity: messages refused because a queue was full (lane_full), would have " +
			"taken too long (expected_wait), or their outlet had more than its share (unfair_share), and declines repeated " +
			"from memory.",
		Queries: []Query{
			{"{{reason}}", perSecond("reason", "bpnt_shed_total", `reason=~"lane_full|expected_wait|unfair_share|late"`)},
			{"declines from memory", perSecond("", "bpnt_declines_from_memory_total")},
		},
	},
}}
