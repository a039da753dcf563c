package main

import (
	"os"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
)

// How far the memory may grow over what lives before garbage is collected. At 15,000 messages a second Go's default
// (100 %) collects twelve times a second for the tens of MB that live; 400 % of what 10,000 terminals hold would be
// hundreds of MB, and of the cards of 18.8 million families more than this machine has. So it is a room of about the same
// size for all, and where much lives a part of that.
const (
	garbageBytes      = 160 << 20
	garbagePercentMin = 50
	garbagePercentMax = 400
)

// boundGarbage sets the share now and after every collection. GOGC in the environment wins.
func boundGarbage() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(garbagePercentMax)
	set := garbagePercentMax
	// A finalizer runs after each collection, and asks for the next.
	var after func(*[1]*int)
	after = func(sentinel *[1]*int) {
		if percent := garbagePercent(livingBytes()); percent*10 < set*9 || percent*9 > set*10 {
			debug.SetGCPercent(percent)
			set = percent
		}
		runtime.SetFinalizer(sentinel, after)
	}
	runtime.SetFinalizer(new([1]*int), after)
}

// garbagePercent is the share for so many living bytes.
func garbagePercent(living uint64) int {
	return int(min(max(garbageBytes*100/max(living, 1), garbagePercentMin), garbagePercentMax))
}

// livingBytes is what the newest collection had to look at: the share is of that.
func livingBytes() (sum uint64) {
	samples := []runtimemetrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}
	runtimemetrics.Read(samples)
	for _, s := range samples {
		sum += s.Value.Uint64()
	}
	return sum
}
