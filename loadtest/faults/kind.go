package faults

import "time"

// Kind is one thing that a network does to a terminal and its host.
type Kind string

// The kinds. Request and answer are frames here; what says neither happens to both.
const (
	Cut       Kind = "cut"       // n bytes of a frame pass, 0 to all of them, then both ends are closed
	Stall     Kind = "stall"     // a frame is held for a time, and all behind it
	Split     Kind = "split"     // a frame goes out in many writes
	Coalesce  Kind = "coalesce"  // a frame waits for the next one, and both go out in one write
	Duplicate Kind = "duplicate" // a request comes once more: right behind itself, or later over another connection
	Reorder   Kind = "reorder"   // a request is held until another connection had an answer
	Drop      Kind = "drop"      // an answer is thrown away, and the connection lives on
	Slow      Kind = "slow"      // the host's answers are read a few bytes at a time, through a small window
	HalfOpen  Kind = "half-open" // from this frame on all bytes vanish, and neither end is told
	Reset     Kind = "reset"     // the frame vanishes and both ends get an RST
	Refuse    Kind = "refuse"    // this connection and all new ones of a while are reset at once
)

// Kinds are all of them, in the order of reports and of the dice.
var Kinds = []Kind{Cut, Stall, Split, Coalesce, Duplicate, Reorder, Drop, Slow, HalfOpen, Reset, Refuse}

// Side is a direction.
type Side int

// The two directions of a connection.
const (
	Requests Side = iota // from the terminal to the host
	Answers              // from the host to the terminal
)

// String is the side's name in logs and tables.
func (s Side) String() string {
	if s == Requests {
		return "requests"
	}
	return "answers"
}

// hits tells whether frames of one side can meet this kind.
func (k Kind) hits(side Side) bool {
	switch k {
	case Duplicate, Reorder:
		return side == Requests
	case Drop, Slow:
		return side == Answers
	case Refuse:
		return false // it is connections that are refused
	}
	return true
}

// usual is what a kind does where nothing is said about how long or how much.
func (k Kind) usual() Fault {
	switch k {
	case Stall, Reorder:
		return Fault{For: time.Second}
	case Coalesce:
		return Fault{For: 20 * time.Millisecond}
	case Slow:
		return Fault{For: 2 * time.Second}
	case HalfOpen:
		return Fault{For: 10 * time.Second}
	case Refuse:
		return Fault{For: 500 * time.Millisecond}
	case Split:
		return Fault{Most: 7}
	case Duplicate:
		return Fault{Most: 16}
	}
	return Fault{}
}
