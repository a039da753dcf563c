package main

import "testing"

func TestGarbagePercent(t *testing.T) {
	for living, want := range map[uint64]int{
		0: 400, 10 << 20: 400, 40 << 20: 400, 80 << 20: 200, 160 << 20: 100, 320 << 20: 50, 4 << 30: 50,
	} {
		if got := garbagePercent(living); got != want {
			t.Errorf("%d MB live: %d %%, want %d %%", living>>20, got, want)
		}
	}
}
