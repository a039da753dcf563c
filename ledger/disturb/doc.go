// Package disturb does to the database under a ledger what operators, neighbours and accidents do: it ends and cancels
// sessions, sits on a bucket's lock, keeps an old snapshot open, cleans up and writes checkpoints. It is for the fault
// campaign (bpnt loadtest chaos) on a private server; it knows the ledger's lock and none of its tables but by name.
//
// Each call makes a connection of its own, as the owner of the server, and takes no longer than its context. What is
// held is held by an open SQL transaction, and let go by release, or by the end of the session, whoever ended it.
package disturb
