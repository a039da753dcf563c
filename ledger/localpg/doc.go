// Package localpg finds the machine's Postgres and runs a private server of it, for the demo and for tests
// (DESIGN D12). It is always a real Postgres, never something that resembles one.
//
//	Find ──► initdb ──► postgres -D data ──► URL ──► (work) ──► Stop
//	           │            ▲     │
//	           once         │     └─ kill -9 of anything ──► Start again: recovers, or finds it still running
//	                        └─ settings: bpnt.conf, written anew at every start
//
//	DataDir/          0755  anyone may see that it is there
//	  lock                  who holds its flock may start and stop the server
//	  postgres.log    0600  what Postgres says; one older file beside it
//	  data/           0700  what initdb made; appears complete or not at all (made as data.init, then renamed)
//	  sock/           0700  the Unix socket, the only way in
//
// # Use
//
//	server, err := localpg.Start(ctx, localpg.Config{DataDir: dir})
//	err = server.EnsureDatabase(ctx, "bpnt")
//	pool, err := pgxpool.New(ctx, server.URL("bpnt"))
//	err = server.Stop(ctx)
//
// Tests use the package pgtest beside this one: one server for each test process, one cloned database for each test.
//
// # Two servers
//
// StartStandby runs a second server that follows the first by streaming replication, each in a DataDir of its own:
//
//	primary ──► WaitFor("b") ──► AwaitStreaming ──► Kill          Rejoin (base backup) ──► WaitFor("a") ──► …
//	   └─ log, over the socket, from slot b ──► standby ──► Promote ──┘
//
//	url := localpg.URL("bpnt", primary, standby) // of whichever takes writes
//
// What a failover may lose is the primary's setting: nothing after WaitFor, what the standby lags without it. A promoted
// server waits for nobody until it is told to, so one that is left alone goes on. Freeze and Thaw make a server hang.
//
// # Backup
//
// With ArchiveSettings a server copies its log to a folder as it goes; Backup copies the server itself while it works.
// StartRestored makes books of both, as they were at any moment since the backup, on a timeline of their own:
//
//	Backup ──► backup ──┐
//	archive_command ──► archive ──► StartRestored(moment) ──► a server that takes writes
//
// # Limits
//
// The socket's path stays below 100 bytes (sockaddr_un holds 108 on Linux, 104 on macOS); a deeper DataDir gets its
// socket in the temporary folder. The log is set aside at a start once it exceeds 16 MiB. Postgres 14 is the oldest
// that is accepted. A server that finds the shared memory of its killed predecessor still in use tries again for 10 s.
//
// # Settings, and what they are worth
//
// Measured on 22 November 2026 with post() alone, batches of 100 on Jakarta's 212,948 families, one lane; two servers in
// turns, medians of 7 to 15 ratios, in processor time of Postgres for a redemption (40 to 55 µs; an A/A comparison was off
// by up to 6 %, so less than that is nothing). The ledger fits into memory; a larger one hangs on shared_buffers and disk.
//
//	jit = on                               plans cost two thirds of the speed (DESIGN D2): off
//	wal_compression, pages fresh from      pglz 1.47, none 0.93, of lz4's time; none writes 2.3 times the WAL: lz4
//	a checkpoint
//	the same long after one                nothing
//	fsync = off                            0.96, and 0.85 of the elapsed time: what durability costs
//	full_page_writes = off                 nothing long after a checkpoint: so have few checkpoints, and keep them on
//	commit_delay 200 µs, two lanes         nothing: a lane is a group commit already
//	wal_sync_method = open_datasync        0.96
//	shared_buffers 256 MB, 4 GB; wal_buffers 16 MB; wal_writer_delay 10 s; autovacuum, bgwriter, track_activities,
//	track_counts or update_process_title off; wal_init_zero and wal_recycle off; max_connections 20: nothing
//
// For a server of one's own: lz4, checkpoints 15 minutes or more apart with a max_wal_size that they do not reach, jit off,
// shared_buffers that hold card, purse and the newest of message and posting, and everything else as it comes. Measure
// there: bpnt loadtest baselines --only e,g --set "name=value".
//
// # Decisions
//
//   - A socket only (listen_addresses is empty): no port to clash with, so that any number of test processes run at
//     once, and nothing for a neighbour on the network. The socket's folder is 0700, therefore "trust" is enough:
//     who reaches the folder owns the data files anyway.
//   - Root steps down. Postgres refuses to run as root, so root's server runs as the user postgres, or nobody where
//     there is none, set by the credentials of the child process; no shell, no su. Only folders made here change hands.
//   - A child process in a process group of its own, not pg_ctl's daemon: Ctrl-C at the terminal reaches the gateway,
//     which drains and then stops Postgres in that order.
//   - A gateway killed by SIGKILL leaves its Postgres running and well. The flock dies with the gateway, so the next
//     Start sees an orphan, adopts it, and stops it at its own end. While the first one lives, a second Start
//     attaches, and its Stop does nothing. EndWithParent (Linux) is for tests: nothing may survive a test process.
//   - Whether a process id in postmaster.pid is stale is left to Postgres, which also looks at the shared memory that
//     the file names; removing the file here could let two servers loose on one folder. We attach only where the
//     process lives, the file says "ready" and the socket answers.
//   - Durable unless told otherwise: fsync, synchronous_commit and full_page_writes are written out as "on", and data
//     checksums are on. TestSettings turns fsync off: kill -9 of Postgres loses nothing even then, since the
//     kernel keeps what was written; only tests that take the machine's power away would notice.
//   - Values of parameters never reach the log (log_parameter_max_length = 0, also on error).
//   - A standby reaches its primary over the Unix socket too, as the same user, so there is still no port and no password.
//     What it knows of its primary is in postgresql.auto.conf (pg_basebackup --write-recovery-conf), not in bpnt.conf, so
//     it is there after every start; WaitFor writes there for the same reason.
//   - A slot, not wal_keep_size: a standby that was away for a whole test still finds its log. Nothing bounds what it keeps;
//     who runs a server for months sets max_slot_wal_keep_size.
//   - A former primary rejoins by a fresh base backup. pg_rewind copies less, but it depends on what the servers have done:
//     right after a promotion, before the next checkpoint, that of Postgres 15 finds "no rewind required", and the old
//     primary then never follows (found in the drill of docs/operations.md). A private server is copied in a second, and its
//     files stay beside the copy: they alone hold what an asynchronous failover lost.
//   - Which server is the primary is not decided here: nobody promotes but the caller, and nobody fences the old one.
//   - SQL goes through psql of the same folder, because pgx has one door and that is the package ledger.
package localpg
