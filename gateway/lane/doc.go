// Package lane is a generic group commit: requests queue, one batch at a time is posted, and every request learns
// what became of it. It knows neither ISO 8583 nor SQL.
//
//	Submit ──► queue (bounded) ──► batch ──► Post ── committed ──► Done(Answered)
//	   │            ▲                 ▲        │
//	   │            │ again, halves   │ same   ├─ not posted (twice) ─► Done(Refused), lane away, probing
//	   ▼            └─────────────────│────────┤
//	ErrFull                           │        ├─ busy (4 times) ─────► Done(Refused)
//	ErrSlow                           │        ├─ rejected ───────────► halve; alone: Done(Poisoned)
//	ErrAway, ErrClosed                │        │
//	                                  └────────┴─ unknown ────────────► lane open: post the same batch again until an
//	                                                                    attempt commits; at a request's deadline
//	                                                                    Done(Silent); when all are past it: Settle
//
// # Batching
//
// While one batch is in flight the next one gathers. There is no timer: an idle lane posts a lone request at once and
// adds no wait, a busy one finds its batch size by itself. A batch is taken from the front of the queue (of
// both queues, where some stand behind), in order, and is at most Config.BatchMax long.
//
// # More than it can do
//
// A lane that is offered more than it can do must refuse some at once, or it will do nothing but answer requests whose
// sender has given up: with a queue of 20 s of work none is in time, though every one is posted. So each request
// comes with a patience, and is refused (ErrSlow) where the lane's pace says that it would be in the lane for longer. The
// pace (pace.go) is how long a batch takes; a queue shorter than a batch is never too long. TestGoodputStaysFlat shows
// both: at ten times its capacity a lane answers in time as many as at its capacity, and next to none without a patience.
//
// A request may come with the wish to stand behind those without it (Terms.Behind): whoever submits knows who floods. While
// both wait, seven of the others are posted for one of those, so that neither can keep the other out (backlog.go). So
// requests are taken in order within each of the two; what came back from a batch goes before both.
//
// What must not be refused comes without a patience (Patient): it is taken as long as there is a place, and the last
// eighth of the queue is for it alone. That is all of its privilege. It does not overtake: a class that goes first can
// keep all others out, and a queue that is as short as the others' patience is no burden to it. For the same reason the
// last to come does not go first, as some advise for overload: that serves the newest of a queue that is too long, and
// this one is not.
//
// # What may be said about a request
//
// A request is answered only from an attempt that committed. It is Refused only when no attempt that could have
// posted it has an unknown outcome, so that "nothing was posted" is true. Once an attempt is unknown no later error
// makes it known: the attempt after it may fail cleanly on a lock that the first one still holds, and then the first
// one commits. Only a commit of the same batch, or Settle, ends it. That is why an unknown batch is never halved,
// shortened or mixed with other requests, and why the lane takes nothing new until it is resolved.
//
// A request whose deadline passes while it waits in the queue is Refused before any write. One whose deadline passes
// while its batch is in flight is Silent at that very moment, not when the attempt returns; it stays in the batch if
// an attempt is unknown, and is taken out if none is.
//
// # Halving
//
// A batch that is rejected goes back to the front of the queue together with a note of two sizes (its halves), which
// the next two batches will have. So one bad request costs about 2·log2(n) posts, the others get their answers in
// order, and there is only one place where requests wait.
//
// # Goroutines
//
// Two for each lane: run, which owns the batch and calls Post, Settle, Probe and most Done; and watch, which sleeps
// until the earliest deadline and ends what is late. Close waits for both.
//
// # Limits
//
// Config.Depth bounds the queue (ErrFull beyond it, or beyond seven eighths of it), the patience of a request its wait
// (ErrSlow), Config.BatchMax the batch, Config.AttemptTimeout one attempt, busyRetries the patience with lock timeouts,
// and the context of Close the flush at the end.
package lane
