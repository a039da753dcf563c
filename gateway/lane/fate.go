package lane

// Fate is what is known of one attempt at a batch.
type Fate uint8

const (
	Committed Fate = iota // the answers are the truth
	NotPosted             // nothing was sent or it provably did not arrive: the database is away
	Busy                  // rolled back for a passing reason
	Rejected              // rolled back, and it will be again
	Unknown               // it may have committed, or may still commit
)

// Fates is how many fates there are, for those who keep a counter of each.
const Fates = int(Unknown) + 1

var fateNames = [Fates]string{"committed", "not_posted", "busy", "rejected", "unknown"}

// String names the fate as metrics do.
func (f Fate) String() string { return fateNames[f] }

// Ending is how a request left the lane. Every request that Submit accepted has exactly one.
type Ending uint8

const (
	Answered Ending = iota // from an attempt that committed
	Refused                // nothing was posted and nothing will be
	Poisoned               // alone in its batch, and still rejected: nothing was posted
	Silent                 // the outcome was unknown at the deadline
)

var endingNames = [...]string{"answered", "refused", "poisoned", "silent"}

// String names the ending as metrics do.
func (e Ending) String() string { return endingNames[e] }

// State is what a lane is doing, for readiness checks.
type State uint32

const (
	Ready  State = iota // takes requests
	Away                // the last batch could not be posted; probing
	Open                // an attempt has an unknown outcome; resolving it
	Closed              // Close was called
)

var stateNames = [...]string{"ready", "away", "outcome_open", "closed"}

// String names the state as readiness checks do.
func (s State) String() string { return stateNames[s] }
