package iso

import (
	"fmt"
	"time"
)

// LocalTime is DE13 and DE12 together as the number MMDDhhmmss: month 1122, 09:42:57 is 1122094257. It has no year and
// no zone, as on the wire; zero means absent, for no month is 0.
type LocalTime int64

// LocalTimeOf is the wall-clock time of t in t's own location.
func LocalTimeOf(t time.Time) LocalTime {
	day := int64(t.Month())*100 + int64(t.Day())
	clock := int64(t.Hour())*1e4 + int64(t.Minute())*100 + int64(t.Second())
	return LocalTime(day*1e6 + clock)
}

// Date is DE13, MMDD as a number.
func (t LocalTime) Date() int { return int(t / 1e6) }

// Clock is DE12, hhmmss as a number.
func (t LocalTime) Clock() int { return int(t % 1e6) }

// String is MMDDhhmmss with all ten digits, the form of DE7 as well; empty where absent.
func (t LocalTime) String() string {
	if t == 0 {
		return ""
	}
	return fmt.Sprintf("%010d", int64(t))
}
