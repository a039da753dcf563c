package faults

import "time"

// Step is one fault at one frame.
type Step struct {
	Side  Side
	Frame int // which of that side's frames of the connection, from 0
	Kind  Kind
	Bytes int           // Cut: bytes that pass, the frame's length included; Split: bytes in a write
	For   time.Duration // as in Fault
	Away  int           // Duplicate: 0 right behind the frame, n behind the n-th request from then on of other connections
}

// Script is what happens to one connection, and nothing else does: see Proxy.Next.
type Script []Step

// at is the step for a frame; its Kind is empty where the frame passes as it is.
func (s Script) at(side Side, frame int) Step {
	for _, step := range s {
		if step.Side == side && step.Frame == frame {
			return step
		}
	}
	return Step{}
}
