// Package ledger holds the money, and the only SQL.
//
//	            gateway                       cmd (operators)
//	               │ Post(bucket, batch)         │ Disburse Freeze Import … Report Audit
//	               ▼                             ▼
//	┌──────────────────────────────────────────────────────────────────┐
//	│ post()  one call, one round trip, one commit     │ jobs in       │
//	│   lock bucket ─► look ─► decide ─► move ─► chain │ chunks        │
//	├──────────────────────────────────────────────────┴───────────────┤
//	│ by bucket:  family card purse message posting flush bucket       │
//	│ everywhere: programme rule disbursement tranche region bank link │
//	│             outlet masthead terminal stay target journal         │
//	│             batch reconciliation upload exception                │
//	│             settlement payout                                    │
//	└──────────────────────────────────────────────────────────────────┘
//
// migrations/ carries the tables from version to version; functions/ are the program's own and are replaced as a whole
// by Migrate; audit/ and report/ are queries, one file each; intake/ reads files; localpg/ runs a private Postgres.
//
// # Where the money is
//
// Accounts: F the fund of a tranche, P a family's purse (programme and period), Z the same purse frozen, Q what a family
// owes of a programme, O an outlet, T the treasury. Every movement is a posting between two of them:
//
//	              ┌── B repaid, G given back ──► Q ── A on credit ──┐
//	              │ ┌────────── R redemption ─────────────────────► O outlet
//	              │ │ ┌──────── U reversal, void, refund ───────────┘
//	              │ │ ▼
//	F ── D ────► P purse ── F freeze ──► Z frozen ── Y return ──► T treasury
//	▲             │ ▲                     │ │                      ▲
//	│             │ └────── H thaw ───────┘ │                      │
//	├─ C taken ───┼─────────────────────────┘                      │
//	└──── back ───┴──────────── X expiry ──────────────────────────┘
//
// A tranche is one disbursement's money for one programme and period. It is what opens and closes for every family at
// once: one row changes, however many purses there are.
//
//	pending ──open──► open ──expiry, or taken back──► closing ──every bucket passed──► closed
//
// A purse in a tranche that is pending or closing is not spent from. Emptying goes through the buckets in chunks under
// each one's lock, so when a tranche is closed no debit of it can be under way any more.
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
//   - The rules of money are SQL (functions/), because they must be decided under the lock and in one round trip. A batch is
//     three steps at most: reversals and tombstones (undo), voids, refunds and advices (amend), then redemptions and
//     inquiries in one statement; a step that has nothing to do is skipped. They may stand apart because a batch never holds
//     two messages of one card or one TID, so their order within a batch does not matter; cards of one family are in no order.
//   - The PAN's hash is kept as 128 bits (type uuid: fixed width, compared quickly) of HMAC-SHA-256.
//   - Postings are keyed by (bucket, message number, line): numbers rise, so the insert falls on the right edge of the
//     index. There is no index by family. A family's statement is the chain purse.message → posting.previous: it costs
//     one pointer a posting instead of a random index insert and the full-page image it drags into the WAL.
//   - A tranche has one status row. Opening a month for 18.8 million families is one UPDATE; post() reads the few
//     tranches that are shut and passes over their purses.
//   - A family has a purse for each month of its life. post() looks for open ones through a partial index (purse_open),
//     and the next disbursement sets emptied ones aside (state E), so it meets one or two and not one a month. A
//     reversal opens such a purse again. The index has no column that a redemption changes: its update stays HOT.
//   - The primary key of purse begins with period and programme, which is the order in which a disbursement inserts:
//     its index grows at the right edge.
//   - A rule is a row with a date, from tomorrow at the earliest, so the past keeps its rules. Amounts hold for the month
//     they are paid for, everything else for the business date of the decision.
//   - What comes back after a purse was closed goes on at once, in the same call, to where the purse's money went.
//   - Freezing goes by purse: money that has lain for freeze_days while its family used nothing of the programme.
//     A new month's money is open until it has lain as long itself: nobody's food is declined for a quiet quarter.
//   - A disbursement file is staged and checked as a whole in unlogged tables, funded in chunks into a pending tranche,
//     and opened in one statement that first compares the control totals. Whoever dies in between is run again. A chunk
//     commits without waiting for the disk: nothing of it is spendable before the opening, whose commit waits for all
//     before it.
//   - Expiry at the next disbursement goes family by family: a month comes in many files, and who still waits for its
//     bank's file keeps what it has. Expiry after so many days closes a tranche for everybody.
//   - An import is one pass into a table of the session, a query for all faults, then chunks. Who registers families or
//     cards holds advisory lock 8584, taken before a bucket's lock and never after. A family's bucket is that of its first
//     card where both come together, else a hash of its number; then half of the cards (of two buckets) are reached by a
//     forward, one look-up more.
//   - No bank's PIN value is taken from a file: it is good only under that bank's PVK. A card without one counts as not
//     handed over.
//   - No job's SQL may rest on the planner's figures: the tables of a run have none, and those of purse are of last month.
//     Rows are looked up one by one in lateral subqueries with a limit.
//   - Which server is the primary: of a URL that names several, the one that takes writes and is on the highest timeline that
//     this process has seen (primary.go, survey.go). Connections to another are refused or dropped, and a commit on one is
//     unknown. That is no lease: docs/operations.md says what it promises.
//   - What a terminal is told survives a failover where the standby is synchronous, repeats too: every call whose answer is
//     believed writes something, so that its commit waits (errand.go).
//   - One job that moves money at a time, by an advisory lock that lives and dies with the job's connection.
//   - posting is one table, not one a month. Rows come in the order of time, so a month's report reads a month's pages by
//     the BRIN index as it is. With thirteen partitions a batch of 100 cost 2.5 to 2.9 µs a row instead of 2.1 (insert, and
//     the flush's reading of what it wrote), as much WAL (205 bytes), and a look-up by message number, which no date
//     prunes, 20 µs instead of 5: a redemption makes several. Only the sum of one month out of twelve gained (18 ms instead
//     of 81 for 2.2 million rows), and so would dropping old months, which nobody may.
//   - A report that counts purses asks the purses (report/purses.sql): the year month by month took 12.8 s when it added up
//     all postings, and takes 3.2 s. A purse that changed after the moment, or whose money went elsewhere than to outlets,
//     still tells by its postings; a test holds the one against the other in generated stories, as of every moment.
//   - Two auditors look at one exported snapshot: most invariants keep one core busy, and so 1,000,000 purses take 14.5 s
//     where one auditor took 23.4. What grows with families is I02, half of the whole.
//   - Functions are not migrations: a change of post() is read as a change of post(). A digest of them stands in the
//     database, and Open refuses a ledger whose functions are another version's.
//   - post() carries its own planner settings, so that a plan made while the books were empty is also the right one
//     when they are full (a plan cached on an empty table scanned the growing one: 10,000/s instead of 37,000/s).
//   - Time: the ledger's clock is read under the lock; nothing of a terminal's clock enters a rule but as a
//     discriminator of identity.
//   - A terminal's batches, and a switch's days, are counted by us (terminal.batch, link.day) and read under the bucket's
//     lock; DE60 is only remembered. A close opens the next number, then takes and frees each bucket's lock once, then sums:
//     whoever read the old number has committed by then. No bucket's lock is held while it sums. The sums depend on rows
//     alone, never on when they are taken, because a reversal counts in a batch only where it was heard in that batch: so
//     a close that was broken off is finished by whoever comes next.
//   - A settlement message speaks of all batches of its terminal that none spoke of before: of those that the cut-off closed
//     because their outlet forgot them, and of the open one. The terminal's row is locked while a step of it runs; nobody
//     who holds it waits for a bucket.
//   - What a purchase comes to is the sum of its message's postings and of all that name it as their original: voids,
//     refunds, reversals, and what those were reversed by. Nothing stores what stands of it, so no order of arrival can
//     leave it wrong; message.original has an index that plain redemptions are not in.
//   - Voids, refunds and advices are decided one by one (amend), as is a reversal of anything that one of them touched
//     (undo_one): they are few, and there clarity is worth more than speed. A redemption never meets that code.
//   - A void is of the open batch only, a refund of any. A purchase with a refund that stands is not voided. What was
//     reversed never stands again: the reversal of its void, heard later, is answered 00 and moves nothing.
//   - A void that is undone after its money was spent, and food that was handed out while the bank was away, are debts of
//     the family (Q). The next disbursement repays them while its money is pending, so nobody spends what is owed.
//   - A bank's day is settled when it is over: each bucket's lock is passed once, then one transaction sums the postings of
//     the business date by outlet. What is due is every line up to that day less every payout that was not rejected, so a
//     correction after payout, a rejected payment and an outlet below zero need no rule of their own. Days of a bank are
//     closed in order; a file is made from stored rows alone, so a second run writes the same bytes (payfile/).
//   - What an operator's screen shows of the books (Standing) is read every few seconds, so it is bounded: no count of messages,
//     and what grows with terminals or exceptions comes in pages. 15 ms with a million messages (BenchmarkStanding).
//   - Old identities. DESIGN D5 compares discriminators after a day. For reversals, which carry none, we add: an
//     original that can still be credited is credited at any age (an outlet may switch its terminal on once a month);
//     what was reversed or declined more than a day ago does not swallow a new reversal, which then leaves a tombstone
//     of its own; and after `terminal reset` an earlier original counts for one day only, since the terminal that kept
//     an older reversal has lost its memory in the repair.
//   - An outcome that says nothing of the card and costs nothing to find again is not stored: terminal unknown,
//     conflict, blocked, reversal mismatch. Everything else is, so that a repeat gets the first answer.
//
// Probe and Meter serve load tests. Their connections touch nothing of the books: the probe has a schema of its own,
// bpnt_probe, which it drops at the end.
//
// # Limits
//
//	buckets          1 to 100, fixed when the ledger is made (RRN holds two digits of it)
//	messages         10^10 a bucket before an RRN repeats
//	BatchMax         1,000 requests a call
//	generations      32,767 of one key
//	chunk of a job   500 to 1,000 purses: a lane waits for its bucket about 10 ms
//
// # Trouble
//
// Post's errors are of four kinds (fate.go): ErrUnavailable and ErrRejected and ErrBusy say that nothing was posted by
// this attempt, ErrIndeterminate that it may have been. Rows arrive before the commit, so results are handed out only
// after the end of the result was read without an error.
package ledger
