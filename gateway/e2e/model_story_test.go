package e2e

import (
	"fmt"

	"bpnt/iso"
	"bpnt/ledger"
)

// story is some terminals and families at work, and the states in which the ledger may be: one, unless what happened
// at the same time may have come in several orders, or a gateway died with a message that nobody heard of again. An
// answer that no state foretells ends the story.
type story struct {
	*season
	number    int
	programme int16
	worlds    []*books
	wires     map[[2]int]*wire // by gateway and terminal
	cards     []modelCard
	stans     []int32  // of each terminal, the last
	batches   []int    // what each calls its batch
	journal   []letter // what each terminal has to repeat or to reverse
	sales     []letter // purchases and advices that were approved, with their RRN
	evenings  []letter // settlements
	lines     []string
	failure   string
	trouble   bool // the stage is no longer what it was
}

type modelCard struct {
	card
	name string
}

// newStory casts three terminals and two families of one bucket. The first family has the cards a, b, and c, whose hash
// points to another bucket; the second d, and e, which has expired; f is nobody's.
func (n *season) newStory(programme int16, grant int64) *story {
	n.stories++
	s := &story{season: n, number: n.next(), programme: programme, wires: map[[2]int]*wire{}}
	world := &books{}
	for i := range 3 {
		outlet := i % 2
		n.addTerminal(s.tid(i), modelMIDs[outlet])
		world.tills = append(world.tills, register{outlet: outlet, stays: []int{outlet}, batch: 1})
	}
	s.stans, s.batches = make([]int32, 3), []int{1, 1, 1}
	s.worlds = []*books{world}
	for _, w := range s.worlds {
		w.households = make([]household, 2)
	}
	home := s.addCard(0, "9912", func(int16) bool { return true })
	here, elsewhere := func(b int16) bool { return b == home }, func(b int16) bool { return b != home }
	s.addCard(0, "9912", here)
	s.addCard(0, "9912", elsewhere)
	s.addCard(1, "9912", here)
	s.addCard(1, "2001", elsewhere)
	s.addStranger()
	s.grant(grant)
	return s
}

func (s *story) tid(till int) string { return fmt.Sprintf("M%06d%c", s.number, 'A'+till) }

// addCard gives a family a card whose hash points to such a bucket, and tells which. One of before today has expired.
func (s *story) addCard(family int, expiry string, in func(bucket int16) bool) int16 {
	digits := s.digitsIn(in)
	c := s.cardOf(s.familyID(family), digits, expiry, testPIN, func(c *ledger.NewCard) {
		c.Programme = modelProgrammes[s.programme-1]
	})
	status := ""
	if expiry < "2610" {
		status = "54"
	}
	s.enrol(c, plastic{family: family, status: status})
	return s.operator.BucketOf(c.key)
}

func (s *story) familyID(i int) int64 { return int64(s.number)*10 + int64(i) + 1 }

func (s *story) addStranger() {
	digits := s.digitsIn(func(int16) bool { return true })
	track, err := iso.ParseTrack2(digits + "=99121200000000000000")
	s.check(err)
	s.enrol(card{track2: track, key: s.keys.PANKey([]byte(digits))}, plastic{family: -1})
}

// enrol adds a card to the cast; in the story it has a letter for its name.
func (s *story) enrol(c card, p plastic) {
	s.cards = append(s.cards, modelCard{c, string(rune('a' + len(s.cards)))})
	for _, w := range s.worlds {
		w.cards = append(w.cards, p)
	}
}

var modelProgrammes = []string{"BPNT", "PKH", "SEMBAKO"}
