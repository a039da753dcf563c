package mutants

import "slices"

// Mutant is one bug.
type Mutant struct {
	Name   string // words joined by hyphens
	Breaks string // what goes wrong, in one sentence
	Edits  []Edit
	Catch  Catch
}

// Edit puts New where Old stands, once, in a file named from the root of the module.
type Edit struct{ File, Old, New string }

// Catch is the test that must fail.
type Catch struct {
	Package string // folder from the root of the module
	Test    string // its name, as go test -list gives it
}

// All is the whole table, in the order in which the parts stand between a terminal and the disk.
func All() []Mutant {
	return slices.Concat(wire, conversation, keys, order, lanes, trouble, identity, money, corrections, days, jobs, proof)
}
