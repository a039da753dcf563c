//go:build !linux

package loadtest

// TreeUsage cannot see processes here.
func TreeUsage(int) (Usage, error) { return Usage{}, ErrCannotSee }

// ProcessUsage cannot either.
func ProcessUsage(int) (Usage, error) { return Usage{}, ErrCannotSee }

// SelfUsage cannot either.
func SelfUsage() (Usage, error) { return Usage{}, ErrCannotSee }
