package loadtest

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Cost is what the measured time took from the machine. Who runs the load test measures it at both ends of the measured
// time (Config.Measured): this package sees the wire only. What could not be measured is zero or absent.
type Cost struct {
	Redemptions int64         `json:"redemptions"` // approved purchases, by which the figures below are divided
	Processes   []ProcessCost `json:"processes"`
	Unseen      []string      `json:"unseen,omitempty"` // what could not be measured, and why

	WALBytes       float64 `json:"wal_bytes_per_redemption,omitempty"`
	DatabaseBefore int64   `json:"database_bytes_before,omitempty"`
	DatabaseAfter  int64   `json:"database_bytes_after,omitempty"`
	RoundTrips     float64 `json:"round_trips_per_redemption,omitempty"` // the gateway's calls of the ledger
	Stages         []Stage `json:"stages,omitempty"`
}

// ProcessCost is one party's share.
type ProcessCost struct {
	Name        string  `json:"name"`
	CPU         float64 `json:"cpu_us_per_redemption"` // user and system
	Cores       float64 `json:"cores"`                 // how many it kept busy
	SystemCalls float64 `json:"read_write_calls_per_message,omitempty"`
}

// Stage is the mean time of a message in one part of the gateway.
type Stage struct {
	Name  string  `json:"name"`
	Mean  float64 `json:"mean_ms"`
	Count int64   `json:"count"`
}

// NewProcessCost divides what a party used during a time in which it served so many redemptions and messages.
func NewProcessCost(name string, used Usage, during time.Duration, redemptions, messages int64) ProcessCost {
	return ProcessCost{
		Name: name, Cores: over(used.CPU.Seconds(), during.Seconds()),
		CPU:         over(float64(used.CPU.Microseconds()), float64(redemptions)),
		SystemCalls: over(float64(used.Calls), float64(messages)),
	}
}

func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// write prints what was measured; nothing where nobody measured.
func (c *Cost) write(w io.Writer) {
	if c == nil {
		return
	}
	for _, p := range c.Processes {
		fmt.Fprintf(w, "processor time\t%.1f µs a redemption: %s, %.2f cores", p.CPU, p.Name, p.Cores)
		if p.SystemCalls > 0 {
			fmt.Fprintf(w, ", %.2f read and write calls a message", p.SystemCalls)
		}
		fmt.Fprintln(w)
	}
	if c.DatabaseAfter > 0 {
		fmt.Fprintf(w, "Postgres\t%.0f bytes of WAL a redemption; database %s, was %s\n",
			c.WALBytes, Bytes(c.DatabaseAfter), Bytes(c.DatabaseBefore))
	}
	if c.RoundTrips > 0 {
		fmt.Fprintf(w, "round trips\t%.4f a redemption\n", c.RoundTrips)
	}
	c.writeStages(w)
	for _, why := range c.Unseen {
		fmt.Fprintf(w, "not measured\t%s\n", why)
	}
}

func (c *Cost) writeStages(w io.Writer) {
	if len(c.Stages) == 0 {
		return
	}
	stages := make([]string, len(c.Stages))
	for i, s := range c.Stages {
		stages[i] = fmt.Sprintf("%s %.2f", s.Name, s.Mean)
	}
	fmt.Fprintf(w, "stages (mean ms)\t%s\n", strings.Join(stages, ", "))
}

// Bytes is a size for people: 12.3 MB.
func Bytes(n int64) string {
	size, unit := float64(n), "bytes"
	for _, larger := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, larger
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
