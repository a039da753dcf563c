// Package linear asks whether what families' terminals saw can have happened: whether each account behaved as one purse
// that does one thing at a time (linearizability, Herlihy and Wing, 1990). It is the only check that finds a host that
// decides from a stale balance while its books are right in the end.
//
//	terminals ──► loadtest.Config.Witness ──► Witness ──► Check ──► Report
//	                 loadtest.Seen            by account    │
//	                                                        ├─ fold:  messages ──► operations (history.go)
//	                                                        ├─ model: one purse (model.go), porcupine searches an order
//	                                                        └─ story: the longest order that fits, and what does not
//
// # The model
//
// An account is a balance, and the fate of each sale and each void. A purchase is approved only where it is covered, and
// declined with 51 only where it is not; whatever answer carries a balance (DE54) carries the one after it. A repeat gets
// the stored answer, or 94 once its purchase is blocked. An answered reversal blocks its purchase: it gives the money back
// once, or leaves a tombstone. A void gives the money of a standing sale back, and its reversal takes it again. Any other
// decline moves nothing. 91 and 96 to a purchase say that nothing was done, and are held to that: the message is left out.
//
// The balance at the start is not known: the model keeps the range in which it can lie, which the first balance that is
// seen closes to a point.
//
// # No answer
//
// A message without answer may take effect at any time after it was sent, or never. It stays in the search until the end,
// as an operation that does what a purse would do at that moment, and nothing where that does not fit. Two things keep
// the search small and change no verdict:
//
//   - All messages of one purchase or one reversal up to the first answer are one operation, since together they have
//     one effect at most.
//   - An unanswered purchase whose reversal was answered ends with it: from then on it is blocked, and can as well come then.
//
// # Limits
//
// Searching an order is NP-complete, so an account's history ends after operationsMax messages: what was sent until then
// is checked, and what was still under way counts as unanswered. With up to 32 messages of an account at once a full
// history takes 5 to 20 ms, with 42 it takes seconds (BenchmarkCheck): let a few dozen terminals drain, not hundreds. Accounts beyond accountsMax are not watched. A search
// that takes longer than it may is undecided, which is neither legal nor illegal.
//
// # What it covers, and what not
//
// Families belong to one terminal each, so their messages come one after another, and the check finds lost and doubled
// debits, reversals that credit twice, and stale balances. Messages of one account at the same time come from a drain
// (loadtest.Config.Drain), where all terminals hold the cards of the same families: that is where an order must be
// searched at all; add repeats, reversals and voids to it as you like. Copies (Config.Copies) of a purchase are one
// operation. Nothing else may move an account's money while it is watched: no disbursement, expiry or freeze, and no
// load test that began earlier; runs one after another share a Witness. A void whose reversal finds the money spent makes
// the family a debtor: from there on the account's history proves nothing and everything is taken as legal. Batches and
// their uploads are left out: they move no money of a sale that the host knows.
package linear
