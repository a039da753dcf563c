// Package gateway is the TCP server between terminals and books, and its policy: connections, routing, order of
// arrival, what is answered and what is met with silence, receipts, metrics. Bytes are iso's business, money is the
// ledger's, batches are gateway/lane's, PINs and keys are gateway/pin's.
//
//	             reader of the connection                          lane of the bucket          writer
//	┌────────────────────────────────────────────────────┐       ┌────────────────────┐   ┌────────────────┐
//	frame ─► decode ─► MAC ─► purchase.go   ─► PIN value ─► order ─► queue ─► ledger ─► verdict ─► DE39, receipt ─► frame
//	                          inquiry.go                  │ order.go                    │         respond.go
//	                          reversal.go                 │                             └─► frees its successors
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
// # What may be answered
//
//	verdict                     answer
//	an outcome of the ledger    DE39 by the link's table; only from an attempt that committed
//	nothing was posted          91 (alone and rejected: 96), but silence to a purchase that may have an earlier copy
//	outcome unknown             silence; the terminal's 0400 is always safe
//	parses only in part         30 where STAN and terminal can be read, else the connection is closed
//	wrong MAC                   63
//	an account not served       12
//
// The last three, like 91 and 96, say that nothing was debited, so what may be the copy of an earlier purchase hears none of
// them (shed.go): it is met with silence, and its terminal reverses.
//
// A purchase may have an earlier copy when its type says so (0201) or when this process passed on the same identity
// lately (seen.go). Silence there is a decision: 91 says that nothing was debited, and the earlier copy may have been. An
// inquiry moves nothing and a reversal is repeated until it is heard, so both may always be refused. An approval is never
// answered from memory.
//
// What this cannot know: a copy that is not flagged, of a purchase passed on by another gateway or before a restart of this
// one, is told 91 while the database is away. Terminals that follow docs/protocol.md reverse instead of sending it again.
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
// # Receipts
//
// A receipt is made of the stored result, the masthead that the result names, and the identity of the request, and of
// nothing else: no clock, no present name. So a repeat's answer equals the first in every field but TPDU and MAC. Where a masthead
// cannot be read (it is needed once for each outlet in the life of the process) the receipt goes out without the outlet's name.
//
// # Limits
//
// Limits (limits.go) holds all of them with their reasons: connections in all, by address and by second; the times of a
// first frame, a frame, a rest, a write; messages in flight on a connection, beyond which it is not read from; bytes gathered
// for a write; wrong MACs and malformed messages in a row; lane depth, batch size, attempt and lookup times; entries of every cache;
// shutdown. A frame's size is iso.FrameBytesMax. Every reason to close a connection has a name (closereason.go) in log and metric.
//
// # Goroutines and shutdown
//
// Two for each connection, one for each listener, two for each lane. Shutdown closes the listeners, lets no connection take more
// from its socket, answers what is in flight, half-closes and drains each socket for Limits.Linger, and flushes the lanes with
// a context of their own.
//
// # Decisions
//
//   - The writer builds answers, not the lane: receipts and bytes of a batch are made while the next batch is at the database.
//   - One lock for the order of arrival, because it costs 0.14 µs a message (BenchmarkGate).
//   - The read deadline is set where bytes are missing and nowhere else: a whole frame in one segment costs one.
//   - 96 and not 55 for a PIN block that cannot be read: it is our keys that are out of step, the family's PIN may be right, and no
//     try was burnt. 12 and not 77 for a reversal that matches no original in amount: 77 speaks of batches at most vendors.
//   - 57, 61 and 65 for the programme's own rules, hours among them, because they bind the card wherever it is used; 58
//     would blame the terminal. 62 for a frozen account and for a card that was not handed over, as for a blocked one: each
//     ends at the bank's counter, and 14 would send the family to look for another card. 51 where there is no money, for
//     whatever reason: the receipt tells which.
//   - 12 for an account that a link does not serve: the terminal is set up wrongly, and the card may be good.
//   - The ledger's own check of a request (Request.Validate) is made before the lane, although the decoder lets none through
//     that would fail it: one bad row refuses its whole batch. It costs about 50 ns and no allocation (BenchmarkUnfit).
//   - The default link does not check the Luhn digit: the ledger knows its cards, and published samples fail it.
//   - A link's address, decimals and padding have no default in a file. Wrong decimals are a hundredfold debit.
package gateway
