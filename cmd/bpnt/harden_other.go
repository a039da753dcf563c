//go:build !linux

package main

// harden has nothing to call here; run the gateway for real families on Linux.
func harden() error { return nil }
