package deploy

var pool = Row{"The database's connections", []Panel{
	{
		Kind: TimeSeries, Title: "Pool", Width: 8, Unit: Count, Runbook: "bpntpoolexhausted",
		About: "Connections to Postgres: open, in use, allowed. In use at the limit for long: calls wait. " +
			"Dropped: their server is the primary no longer, a failover.",
		Queries: []Query{
			{"open", total("bpnt_pool_connections")},
			{"in use", total("bpnt_pool_in_use")},
			{"allowed", total("bpnt_pool_max")},
			{"dropped", grown("$__rate_interval", "", "bpnt_pool_stale_total")},
		},
	},
	{
		Kind: TimeSeries, Title: "Wait for one", Width: 8, Unit: Seconds, Runbook: "bpntpoolexhausted",
		About:   "Mean wait of those who borrowed a connection.",
		Queries: one("wait", mean("bpnt_pool_wait_seconds_total", "bpnt_pool_acquires_total")),
	},
	{
		Kind: TimeSeries, Title: "Errands", Width: 8, Unit: Number,
		About: "Settlements, uploads, key downloads and cut-overs: those that wait for a clerk, and attempts a second by fate.",
		Queries: []Query{
			{"waiting", total("bpnt_errands_waiting")},
			{"{{fate}} a second", perSecond("fate", "bpnt_errand_attempts_total")},
		},
	},
}}

var process = Row{"The process", []Panel{
	{
		Kind: TimeSeries, Title: "Processors", Width: 8, Unit: Number,
		About:   "Processors in use, by gateway. At the number that the machine has: another machine, or fewer neighbours.",
		Queries: one("{{instance}}", perSecond("instance", "process_cpu_seconds_total")),
	},
	{
		Kind: TimeSeries, Title: "Processor time per message", Width: 8, Unit: Seconds,
		About: "Of the gateway alone; below 25 µs a redemption under load is the aim. When idle it means nothing.",
		Queries: one("{{instance}}",
			perSecond("instance", "process_cpu_seconds_total")+" / "+perSecond("instance", answered)),
	},
	{
		Kind: TimeSeries, Title: "Memory", Width: 8, Unit: Bytes,
		About: "resident is what the machine gives, heap what lives or waits for collection. Growing for days: take a heap " +
			"profile, and restart.",
		Queries: []Query{
			{"resident", total("process_resident_memory_bytes")},
			{"heap", total("go_memstats_heap_alloc_bytes")},
		},
	},
	{
		Kind: TimeSeries, Title: "Goroutines and threads", Width: 8, Unit: Count,
		About: "A few goroutines for each connection. Growing without connections is a leak of ours.",
		Queries: []Query{
			{"goroutines", total("go_goroutines")},
			{"threads", total("go_threads")},
		},
	},
	{
		Kind: TimeSeries, Title: "Garbage collection", Width: 8, Unit: Seconds,
		About: "Longest pause of late, and pauses per second of time.",
		Queries: []Query{
			{"longest", over("max", "", chosen("go_gc_duration_seconds", `quantile="1"`))},
			{"a second", perSecond("", "go_gc_duration_seconds_sum")},
		},
	},
	{
		Kind: TimeSeries, Title: "File descriptors", Width: 8, Unit: Count, Runbook: "bpntfiledescriptors",
		About: "One for each connection. Near the limit: raise LimitNOFILE of the unit.",
		Queries: []Query{
			{"open", total("process_open_fds")},
			{"limit", total("process_max_fds")},
		},
	},
}}
