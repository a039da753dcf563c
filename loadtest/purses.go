package loadtest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
)

// purses are the joint account of families whose cards several terminals hold (Config.Drain). Nobody looks into it to
// decide how much to ask for: terminals race, and learn from refusals only.
type purses struct {
	funds int64

	mu    sync.Mutex
	front int // all families before it are empty, or have no card any more
	each  []purse
}

type purse struct {
	spent   int64 // whole rupiah: approved, and neither reversed nor voided
	asked   bool
	empty   bool // the least amount was refused for want of money
	left    bool // its card was lost, or replaced: what is in it stays
	unclear bool // money may have come back after a refusal: a reversal or a void
}

// raceWidth is how many purses terminals race for at a time.
const raceWidth = 8

func newPurses(families int, funds int64) *purses {
	return &purses{funds: funds, each: make([]purse, families)}
}

// choose is one of the purses at the front, and any at all when the last is empty.
func (p *purses) choose(random *rand.Rand) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.front < len(p.each) && (p.each[p.front].empty || p.each[p.front].left) {
		p.front++
	}
	card := random.IntN(len(p.each))
	if left := len(p.each) - p.front; left > 0 {
		card = p.front + random.IntN(min(raceWidth, left))
	}
	p.each[card].asked = true
	return card
}

func (p *purses) spend(card int, amount int64) {
	p.mu.Lock()
	p.each[card].spent += amount
	p.mu.Unlock()
}

// unclear notes that money came back, or may have.
func (p *purses) unclear(card int) {
	p.mu.Lock()
	p.each[card].unclear = true
	p.mu.Unlock()
}

func (p *purses) leave(card int) {
	p.mu.Lock()
	p.each[card].left = true
	p.mu.Unlock()
}

func (p *purses) empty(card int) {
	p.mu.Lock()
	p.each[card].empty = true
	p.mu.Unlock()
}

// Drain is what became of families whose cards all terminals held.
type Drain struct {
	Families  int `json:"families"` // that were asked for money
	Emptied   int `json:"emptied"`  // that were refused the least amount at the end
	Overdrawn int `json:"overdrawn"`
	Short     int `json:"short"` // emptied, though approvals do not sum up to what was there
}

func (p *purses) report() *Drain {
	if p == nil {
		return nil
	}
	d := new(Drain)
	for _, x := range p.each {
		if x.asked {
			d.Families++
		}
		if x.empty {
			d.Emptied++
		}
		if x.spent > p.funds {
			d.Overdrawn++
		}
		if x.empty && !x.unclear && p.funds-x.spent >= amountStep {
			d.Short++
		}
	}
	return d
}

func (d *Drain) write(w io.Writer) {
	if d != nil {
		fmt.Fprintf(w, "drain\t%d families, %d emptied, %d overdrawn, %d refused with money left\n",
			d.Families, d.Emptied, d.Overdrawn, d.Short)
	}
}

func (d *Drain) fault() error {
	return refuse(d != nil && d.Overdrawn+d.Short > 0,
		"the race for purses went wrong: families were approved more than they had, or refused what they had")
}
