// Package loadtest plays the EDC terminals of many outlets against a gateway, measures how long families wait, and
// keeps its own account of what was approved, so that the books can be held against it to the rupiah. It is a black
// box: it knows the wire (package iso) and nothing of the gateway or the ledger.
//
// # The measurement
//
//	schedule ──► queue of families ──► terminal 1 ──► TCP ──► gateway
//	 (pacer)      (intended times)     terminal 2 ──► TCP ──►
//	                                       …
//	                                   terminal N ──► TCP ──►
//	                                       │ answers
//	                          recorder ◄───┴───► journal of each terminal
//
// A terminal is one TCP connection with one message in flight, as a real EDC is: it sends, waits for the answer or for
// its timeout, and only then serves the next family. A family's visit is a balance inquiry (a share of the visits),
// then a purchase, then, for a share of them, the same purchase once more as 0201, or the void of a recent sale.
//
// Open loop (Config.Rate > 0): families arrive by a schedule that was fixed before the run and does not care how the
// gateway fares. Where all terminals are busy, families queue. The latency of a visit's first message counts from the
// INTENDED time of arrival, so a stall of one second is seen by every family that came during that second and not only
// by the few whose messages were under way ("coordinated omission", Gil Tene). Each later message of the visit
// counts from the moment the terminal was free to send it. A family that was still waiting when the run ended counts
// with the time it had waited. A message without answer counts with the time until the terminal gave up.
//
// Closed loop (Rate 0): every terminal takes its next family at once. That finds the highest rate; its latencies say
// how long the queue in the gateway is and nothing about what a family would feel at a given rate.
//
// What was intended before the warm-up's end is left out of latencies and rates, but never out of the money.
//
// The generator's own lateness is measured too (Report.Lag: from the intended time, or the time the terminal was free,
// to the write). Where its p99 is not small against the latencies, the machine was too small for the generator
// and the figures belong to the generator.
//
// # The batch
//
// With Config.Settle each terminal closes its batch: before the clock starts, with totals of zero, so that what an earlier
// run left is in nobody's way; when the batch is full, since DE63 counts 999 sales at most; and when the doors have closed.
// Where the host's totals differ (95) it uploads its sales one by one, and the trailer closes the batch with the host's
// totals. A batch with a sale whose fate is open is not settled at all, as no terminal settles with a reversal to send.
//
//	0500 totals ──► 00  closed                      agreed
//	            └─► 95  0320 … 0320, 0500 trailer   disputed
//
// Report.Batches are the terminals' own figures of each batch, to be held against the host's. Messages that close a batch
// have latencies of their own; most of them come after the measured time.
//
// # The account
//
// Each terminal journals what it believes. An answer 00 to a purchase is a debit. A purchase without answer is open:
// the terminal sends 0400, and 0401 until it gets an answer, over new connections where the old one dies, and serves
// nobody else meanwhile; with the 00 to the reversal the purchase counts zero. A void that was approved makes its sale
// count zero; one without answer is reversed, and the sale stands. An approval that comes after the terminal gave up is
// counted (late) and changes nothing. What is still open when the time to resolve has passed is listed:
// only those may stand in the books either way. So with an empty list
//
//	Report.TerminalsDebitsIDR == debits minus credits in the books
//
// holds exactly, whatever was killed during the run.
//
// # Decisions
//
//   - Families belong to one terminal each, so that what a family has left is known without a lock and no card is in
//     flight twice. The choice among them is random: in order, neighbours in the index would flatter the database.
//   - The pacer sleeps with clock_nanosleep on Linux: an idle Go process rounds its timers up to a millisecond, which
//     is as long as the answers take.
//   - Frames are appended field by field from packed card data (about 0.1 µs), answers are walked up to DE41 only.
//     Every 256th answer goes through iso's strict decoder as well.
//   - After a 91 (host unavailable) a terminal rests for a second, as its operator would; families queue meanwhile.
//   - Terminals are goroutines with blocking reads. The kernel's share (a send and a receive over TCP) dominates.
//
// # Limits
//
// iso.FrameBytesMax bounds an answer; connections that send more are cut. Config.AnswerTimeout bounds every wait,
// Config.ResolveTimeout the end of the run. Retries of reversals and of connects wait retryWaitMin to retryWaitMax.
package loadtest
