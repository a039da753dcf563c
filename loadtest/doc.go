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
// Open loop (Config.Arrivals has a shape): families arrive by a schedule that was fixed before the run and does not
// care how the gateway fares: with constant or random gaps, on a ramp, or as on the 25th, when a day's surge is
// compressed into the run. Arrival k stands where the integral of the rate reaches k, so every shape is one curve of a
// few knots. Where all terminals are busy, families queue. The latency of a visit's first message counts from the
// INTENDED time of arrival, so a stall of one second is seen by every family that came during that second and not only
// by the few whose messages were under way ("coordinated omission", Gil Tene). Each later message of the visit counts
// from the moment the terminal was free to send it. A family that was still waiting when the run ended counts with the
// time it had waited. A message without answer counts with the time until the terminal gave up.
//
// Closed loop (no shape): every terminal takes its next family at once. That finds the highest rate; its latencies say
// how long the queue in the gateway is and nothing about what a family would feel at a given rate.
//
// What was intended before the warm-up's end is left out of latencies and rates, but never out of the money.
//
// The generator's own lateness is measured too (Report.Lag: from the intended time, or the time the terminal was free,
// to the write). Where its p99 is not small against the latencies, the machine was too small for the generator
// and the figures belong to the generator.
//
// # What stands beside the figures
//
// Rate is what was approved, Goodput what was approved within the terminal's patience counted from the intended time,
// GoodShare the same of all who should have come in the measured time. SentPerS is what terminals really sent: where
// they were all busy it is less than what was offered, and an overload was the generator's queue and not the
// gateway's.
//
// Config.Probe is timed beside the load in an open loop of its own (in practice a commit of one row on the same
// server): what a disk that stalls does to a purchase it does to that commit too, so Report.Bare.Ratios say what is
// the gateway's. Config.Measured is called at both ends of the measured time, for who counts processor time, log and
// database there: Cost holds what they find, ProcessUsage and TreeUsage read /proc, Environment says where all of it
// was measured.
//
//	terminal ──► recorder (a shard) ──┐ once a second: Snapshot, Second
//	terminal ──► recorder (a shard) ──┼──► tally ──────────────────────► Report ──► text, JSON, page (html.go, plot*.go)
//	probe    ──► prober ──────────────┘ at the end: merged
//
// Search looks for the highest rate that holds a Bound. It plays through a func, so it is tested against systems that
// exist only in a test, with noise.
//
// # Workloads
//
//	W1 spread       shares of the mix, families all over the fleet
//	W2 hot outlet   the same with a fleet whose terminals have one MID
//	W3 duplicates   Config.Copies: a purchase goes out 64 times, over four connections at once; the first answer counts,
//	                each other copy must say the same or nothing, and one may debit
//	W4 drain        Config.Drain: all terminals hold the cards of the same families and race for eight purses at a time
//	                until the least amount is refused; approvals of a family must sum up to what it had
//	W5 realistic    inquiries, repeats, lost answers, voids and batches
//	W6 the 25th     W5 with those arrivals
//	month           Config.Month: every family comes once, in a random order that is computed and not stored
//
// What a workload alone can find is in Report.Workload, and Report.Fault is an error where the host did what no host
// may. Config.Idle makes a share of the terminals stay connected and ask for a balance every half minute.
//
// # Lines
//
// A terminal has a connection of its own, or Config.Lines are shared by all, as EDC networks put terminals behind
// network access controllers:
//
//	terminal ─┐            ┌─► one write for all who are ready ─► TCP ─► gateway
//	terminal ─┼─► port ─► trunk
//	terminal ─┘            └── one reader ◄── many answers a read ◄──
//
// A terminal still has one message in flight. The first to have something to send yields the processor once, so that
// those whom the same read answered add theirs, and writes for all. Answers find their terminal by TID. Where a trunk
// dies each of its terminals that waits has lost its connection, and reverses. One clock watches all ports instead of
// a timer for each message. With 253 terminals a message costs the generator 12 µs and 3 reads and writes over lines
// of their own, 2.3 µs and 0.1 (4 lines) to 0.3 (16) over shared ones.
//
// # The batch
//
// With Config.Settle each terminal closes its batch: before the clock starts, with totals of zero, so that what an
// earlier run left is in nobody's way (unless Config.Fresh says that there is nothing); when the batch is full, since
// DE63 counts 999 sales at most; and when the doors have closed. Where the host's totals differ (95) it uploads its
// sales one by one, and the trailer closes the batch with the host's totals. A batch with a sale whose fate is open is
// not settled at all, as no terminal settles with a reversal to send.
//
//	0500 totals ──► 00  closed                      agreed
//	            └─► 95  0320 … 0320, 0500 trailer   disputed
//
// Report.Batches are the terminals' own figures of each batch, to be held against the host's. Messages that close a
// batch have latencies of their own; most of them come after the measured time.
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
// # The witness
//
// Config.Witness is shown every message of Config.WitnessShare of the families as its terminal saw it (Seen): when it
// was sent, when it was answered and what, with the balance in DE54. Package loadtest/linear looks for an order of a
// family's messages that explains all answers. Where nobody watches, that costs a comparison a message.
//
// A network that may bring a message twice (Config.Doubles) makes a 91 the word on one copy only: purchases and voids are
// reversed after it like those without answer. Package faults is such a network, and says what may be concluded behind it.
//
// # Decisions
//
//   - Families belong to one terminal each, but in a drain, so that what a family has left is known without a lock and
//     no card is in flight twice. The choice among them is random: in order, neighbours in the index would flatter the
//     database.
//   - The pacer sleeps with clock_nanosleep on Linux: an idle Go process rounds its timers up to a millisecond, which
//     is as long as the answers take.
//   - Frames are appended field by field from packed card data (about 0.1 µs), answers are walked up to DE41 only.
//     Every 256th answer goes through iso's strict decoder as well.
//   - After a 91 (host unavailable) a terminal rests for a second, as its operator would; families queue meanwhile.
//   - What terminals see goes into a few shards, each with a lock: with one lock two cores waited for each other (140
//     ns a message against 60). The interval's histogram is swapped for an empty one and merged without the lock.
//   - The page is one file without script: its pictures are SVG made here, their colours the page's, so that light,
//     dark and paper work alike. The names of curves stand in a legend, where they cover nothing.
//   - A rate that was not held is played once more before a search believes it: disks have hiccups.
//   - Terminals are goroutines with blocking reads. The kernel's share (a send and a receive over TCP) dominates; hence
//     the shared lines.
//   - A family takes 64 bytes, its card, its balance and its sale in the journal included: a country's 18.8 million
//     fit.
//   - Connections are made before the clock starts, 2,000 a second. A terminal that will have nothing to say for long
//     greets the host with an inquiry, since hosts close new connections that stay silent.
//
// # Limits
//
// iso.FrameBytesMax bounds an answer; connections that send more are cut. Config.AnswerTimeout bounds every wait,
// Config.ResolveTimeout the end of the run. At most 64 terminals share a line, since gateways read no more messages of
// a connection at once; CheckFiles refuses more connections than the process may have open files. Retries of reversals
// and of connects wait retryWaitMin to retryWaitMax.
package loadtest
