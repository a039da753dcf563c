// Package gateway is the TCP server between terminals and books, and its policy: connections, routing, order of
// arrival, what is answered and what is met with silence, receipts, metrics. Bytes are iso's business, money is the
// ledger's, batches are gateway/lane's, PINs and keys are gateway/pin's.
//
//	             reader of the connection                          lane of the bucket          writer
//	┌────────────────────────────────────────────────────┐       ┌────────────────────┐   ┌────────────────┐
//	frame ─► decode ─► MAC ─► purchase.go   ─► PIN value ─► order ─► queue ─► ledger ─► verdict ─► DE39, receipt ─► frame
//	                          inquiry.go                  │ order.go  │                 │         respond.go, slip.go
//	                          reversal.go, void.go        │           │                 └─► frees its successors
//	                          refund.go, advice.go        │           │  clerk
//	                          settlement.go, upload.go    │           └► errand ─► ledger ─► verdict
//	                          logon.go                    │              clerk.go
//	                          networkmessage.go ──────────┴──── answered here ─────────────► writer
//	                          unsupported.go
//
// process.go is that way from left to right, admit.go from the order of arrival to the verdict, write.go the rest.
//
// # Who owns a message
//
// An exchange belongs to the reader until it is admitted, to the lane until it is concluded, then to the writer. It is
// never pooled: a lane may still have to settle one whose connection is long gone.
//
// # Order of arrival
//
// Messages of one card, and of one terminal of a link, are applied in the order they came, across connections. A message
// stands in two chains, its terminal's and its card's, and goes to its lane as the head of both (order.go). So two
// requests of one card never share a batch, and a reversal cannot overtake its original inside this process. With several gateways
// the ledger's identities and tombstones do the same, without an order.
//
// A settlement and an upload stand in their terminal's chain alone: they wait for what it has in flight, and what it sends
// later waits for them. A purchase that goes over another gateway at that moment meets the ledger's barrier, and is in
// exactly one batch. They are no batch of payments, so the clerk brings them to the ledger (clerk.go), with new keys and a
// switch's totals: a few at a time, each again until its deadline. All of them are safe to repeat.
//
// # What may be answered
//
//	verdict                     answer
//	an outcome of the ledger    DE39 by the link's table; only from an attempt that committed
//	nothing was posted          91 (alone and rejected: 96), but silence to what may have an earlier copy that was
//	outcome unknown             silence; the terminal's 0400 is always safe
//	parses only in part         30 where STAN and terminal can be read, else the connection is closed
//	wrong MAC                   63
//	an account not served       12
//
// The last three, like 91 and 96, say that nothing was debited, so what may be the copy of an earlier purchase hears none of
// them (shed.go): it is met with silence, and its terminal reverses.
//
// A purchase, a void, a refund or an advice may have an earlier copy when its type says so (0201, 0221) or when this process
// passed on the same identity lately (seen.go). Silence there is a decision: 91 says that nothing was done, and the earlier
// copy may have been. An inquiry moves nothing, and reversals and settlements are repeated until they are heard, so they
// may always be refused. An approval is never answered from memory.
//
// What this cannot know: a copy that is not flagged, of a purchase passed on by another gateway or before a restart of this
// one, is told 91 while the database is away. Terminals that follow docs/protocol.md reverse instead of sending it again.
//
// # More than it can do
//
// On the 25th more comes than the books can do, and then it matters what is refused, and when. What is refused is refused at
// once and before any write, so the rate of what is approved stays what it is at capacity (e2e/overload_test.go):
//
//	patience.go   a new message that would be longer in its lane than the link's shed_after: 91. A reversal, what may have
//	              an earlier copy, and what a settlement is made of are not asked: money must find its way back, and
//	              refusing a copy would be silence, after which its terminal comes again with a reversal
//	fair.go       a message whose outlet, or whose address, has more under way than its share of what is left: 91; what is
//	              let in from an outlet with many under way stands behind all others in its lane, but for its reversals
//	declined.go   a copy of a purchase that was declined a moment ago: the same answer, without the books
//	seen.go       and in each case silence in the place of 91 for what may have been posted before
//
// Reversals do not overtake, neither in the order of arrival nor in the lane. In their chains they must not: a reversal that
// came before its purchase was posted would leave a tombstone and refuse it. In the lane it would be allowed, for no two
// messages of a card or a terminal are there at once; but a queue as short as others' patience is no burden, and a class
// that goes first is one with which a stranger can keep all others out. They have a reserve instead: the last eighth of a
// lane's queue.
//
// What this does not do: whoever sends from thousands of addresses, in the name of as many outlets, has thousands of shares.
// Against that there are certificates (tls.go) and MACs, which are checked before any of this. Repeats of an outlet that
// sends nothing else may fill half of a lane's queue, those of several outlets or of an address all but the reserve and what
// others need: a share is never taken of the reserve. An outlet is what DE42 says: where all of a link carry one number they
// are one outlet, and under pressure stand behind every other link.
//
// # Guessing
//
// Three wrong PINs lock a card. Who has a terminal and a list of cards would try three of each: wrong PINs are counted in the
// name of terminal and outlet as well, and beyond what an honest outlet could mistype messages with a PIN are refused
// with 91, their PIN unlooked at (velocity.go). The same count bounds settlements and uploads, which leave rows for ever.
// Reversals are never bounded so: each may be the only way back of a family's money.
//
// # Whose money
//
// Digits 3 and 4 of DE3 are the from-account. A link's table says which programme each stands for (accounts.go); 00, and
// any digits on a link without a table, leave it to the card, else to the link. Cash (DE3 01xxxx) is a redemption like food
// (00xxxx): one identity, one way, another title on the receipt. Whether a programme allows it is a rule of the ledger. A
// reversal is asked for neither: it finds its original, and so the programme, by the DE3 that both carry.
//
// # MAC and PIN
//
// DE64 is checked before anything of the message is used, over the bytes as received. Logon and echo move nothing and are
// not asked for one. The answer is signed where the request was. A PIN block becomes a verification value in gateway/pin; the ledger
// compares. A terminal's keys come from the ledger and are believed for half a minute, longer while the database is away. A
// terminal that the ledger does not know has no keys, and its message goes on: the ledger answers 58, in its order of
// precedence.
//
// Where a terminal has a master key its logon brings it new working keys (logon.go). Those before stay good until the terminal
// has used one of the new ones, at any gateway: the ledger is told, and a gateway that meets something which does not fit
// asks the ledger at once for keys of another's making, and then not again for a second. A PIN block is opened under
// the key that goes with that of the message's MAC; without a MAC under the new one and then the old one.
//
// # Switches
//
// A link whose dialect has the form "switch" is a bank's. What differs from a terminal's link, and where it stands:
//
//	signon.go           traffic before 0800/001 is refused with 01; each connection signs on for itself, or they share it
//	reversal.go         a reversal has a STAN of its own: DE90 names the original, and the books are asked for that
//	linkkeys.go         ZPK and ZAK of the zone stand in the place of every terminal's keys
//	keyexchange.go      0800/101 brings new ones
//	switchnetwork.go    0800/201 ends the business day: an errand of the clerk's
//	reconciliation.go   0500 and 0520 hold figures against ours: another
//	switchrespond.go    answers repeat DE7, 12, 13, 15, 32, 33, 37 and 90 of the request
//	converse.go         what we ask: sign-on where it is ours, echo when the line was quiet
//	call.go             answers to that, matched by DE11
//	dial.go             lines that we make, with a pause that doubles and a jitter
//
// A connection that we made is served like one that we took; only the limits on who may come do not count it. What was
// signed on ends with its connection: a switch that lost one signs on again, and so do we.
//
// # TLS
//
// A link is plain, TLS or mTLS (tls.go): 1.2 and up, suites that authenticate what they encrypt, no session tickets. A client's
// certificate can be bound to the terminals that it names (every message's DE41 is held against it), or to the names of a
// link. Files that change are read anew by the next handshake (tlsfiles.go); what lives keeps what it has. Handshakes are
// made by the connection's own goroutine, so many at a time, each within its time (handshake.go, turnstile.go).
//
// # Receipts
//
// A receipt is made of the stored result, the masthead that the result names, and the identity of the request, and of
// nothing else: no clock, no present name. So a repeat's answer equals the first in every field but TPDU and MAC. Where a masthead
// cannot be read (it is needed once for each outlet in the life of the process) the receipt goes out without the outlet's name.
//
// # Limits
//
// Limits (limits.go) holds all of them with their reasons: connections in all, by address and by second; handshakes at
// once and the time of one; the pauses before a switch is dialled again, and its time to answer; the times of a first
// frame, a frame, a rest, a write; messages in flight on a connection, beyond which it is not read from; bytes gathered
// for a write; wrong MACs and malformed messages in a row; wrong PINs, and settlements and uploads, an hour in one name; lane depth, batch size, attempt and lookup times; clerks and
// their queue; entries of every cache, that of declines and its time among them; shutdown. A frame's size is the dialect's. Every reason to close a connection has a
// name (closereason.go) in log and metric.
//
// # What operators see
//
// metrics_counters.go counts messages and their outcomes, metrics_limits.go shows what is in use beside each bound, and
// metrics_standing.go what standing.go reads of the books: exceptions, batches that were forgotten, money that is not open,
// ages of keys, sizes. No label is a terminal, an outlet, a card or free text: a page has about a thousand lines, however
// many terminals there are.
//
//   - One goroutine reads the books every 15 s, a page of terminals and of exceptions at a time (ledger.Standing). A figure
//     that needs all pages is shown when all were read. While the database is away the last figures stay, and
//     bpnt_books_age_seconds grows; what was never read is not shown, for 0 would be a lie.
//   - Tombstones, wrong PINs and repeats are counted as they happen, because nothing in the books finds them cheaply, and a
//     message that is repeated counts once. Prometheus adds up restarts and gateways.
//   - What deploy/prometheus makes of all this, and when it calls people, is tested there.
//
// # Goroutines and shutdown
//
// One for each connection, a second while it has answers to write, another for a switch of whom we ask something, one that
// looks at the books, one for each listener and each line that we dial, two for each lane, Limits.Clerks for the errands.
// Shutdown closes the listeners, signs off where we signed on, lets each connection take what has arrived, or begin one
// more message within Limits.LastCall (lastcall.go), answers what is in flight, half-closes and drains each socket for
// Limits.Linger, and flushes clerk and lanes with a context of their own.
//
// A restart refuses nobody where the listening socket outlives the gateway: systemd hands it over (inherit.go), or another
// gateway listens on the same port (reuse_port). In the latter case the kernel must hand the queue over too
// (reuseport.go). What reaches a connection while it is closed is not taken; its terminal reverses.
//
// # Decisions
//
//   - The writer builds answers, not the lane: receipts and bytes of a batch are made while the next batch is at the database.
//   - One lock for the order of arrival, because it costs 0.14 µs a message (BenchmarkGate).
//   - A connection at rest is one goroutine: its writer is started by the first answer and leaves with the last, its buffers
//     are borrowed. So 10,000 terminals hold 66 MB and not 240 (BenchmarkIdleConnections), and an answer costs no more
//     than waking a writer that waits (BenchmarkGateway).
//   - The read deadline is set where bytes are missing and nowhere else: a whole frame in one segment costs one.
//   - 96 and not 55 for a PIN block that cannot be read: it is our keys that are out of step, the family's PIN may be right, and no
//     try was burnt. 12 and not 77 for a reversal that matches no original in amount: 77 speaks of batches at most vendors.
//   - 57, 61 and 65 for the programme's own rules, hours among them, because they bind the card wherever it is used; 58
//     would blame the terminal. 62 for a frozen account and for a card that was not handed over, as for a blocked one: each
//     ends at the bank's counter, and 14 would send the family to look for another card. 51 where there is no money, for
//     whatever reason: the receipt tells which.
//   - Keys that a terminal has not used yet are sent again and not replaced. Anybody may send a logon, and could else make
//     a terminal lose the keys that it was just given. A logon that is repeated because its answer was lost costs nothing.
//   - 25 for every original that a void or a refund cannot have: unknown, closed, void, reversed. To the terminal there is
//     no such original; the receipt tells which. 77 for a trailer without a settlement, 79 for a batch that is closed.
//   - The answer to a settlement repeats the terminal's totals, as published hosts do; ours stand on the slip, and win.
//   - 12 for an account that a link does not serve: the terminal is set up wrongly, and the card may be good.
//   - The ledger's own check of a request (Request.Validate) is made before the lane, although the decoder lets none through
//     that would fail it: one bad row refuses its whole batch. It costs about 50 ns and no allocation (BenchmarkUnfit).
//   - The default link does not check the Luhn digit: the ledger knows its cards, and published samples fail it.
//   - A link's address, decimals and padding have no default in a file. Wrong decimals are a hundredfold debit.
//   - A sign-on is the connection's unless the link says otherwise: a switch that restarted knows nothing of the old one.
//     What is refused for want of it gets 01, a copy of what was passed on silence.
//   - A message of a terminal that the certificate is not for closes the connection without an answer: who sends it is not
//     who it claims to be, and an honest terminal with the wrong certificate is found by its name in log and metric.
//   - An expired certificate of ours is logged and counted, and no reason not to start: the other links have their terminals.
//   - A key exchange is made by the reader and not by the clerk: what stands behind it may be under the new keys.
package gateway
