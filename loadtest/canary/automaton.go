package canary

// automaton is Aho and Corasick's: it finds every pattern while it looks at each byte once, and needs no memory of the
// bytes before, so that a pattern may lie across two reads.
type automaton struct {
	next [][256]int32 // by state and byte
	ends [][]int32    // patterns that end in a state
}

func newAutomaton(forms []form) *automaton {
	a := &automaton{next: make([][256]int32, 1), ends: make([][]int32, 1)}
	for i, f := range forms {
		a.plant(f.pattern, int32(i))
	}
	a.link()
	return a
}

// plant adds a pattern to the tree. State 0 is the root, to which nothing leads yet, so 0 is "none" here.
func (a *automaton) plant(pattern string, number int32) {
	state := int32(0)
	for _, c := range []byte(pattern) {
		if a.next[state][c] == 0 {
			a.next[state][c] = int32(len(a.next))
			a.next, a.ends = append(a.next, [256]int32{}), append(a.ends, nil)
		}
		state = a.next[state][c]
	}
	a.ends[state] = append(a.ends[state], number)
}

// link gives each state the way on for bytes that its pattern does not have: that of the longest other beginning that
// the bytes so far end in. States are taken by their depth.
func (a *automaton) link() {
	fallback := make([]int32, len(a.next))
	var queue []int32
	for _, child := range a.next[0] {
		if child != 0 {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		other := fallback[state]
		a.ends[state] = append(a.ends[state], a.ends[other]...)
		for c := range 256 {
			child := a.next[state][c]
			if child == 0 {
				a.next[state][c] = a.next[other][c]
				continue
			}
			fallback[child] = a.next[other][c]
			queue = append(queue, child)
		}
	}
}
