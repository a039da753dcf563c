package loadtest

import (
	"fmt"
	"io"
)

// CopiesMax is the largest Config.Copies: what a gateway reads of one connection at once, and the storm of Solo, 2018,
// many times over.
const CopiesMax = 64

// copyTrunks is how many connections the copies of a purchase go out on.
const copyTrunks = 4

// Copies are the copies of purchases beyond the first, of purchases whose first answer came.
type Copies struct {
	Sent       int64 `json:"sent"`
	Same       int64 `json:"answered_the_same"`
	Unanswered int64 `json:"unanswered"` // a host may be silent where the first is under way
	Otherwise  int64 `json:"answered_otherwise"`
}

func (c *Copies) add(other Copies) {
	c.Sent += other.Sent
	c.Same += other.Same
	c.Otherwise += other.Otherwise
	c.Unanswered = c.Sent - c.Same - c.Otherwise
}

func (c *Copies) write(w io.Writer) {
	if c != nil {
		fmt.Fprintf(w, "copies\t%d: %d answered the same, %d unanswered, %d answered otherwise\n",
			c.Sent, c.Same, c.Unanswered, c.Otherwise)
	}
}

func (c *Copies) fault() error {
	if c == nil || c.Otherwise == 0 {
		return nil
	}
	return fmt.Errorf("%d copies of a purchase were answered otherwise than the first", c.Otherwise)
}
