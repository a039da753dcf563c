package hostile

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"bpnt/iso"
)

// Config says whom to attack and how hard.
type Config struct {
	Addr string // host:port of the gateway's EDC link
	From string // the attackers' own address, where the machine has several; empty for any

	Attackers int     // how many at once; most hold one connection each
	PerSecond float64 // actions of all of them together
	Actions   int64   // in all; 0 for as long as the context lasts
	Seed      uint64
	Dialect   iso.Dialect

	Captured [][]byte // for replay: frames that the gateway has answered before, with their length
	Guesses  []Guess  // for pins
}

// Guess is a purchase with a wrong PIN. Attackers give it STANs, from FirstSTAN on.
type Guess struct {
	Purchase  iso.Outgoing
	FirstSTAN int32
}

// Limits of the attackers themselves.
const (
	AttackersMax = 20_000 // sockets that one address can have to another, less what the honest need
	PerSecondMax = 1e6

	connectsOfCrowd = 8
	dialTimeout     = 2 * time.Second
	waitMax         = 30 * time.Second // for a gateway that neither answers nor closes
	stanMax         = 999_999
)

// Validate refuses what cannot be played, in words for the person at the shell.
func (c Config) Validate(a Attack) error {
	return errors.Join(
		refuse(c.Attackers < 1 || c.Attackers > AttackersMax, "the attackers must be 1 to %d", AttackersMax),
		refuse(!(c.PerSecond > 0 && c.PerSecond <= PerSecondMax), "the attackers' rate must be above 0 and up to %.0f a second", PerSecondMax),
		refuse(c.Actions < 0, "the number of actions is negative"),
		refuse(a.Name == "replay" && len(c.Captured) == 0, "replay needs frames that were captured"),
		refuse(a.Name == "pins" && len(c.Guesses) == 0, "pins needs cards to guess for"),
		c.validateFrom(),
	)
}

func (c Config) validateFrom() error {
	if c.From == "" {
		return nil
	}
	_, err := netip.ParseAddr(c.From)
	return refuse(err != nil, "the attackers' own address %q is none", c.From)
}

func refuse(bad bool, format string, args ...any) error {
	if !bad {
		return nil
	}
	return fmt.Errorf(format, args...)
}
