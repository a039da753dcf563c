// Command bpnt is the gateway and everything around it in one binary.
//
//	bpnt demo        the whole thing on a private Postgres, with simulated terminals and an audit at the end
//	bpnt serve       the gateway
//	bpnt ledger …    the operator's tool
//	bpnt edc …       one terminal at your shell
//	bpnt switch      a bank's switch at your shell
//	bpnt decode      hex in, fields out, masked
//	bpnt loadtest    many terminals against a gateway; baselines: what it is held against, side by side; chaos: all of it
//	                 while gateways and Postgres are killed, and a proof that nothing was lost
//
// The package is wiring: it reads flags, opens what a command needs, calls the packages that do the work, and prints.
// Every command is one file.
//
// # Rules
//
//   - Answers go to stdout, everything else (progress, tables, hints) to stderr, so that --json can be piped.
//   - Trouble is one sentence on stderr that says what to do. Exit status: 0 done, 1 trouble or refused, 2 the command
//     line or a file it names is wrong, 3 the outcome is unknown (bpnt edc, bpnt switch).
//   - Every flag can come from the environment: --data-dir is BPNT_DATA_DIR.
//   - PANs, PINs and keys are read from a prompt without echo or from stdin, never from an argument: arguments show in ps.
//   - Without --database-url a command uses the private Postgres in <data-dir>/postgres: it starts it and stops it at
//     the end, or uses the one that another bpnt is running there.
package main
