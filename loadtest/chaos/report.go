package chaos

import (
	"errors"
	"fmt"
)

// Report is what one campaign did and found.
type Report struct {
	Seed      uint64  `json:"seed"`
	DurationS float64 `json:"duration_s"`
	SafetyS   float64 `json:"safety_s"`
	Seconds   float64 `json:"seconds"` // in all, with what terminals needed to resolve

	Nemeses []Count           `json:"nemeses"`
	LeftOut map[string]string `json:"left_out,omitempty"` // nemeses by name, and why
	Proxy   []Count           `json:"proxy"`              // the fault proxy's, by kind

	RecoveredS    float64 `json:"recovered_s"`    // from the end of the faults until everything answered
	ApprovedAfter int64   `json:"approved_after"` // purchases approved since then
	Audits        Audits  `json:"audits"`
	Figures       []Fact  `json:"figures"`
	Zeros         []Zero  `json:"must_be_zero"`

	Trouble     []string `json:"trouble,omitempty"` // what else went wrong, a sentence each
	Interrupted bool     `json:"interrupted,omitempty"`
}

// Count is how often something was done to the estate.
type Count struct {
	Name     string `json:"name"`
	Injected int64  `json:"injected"`
	Failed   int64  `json:"failed,omitempty"` // could not be done
	Error    string `json:"error,omitempty"`  // of the last one that failed
}

// Audits are those made while the campaign ran, and the one after it.
type Audits struct {
	Made     int     `json:"made"`
	Away     int     `json:"away"` // the database did not answer
	Broken   int     `json:"broken"`
	LongestS float64 `json:"longest_s"`
}

// Fact is a figure that may have any value.
type Fact struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
	About string `json:"about,omitempty"`
}

// Zero is a figure that has to be 0.
type Zero struct {
	Name    string `json:"name"`
	Count   int64  `json:"count"`
	About   string `json:"about"`             // what is counted
	Example string `json:"example,omitempty"` // the first of them
}

func newReport(cfg Config, nemeses []Nemesis) *Report {
	r := &Report{Seed: cfg.Seed, DurationS: cfg.Duration.Seconds(), SafetyS: cfg.safety().Seconds(), Nemeses: []Count{}}
	for i := range nemeses {
		r.Nemeses = append(r.Nemeses, Count{Name: nemeses[i].Name})
	}
	return r
}

// Fact notes a figure.
func (r *Report) Fact(name string, value int64, about string) {
	r.Figures = append(r.Figures, Fact{name, value, about})
}

// MustBeZero notes a figure that has to be 0, with an example where it is not.
func (r *Report) MustBeZero(name string, count int64, about, example string) {
	r.Zeros = append(r.Zeros, Zero{name, count, about, example})
}

// Faults is how many were injected: by nemeses, and by the proxy.
func (r *Report) Faults() (nemeses, proxy int64) { return injected(r.Nemeses), injected(r.Proxy) }

func injected(counts []Count) (sum int64) {
	for _, c := range counts {
		sum += c.Injected
	}
	return sum
}

// Figure is the value of a figure by its name; 0 where there is none.
func (r *Report) Figure(name string) int64 {
	for _, f := range r.Figures {
		if f.Name == name {
			return f.Value
		}
	}
	return 0
}

// Wrong is the sum of what must be 0.
func (r *Report) Wrong() (sum int64) {
	for _, z := range r.Zeros {
		sum += z.Count
	}
	return sum
}

// Failed is nil where everything that must be 0 is, and the estate recovered; else it says in a sentence each what is
// not.
func (r *Report) Failed() error {
	var all []error
	for _, z := range r.Zeros {
		if z.Count != 0 {
			all = append(all, fmt.Errorf("%s is %d and must be 0 (%s)%s", z.Name, z.Count, z.About, example(z.Example)))
		}
	}
	for _, text := range r.Trouble {
		all = append(all, errors.New(text))
	}
	if r.ApprovedAfter == 0 && !r.Interrupted {
		all = append(all, errors.New("no purchase was approved after the faults had stopped"))
	}
	return errors.Join(all...)
}

func example(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}
