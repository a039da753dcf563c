package hostile

import (
	"fmt"
	"slices"
	"strings"
)

// Attack is one way to hurt a gateway.
type Attack struct {
	Name string
	Says string // what it does, for people

	wordless bool                   // what it sends is no message: nothing of it may be answered
	play     func(*attacker, *line) // what it does over one connection, to its end
}

// attacks are all of them, in the order of doc.go.
var attacks = []Attack{
	{Name: "slowloris", Says: "a byte of a frame every now and then", wordless: true, play: slowloris},
	{Name: "silent", Says: "connect and say nothing", wordless: true, play: silent},
	{Name: "headers", Says: "every length that a header can name", wordless: true, play: headers},
	{Name: "tlv", Says: "DE55 with hundreds of tags, nested, twice", play: tlv},
	{Name: "bitmaps", Says: "bitmap behind bitmap up to the largest frame", wordless: true, play: bitmaps},
	{Name: "garbage", Says: "random bytes, TLS, HTTP, SMB", wordless: true, play: garbage},
	{Name: "replay", Says: "frames of one who listened on the line", play: replay},
	{Name: "pins", Says: "wrong PINs from many terminals at once", play: pins},
	{Name: "crowd", Says: "thousands of connections from one address", wordless: true, play: crowd},
	{Name: "churn", Says: "connect, close, connect", wordless: true, play: churn},
	{Name: "half", Says: "half a frame, then a reset", wordless: true, play: half},
	{Name: "deaf", Says: "messages without an end, no answer read", play: deaf},
	{Name: "pipeline", Says: "more at once than may be unanswered", play: pipeline},
}

// Names are those of all attacks.
func Names() (names []string) {
	for _, a := range attacks {
		names = append(names, a.Name)
	}
	return names
}

// Find gives the attacks of these names, in this order; the error lists the names that there are.
func Find(names ...string) (found []Attack, err error) {
	for _, name := range names {
		i := slices.IndexFunc(attacks, func(a Attack) bool { return a.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no attack %q: give some of %s", name, strings.Join(Names(), ","))
		}
		found = append(found, attacks[i])
	}
	return found, nil
}
