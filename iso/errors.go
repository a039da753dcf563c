package iso

import (
	"errors"
	"fmt"
)

var errTPDU = errors.New("a TPDU is 10 hex digits, such as 6000100000")

// DecodeError says why a message was refused. It never quotes the message, and nothing of moov's stands behind it,
// whose errors do.
type DecodeError struct {
	Field  int     // data element; 0 for the message as a whole, 1 for the bitmap
	Reason string  // one of the Reason constants
	Header *Header // whom to answer (30), as far as it could be read; nil means close the connection
}

func (e *DecodeError) Error() string {
	if e.Field == 0 {
		return "message refused: " + e.Reason
	}
	return fmt.Sprintf("message refused: DE%d %s", e.Field, e.Reason)
}

// EncodeError says which value of a message could not be written. Nothing was appended then.
type EncodeError struct {
	Field  int
	Reason string // ReasonValueForm or ReasonValueLength; ReasonFrameOversize with Field 0
}

func (e *EncodeError) Error() string {
	return fmt.Sprintf("message cannot be written: DE%d %s", e.Field, e.Reason)
}

// FrameError says why the bytes on a connection are no frame. The stream cannot be read on: close it.
type FrameError struct {
	Reason string // one of the ReasonFrame constants, fit for a metric's label
	Length int    // what the header announced, bytes
}

func (e *FrameError) Error() string {
	return fmt.Sprintf("frame refused: %s (length %d)", e.Reason, e.Length)
}
