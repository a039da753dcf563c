// Package e2e holds the tests that go all the way: bytes over real sockets, a gateway, a real Postgres, and then the
// invariants of the books. It has no other code.
//
//	published messages   vectors_test.go    what nobody here wrote, byte for byte
//	identity             identity_test.go   copies, repeats, reversals in every order, over many sockets
//	programme            programme_test.go  accounts, cash, limits, and why there is no money: DE39 and receipt of each
//	month rollover       rollover_test.go   the next month opens while terminals trade
//	refusals             refusals_test.go   each bad input and its response code
//	trouble              trouble_test.go    Postgres away, killed and frozen; a batch with a poisoned row
//	the page             metrics_test.go    what Prometheus reads, and what must never stand there
//
// Every test ends with the audit.
package e2e
