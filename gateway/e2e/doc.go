// Package e2e holds the tests that go all the way: bytes over real sockets, a gateway, a real Postgres, and then the
// invariants of the books. It has no other code.
//
//	published messages   vectors_test.go    what nobody here wrote, byte for byte
//	identity             identity_test.go   copies, repeats, reversals in every order, over many sockets
//	programme            programme_test.go  accounts, cash, limits, and why there is no money: DE39 and receipt of each
//	month rollover       rollover_test.go   the next month opens while terminals trade
//	a terminal's day     day_test.go        void, refund, advice, settlement, upload: what is good, and each bad input
//	in flight            inflight_test.go   a settlement while a purchase is under way, or its gateway dies
//	cuts                 cut_test.go        every message and answer of terminals and switches, cut at every byte
//	transport            transport_test.go  pieces, copies, overtaking, silent and deaf peers, a radio that is gone
//	any story            model_test.go      random stories against books of the model's own: all of the above at once
//	a forwarded card     moved_test.go      it was sent on from another bucket: a story that the model test found
//	races                race_test.go       purchases against settlements; keys that change under load
//	a switch             switch_test.go     published messages, its day, its keys, bad input; a line that we dial
//	refusals             refusals_test.go   each bad input and its response code
//	trouble              trouble_test.go    Postgres away, killed and frozen; a batch with a poisoned row
//	failover             failover_test.go   the primary is killed under load, synchronous and not; BPNT_TEST_FAILOVERS of them
//	sessions             backend_test.go    ended at random, plans made stale, functions replaced under load
//	restarts             comeback_test.go   Postgres stopped, fast and at once, and how long until the first approval
//	frozen               frozen_test.go     Postgres hangs: deadlines, goroutines, one connection for two buckets
//	costs                cost_test.go       round trips, WAL, allocations and system calls of a redemption, counted
//	overload             overload_test.go   ten times what it can do: goodput, the truth of each 91, reversals, memory
//	a flood              flood_test.go      one outlet sends ten times what it can do: the others trade on
//	attacks              hostile_test.go    every attack of loadtest/hostile beside an honest terminal; crowds
//	guessing, replays    hostile_pins_test.go, hostile_replay_test.go
//	SQL in fields        hostile_sql_test.go     the statements stay the same few
//	precedence           hostile_precedence_test.go  every two things in the way at once, on the wire
//	at rest              idle_test.go       what terminals cost that are connected and quiet
//	the page             metrics_test.go    what Prometheus reads, and what must never stand there
//
// Every test ends with the audit.
package e2e
