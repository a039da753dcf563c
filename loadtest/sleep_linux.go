package loadtest

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleep uses the kernel's high resolution timer; the runtime's timers are rounded up to a millisecond in an idle
// process. A signal may end it early, and the caller looks at the clock again.
func sleep(d time.Duration) {
	left := unix.NsecToTimespec(d.Nanoseconds())
	_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &left, nil) // EINTR only
}
