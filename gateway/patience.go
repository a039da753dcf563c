package gateway

import (
	"time"

	"bpnt/gateway/lane"
)

// patience is how long a message may be expected to be in its lane; one that would be there for longer is refused at
// once, before any write. It is never longer than what is left until its deadline.
//
// A reversal has all the patience there is: money must find its way back. So has what may have an earlier copy: refusing
// it would be silence, for nobody knows whether the earlier one was posted, and its terminal would come again with a
// reversal, which is more work and not less. And so has a message that the ledger has sent to another bucket: it was
// let in before.
func (x *exchange) patience(now time.Time) time.Duration {
	if x.kind == kindReversal || x.copied || x.head.MTI.IsRepeat() || x.moves > 0 {
		return lane.Patient
	}
	return max(1, min(x.conn.link.ShedAfter.Duration, x.deadline.Sub(now)))
}

// terms are those on which a message waits in its lane. A reversal stands behind nobody, also where its outlet floods: behind,
// two of three found no place before their deadline, and again at each repeat.
func (x *exchange) terms(now time.Time) lane.Terms {
	return lane.Terms{
		Deadline: x.deadline, Patience: x.patience(now),
		Behind: x.kind != kindReversal && x.holding.crowded(),
	}
}

// shedPart is the part of a link's deadline, one in so many, that a new message waits at the most where the link does not
// say: 5 s of 20. By then a family has been standing at the counter for longer than most would, and a longer queue answers
// nobody sooner. What is left of the deadline is for the batch itself: an attempt may take Limits.Attempt, and one whose
// outcome is unknown is posted again.
const shedPart = 4

func (l Link) shedAfter() Duration {
	if l.ShedAfter.Duration > 0 {
		return l.ShedAfter
	}
	return Duration{l.Deadline.Duration / shedPart}
}
