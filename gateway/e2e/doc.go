// Package e2e holds the tests that go all the way: bytes over real sockets, a gateway, a real Postgres, and then the
// invariants of the books. It has no other code.
//
//	published messages   vectors_test.go    what nobody here wrote, byte for byte
//	identity             identity_test.go   copies, repeats, reversals in every order, over many sockets
//	programme            programme_test.go  accounts, cash, limits, and why there is no money: DE39 and receipt of each
//	month rollover       rollover_test.go   the next month opens while terminals trade
//	a terminal's day     day_test.go        void, refund, advice, settlement, upload: what is good, and each bad input
//	in flight            inflight_test.go   a settlement while a purchase is under way, or its gateway dies
//	races                race_test.go       purchases against settlements; keys that change under load
//	a switch             switch_test.go     published messages, its day, its keys, bad input; a line that we dial
//	refusals             refusals_test.go   each bad input and its response code
//	trouble              trouble_test.go    Postgres away, killed and frozen; a batch with a poisoned row
//	costs                cost_test.go       round trips, WAL, allocations and system calls of a redemption, counted
//	overload             overload_test.go   ten times what it can do: goodput, the truth of each 91, reversals, memory
//	a flood              flood_test.go      one outlet sends ten times what it can do: the others trade on
//	at rest              idle_test.go       what terminals cost that are connected and quiet
//	the page             metrics_test.go    what Prometheus reads, and what must never stand there
//
// Every test ends with the audit.
package e2e
