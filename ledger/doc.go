// Package ledger holds the money, and the only SQL.
//
//	            gateway                       cmd (operators)
//	               │ Post(bucket, batch)         │ Seed Disburse AddCard … Audit
//	               ▼                             ▼
//	┌──────────────────────────────────────────────────────────────┐
//	│ post()  one call, one round trip, one commit     │ jobs in   │
//	│   lock bucket ─► look ─► decide ─► move ─► chain │ chunks    │
//	├──────────────────────────────────────────────────┴───────────┤
//	│ by bucket:  family card purse message posting flush bucket   │
//	│ everywhere: programme period region bank link outlet         │
//	│             masthead terminal journal                        │
//	└──────────────────────────────────────────────────────────────┘
//
// # What is promised
//
// A redemption is debited exactly once, however often and in whatever order its message and its reversal come, over
// however many connections and gateways. The mechanism is one unique key, (bucket, link, TID, STAN, class, PAN,
// generation) of table message, looked at and written under the bucket's advisory lock, in the same transaction as the
// movement of money. A reversal that comes before its original leaves a tombstone under the original's key.
//
// Every movement is a row of table posting with both sides on it. message, posting and flush are append-only: triggers
// refuse UPDATE, DELETE and TRUNCATE. The only running balance is the purse's. Each call ends with a row of table flush:
// a SHA-256 over its postings and the digest before, so that a row that was changed behind our back is found by Audit.
//
// # Decisions
//
//   - The rules of money are SQL (migrations/00002_post.sql), because they must be decided under the lock and in one
//     round trip. A batch is two statements at most: redemptions and inquiries in one, reversals and tombstones (undo)
//     in another, which is skipped where there are none. They may stand apart because a batch never holds two messages
//     of one card or one TID, so their order within a batch does not matter; cards of one family are in no order.
//   - The PAN's hash is kept as 128 bits (type uuid: fixed width, compared quickly) of HMAC-SHA-256.
//   - Postings are keyed by (bucket, message number, line): numbers rise, so the insert falls on the right edge of the
//     index. There is no index by family. A family's statement is the chain purse.message → posting.previous: it costs
//     one pointer a posting instead of a random index insert and the full-page image it drags into the WAL.
//   - A period has one status row; purses carry none. Opening a month for 18.8 million families is one UPDATE.
//   - post() carries its own planner settings, so that a plan made while the books were empty is also the right one
//     when they are full (a plan cached on an empty table scanned the growing one: 10,000/s instead of 37,000/s).
//   - Time: the ledger's clock is read under the lock; nothing of a terminal's clock enters a rule but as a
//     discriminator of identity.
//   - Old identities. DESIGN D5 compares discriminators after a day. For reversals, which carry none, we add: an
//     original that can still be credited is credited at any age (an outlet may switch its terminal on once a month);
//     what was reversed or declined more than a day ago does not swallow a new reversal, which then leaves a tombstone
//     of its own; and after `terminal reset` an earlier original counts for one day only, since the terminal that kept
//     an older reversal has lost its memory in the repair.
//   - An outcome that says nothing of the card and costs nothing to find again is not stored: terminal unknown,
//     conflict, blocked, reversal mismatch. Everything else is, so that a repeat gets the first answer.
//
// # Limits
//
//	buckets          1 to 100, fixed when the ledger is made (RRN holds two digits of it)
//	messages         10^10 a bucket before an RRN repeats
//	BatchMax         1,000 requests a call
//	generations      32,767 of one key
//
// # Trouble
//
// Post's errors are of four kinds (fate.go): ErrUnavailable and ErrRejected and ErrBusy say that nothing was posted by
// this attempt, ErrIndeterminate that it may have been. Rows arrive before the commit, so results are handed out only
// after the end of the result was read without an error.
package ledger
