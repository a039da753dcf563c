// Package baseline does a redemption's job in the ways in which one would first write it, so that the ledger's way can be
// held against them in one run on one server (bpnt loadtest baselines). Nothing else uses it.
//
//	Locking      BEGIN; SELECT … FOR UPDATE; UPDATE; INSERT; COMMIT   one transaction a message, five round trips
//	Conditional  one statement: UPDATE … WHERE balance >= amount, and INSERT of what it returned, committed by itself
//	Set          the same as one statement over arrays: so many messages a round trip and a commit
//
// # The job
//
// A redemption names a terminal, a STAN, a card by its keyed hash, the value of the PIN that was typed, and an amount. It is
// debited once: posting's primary key is the identity, and a copy of a message changes nothing. The PIN's value is
// compared, the purse must hold the amount, and a posting notes what moved. That is all: no programmes, periods or rules,
// no reversals, no tries of a PIN, no replay of the stored answer, no hash chain. So what the real post() costs beyond Set
// is what those are worth, and what a lane saves is the step from Locking or Conditional to Set.
//
// The schema bpnt_baseline has three tables (schema.sql) with one family a card, at whatever size it was made.
//
// # The measurement
//
// Workers are goroutines with a connection each, in a closed loop; each draws its families at random from a share of its
// own, so that no two wait for one row: contention on hot rows is not what is compared. Set's batches hold a card once.
// A message that is under way when the time is over is finished and counted, and so is the time that it took.
//
// Check holds the purses against the postings and the postings against what the workers believe they were told.
package baseline
