package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// say sends a letter, waits for its answer and holds it against the model.
func (s *story) say(post int, l letter, repeat bool) heard {
	s.send(post, l, repeat)
	h := s.receive(post, l)
	s.tell(post, h)
	s.follow(true, h)
	return h
}

// follow keeps the states that foretell what was heard: in this order where it is known, else in any. What had no
// answer may have reached the books or not.
func (s *story) follow(ordered bool, all ...heard) {
	now := s.now()
	var next []*books
	for _, w := range s.worlds {
		next = append(next, w.orders(now, ordered, all)...)
	}
	if len(next) == 0 {
		s.fail(s.foretold(now, all))
		return
	}
	s.worlds = distinct(next)
}

// orders are the states after these letters.
func (b *books) orders(now time.Time, ordered bool, all []heard) (ends []*books) {
	if len(all) == 0 {
		return []*books{b}
	}
	for i, h := range all {
		if ordered && i > 0 {
			break
		}
		rest := slices.Delete(slices.Clone(all), i, i+1)
		if c := b.clone(); c.meets(h, now) {
			ends = append(ends, c.orders(now, ordered, rest)...)
		}
		if h.answer == nil {
			ends = append(ends, b.orders(now, ordered, rest)...)
		}
	}
	return ends
}

// meets lets a letter reach the books and tells whether its answer is the one that was heard.
func (b *books) meets(h heard, now time.Time) bool {
	r := b.post(h.letter, now)
	if h.answer == nil {
		return true
	}
	if r.code != h.answer.ResponseCode || h.answer.HasBalance != r.known || r.balance != h.answer.Balance && r.known {
		return false
	}
	switch {
	case r.row >= 0:
		return b.rows[r.row].remember(h)
	case r.undoing >= 0:
		return firstOrSame(&b.undoings[r.undoing].heard, h.body)
	}
	return true
}

func (r *row) remember(h heard) bool {
	r.rrn = h.answer.RRN
	return firstOrSame(&r.heard, h.body)
}

// firstOrSame: a stored answer is given again byte by byte.
func firstOrSame(stored *[]byte, body []byte) bool {
	if *stored == nil {
		*stored = body
	}
	return bytes.Equal(*stored, body)
}

// distinct leaves out states that are the same but for the order in which messages of different identities came.
func distinct(worlds []*books) []*books {
	if len(worlds) == 1 {
		return worlds
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(worlds, func(b *books) bool {
		print := b.print()
		defer func() { seen[print] = true }()
		return seen[print]
	})
}

// print is all of a state, its rows by identity: each as it follows those of its own, and in words what it refers to.
func (b *books) print() string {
	lines := []string{fmt.Sprint(b.households, b.cards, b.tills)}
	for i := range b.rows {
		r := b.rows[i]
		about, undone := "", ""
		if r.original >= 0 {
			about = b.rows[r.original].rrn
		}
		if r.undoing >= 0 {
			undone = fmt.Sprint(b.undoings[r.undoing])
		}
		r.original, r.undoing = 0, 0
		lines = append(lines, fmt.Sprintf("%c %d %d %d/%d %v %s %s",
			r.class, r.till, r.card, r.stan, b.generation(i), r, about, undone))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// generation is how many rows of the same identity came before.
func (b *books) generation(i int) (n int) {
	key := letter{till: b.rows[i].till, card: b.rows[i].card, stan: b.rows[i].stan}
	for j := range i {
		if b.rows[j].keyOf(key, b.rows[i].class) {
			n++
		}
	}
	return n
}
