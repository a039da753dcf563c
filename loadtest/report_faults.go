package loadtest

import (
	"fmt"
	"io"
	"strings"
)

// Faults are what a faulty network between the terminals and the host did during the run. Who put it there tells.
type Faults struct {
	Plan     string           `json:"plan"`
	Seed     uint64           `json:"seed"`
	Injected map[string]int64 `json:"injected"` // by kind
}

func (f *Faults) write(w io.Writer) {
	if f == nil {
		return
	}
	var kinds []string
	for _, kind := range sortedKeys(f.Injected) {
		if n := f.Injected[kind]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%d %s", n, kind))
		}
	}
	if len(kinds) == 0 {
		kinds = []string{"none"}
	}
	fmt.Fprintf(w, "faults injected\t%s (seed %d)\n", strings.Join(kinds, ", "), f.Seed)
}
