package loadtest

import (
	"errors"
	"time"
)

// Usage is what a process and its descendants have used since they began.
type Usage struct {
	CPU   time.Duration // user and system, in hundredths of a second
	Calls int64         // system calls of the read and write kind; on sockets too, where made by read and write
}

// Sub is what was used since an earlier reading.
func (u Usage) Sub(earlier Usage) Usage { return Usage{u.CPU - earlier.CPU, u.Calls - earlier.Calls} }

// ErrCannotSee is why there is no figure of a process on this system.
var ErrCannotSee = errors.New("processor time by process can be read on Linux only")
