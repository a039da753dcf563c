// Package faults is a TCP proxy that knows frames and does to them what networks do: it stands between terminals and
// any ISO 8583 host, and cuts, stalls, splits, repeats, reorders and loses what passes, by a plan with a seed or by a
// script.
//
//	terminal ──► tunnel ── requests: stream ──► host
//	         ◄──        ── answers:  stream ◄──
//	                          │
//	                          ├── dice (seed, connection, side) or Script: which Step a frame meets
//	                          └── crowd: copies and held frames that wait for other connections
//
//	proxy.go   Start, SetTarget, SetPlan, Next, Break, Close: what callers see
//	accept.go  takes connections, or refuses them for a while
//	tunnel.go  one connection and its end
//	stream.go  one side of it, cut into frames
//	meet.go    what each kind does to a frame
//	crowd.go   what connections do to each other
//	plan.go    how often: "rough", "cut=0.002,stall=0.005:2s"
//	dice.go    chance; script.go: no chance
//
// # What may happen, and what may be concluded from it
//
// TCP keeps the order of bytes of a connection and delivers none twice. All else is possible, because terminals reconnect,
// and because concentrators, switches and impatient middle boxes between the two sockets send again what they think was
// lost. So a frame may
//
//	never arrive, or in part       Cut, Reset, HalfOpen; the sender cannot tell which part
//	arrive, and its answer not     Cut and Reset of the answer, Drop, HalfOpen
//	arrive late                    Stall, Slow: later than the sender's patience, after its reversal was sent too
//	arrive after a younger one     Reorder, over another connection; Stall, where the sender reconnects
//	arrive twice                   Duplicate: at once, or over another connection behind reversal, void or settlement
//
// and the account of a terminal may conclude from what it hears:
//
//	00 to a purchase               it is debited once, however often it arrives
//	a decline                      nothing is debited, also by copies: hosts store a decline under the message's identity
//	91                             this copy debited nothing. Another may be approved later, when the books are back and
//	                               nobody waits for it: behind a network that duplicates, a 91 is reversed like silence
//	                               (loadtest.Config.Doubles), and only the 00 to the reversal makes it zero
//	silence                        nothing at all: 0400, then 0401 until it is answered
//	00 to a reversal               zero, also for copies of the purchase that are still under way: they get 94
//	91 to a void                   as to a purchase: the void is reversed, then the sale stands for certain
//	an answer nobody waits for     nothing. A copy's answer goes to where the copy came from, often another terminal,
//	                               which skips it by TID and STAN; loadtest counts it late, duplicate or unmatched
//
// An answer of which a part came is silence. That is why a terminal's report under faults has undecodable answers: they
// are the cut ones.
//
// # Chance
//
// A frame meets one fault at most. Each side of each connection has dice of its own, drawn from the seed and the number of
// the connection, so the same bytes in the same order over the same connections meet the same faults. What depends on
// other connections (Duplicate over another one, Reorder, Refuse) is the same as long as their order is.
//
// # Limits
//
//	tunnelsMax    16,384  connections at a time, each with two goroutines and two buffers of 4 kB or one frame
//	errandsMax    256     copies under way; beyond it a copy goes right behind its original
//	timeMax       1 h     of any fault; half-open connections end with a reset then
//	one frame             is held a side, and what coalesces: a side does not read while it holds something
//
// A peer that does not read stops its side of the tunnel, as a network would. What is no frame passes as it came, without
// faults, and so does the beginning of one that is never finished, when its sender closes; until then it is held, so a
// proxy hides from the host who sends one byte now and then. Nothing of what passes is logged, counted by content or kept.
//
// # Decisions
//
//   - Refuse accepts and resets. To close the port would be truer, and could lose it to another process.
//   - HalfOpen answers on the level of TCP: the peer's bytes are acknowledged and vanish. A network that does not even do
//     that is in gateway/e2e (TestRadioGone), with a network namespace.
//   - Reorder lets go when another connection has had an answer, not when its request has passed: then the host has decided
//     that one, and the order is certain.
//   - Copies wait for requests of other connections and not for a time, so that the same bytes give the same order.
package faults
