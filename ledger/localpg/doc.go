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
// # Limits
//
// The socket's path stays below 100 bytes (sockaddr_un holds 108 on Linux, 104 on macOS); a deeper DataDir gets its
// socket in the temporary folder. The log is set aside at a start once it exceeds 16 MiB. Postgres 14 is the oldest
// that is accepted. A server that finds the shared memory of its killed predecessor still in use tries again for 10 s.
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
//   - SQL goes through psql of the same folder, because pgx has one door and that is the package ledger.
package localpg
