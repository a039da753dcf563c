package faults

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// Plan says how often each kind happens. The zero value injects nothing.
type Plan struct {
	Seed   uint64
	Faults map[Kind]Fault
}

// Fault is how often and how strongly.
type Fault struct {
	Share float64       // of the frames that can meet it; of new connections for Refuse
	For   time.Duration // the longest time of Stall, Coalesce and Reorder; the time of Slow, HalfOpen and Refuse
	Most  int           // the most bytes a write of Split; the most frames of others until the copy of Duplicate comes
}

// presets are plans with names.
var presets = map[string]map[Kind]Fault{
	"none": {},
	"mobile": { // a terminal on GPRS: slow, cut off now and then, rarely worse
		Cut: {Share: 0.002}, Stall: {Share: 0.02, For: 2 * time.Second}, Split: {Share: 0.05, Most: 64},
		Duplicate: {Share: 0.001, Most: 16}, Drop: {Share: 0.002}, HalfOpen: {Share: 0.001, For: 10 * time.Second},
		Reset: {Share: 0.001},
	},
	"rough": { // every kind, far more often than any network
		Cut: {Share: 0.01}, Stall: {Share: 0.01, For: time.Second}, Split: {Share: 0.1, Most: 7},
		Coalesce: {Share: 0.02, For: 20 * time.Millisecond}, Duplicate: {Share: 0.02, Most: 16},
		Reorder: {Share: 0.02, For: time.Second}, Drop: {Share: 0.01}, Slow: {Share: 0.005, For: time.Second},
		HalfOpen: {Share: 0.002, For: 3 * time.Second}, Reset: {Share: 0.005},
		Refuse: {Share: 0.01, For: 500 * time.Millisecond},
	},
}

// ParsePlan reads "rough", "cut=0.002,stall=0.005:2s,split=0.1:3" or a preset with changes: "mobile,drop=0.05". What
// stands behind the colon is a time or a number, as Fault has it; without it the kind's usual one is taken.
func ParsePlan(text string) (Plan, error) {
	p := Plan{Faults: map[Kind]Fault{}}
	for item := range strings.SplitSeq(text, ",") {
		if err := p.add(strings.TrimSpace(item)); err != nil {
			return Plan{}, err
		}
	}
	return p, p.Validate()
}

func (p *Plan) add(item string) error {
	name, amount, isFault := strings.Cut(item, "=")
	if !isFault {
		preset, ok := presets[name]
		if !ok {
			return fmt.Errorf("%q is no plan of faults: give none, mobile, rough, or kinds with shares such as cut=0.01",
				item)
		}
		maps.Copy(p.Faults, preset)
		return nil
	}
	k, err := parseKind(name)
	if err != nil {
		return err
	}
	f, err := parseFault(k, amount)
	if err != nil {
		return fmt.Errorf("%q: %w", item, err)
	}
	p.Faults[k] = f
	return nil
}

func parseKind(name string) (Kind, error) {
	var names []string
	for _, k := range Kinds {
		if string(k) == name {
			return k, nil
		}
		names = append(names, string(k))
	}
	return "", fmt.Errorf("there is no fault %q: the kinds are %s", name, strings.Join(names, ", "))
}

func parseFault(k Kind, text string) (Fault, error) {
	f := k.usual()
	share, amount, more := strings.Cut(text, ":")
	var err error
	if f.Share, err = strconv.ParseFloat(share, 64); err != nil {
		return f, errors.New("the share must be a number from 0 to 1")
	}
	switch {
	case !more:
	case f.For > 0:
		if f.For, err = time.ParseDuration(amount); err != nil {
			err = errors.New("behind the colon stands a time such as 500ms or 2s")
		}
	case f.Most > 0:
		if f.Most, err = strconv.Atoi(amount); err != nil {
			err = errors.New("behind the colon stands a whole number")
		}
	default:
		err = fmt.Errorf("%s has no time and no number: leave the colon out", k)
	}
	return f, err
}

// Validate refuses shares that are none, and times and numbers beyond the limits.
func (p Plan) Validate() error {
	var sum [2]float64
	for k, f := range p.Faults {
		if err := f.validate(k); err != nil {
			return err
		}
		for side := range sum {
			if k.hits(Side(side)) {
				sum[side] += f.Share
			}
		}
	}
	if max(sum[Requests], sum[Answers]) > 1 {
		return errors.New("a frame meets one fault at most: all shares of requests, or of answers, are more than 1 together")
	}
	return nil
}

func (f Fault) validate(k Kind) error {
	usual := k.usual()
	switch {
	case !(f.Share >= 0 && f.Share <= 1): // NaN too
		return fmt.Errorf("%s: the share must be 0 to 1", k)
	case usual.For > 0 && (f.For <= 0 || f.For > timeMax):
		return fmt.Errorf("%s: the time must be above zero and at most %s", k, timeMax)
	case usual.Most > 0 && (f.Most < 1 || f.Most > mostMax):
		return fmt.Errorf("%s: the number must be 1 to %d", k, mostMax)
	}
	return nil
}

// String is the plan as ParsePlan reads it.
func (p Plan) String() string {
	var items []string
	for _, k := range Kinds {
		f, ok := p.Faults[k]
		if !ok || f.Share == 0 {
			continue
		}
		item := fmt.Sprintf("%s=%g", k, f.Share)
		switch {
		case k.usual().For > 0:
			item += ":" + f.For.String()
		case k.usual().Most > 0:
			item += ":" + strconv.Itoa(f.Most)
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return "none"
	}
	return strings.Join(items, ",")
}
