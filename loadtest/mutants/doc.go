// Package mutants holds bugs that we put in on purpose, to see that our tests find them. The zeros of a fault campaign
// mean something only where the same tests shout when one line of the program is wrong.
//
//	table_*.go              overlay.go                       verdict.go
//	name, what it breaks,   the tree with the edit made:     go test -json:
//	edit, test to catch ──► go test -overlay=overlay.json ──► caught by whom, in what words
//
//	make mutants                                    all of them, a line each, and "caught k of k"
//	BPNT_TEST_MUTANTS=no-identity,no-lock make mutants    some of them
//
// # Why edits, and not switches in the program
//
// A mutant is an edit of a source file, which the go command sees through -overlay; the tree itself is never touched. So
// the program carries no points at which it could be told to go wrong: no cost, no branch that is dead in every
// shop, nothing that an attacker or a mistyped flag could turn on, and a reader of post() reads post(). An overlay also
// reaches the SQL, which is embedded: migrating and opening a ledger both see the edited functions.
//
// The price is that an edit names a piece of text, and text moves. TestMutantsFit, which runs with every other test in
// milliseconds, finds a mutant whose text no longer stands in its file exactly once, or whose test is gone.
//
// # What counts as caught
//
// First every test of the table runs in the tree as it is: it must pass, and must not be skipped. Then each mutant's test
// runs with the edit, and must fail. These are not catches but errors: a mutant that does not compile, be it in Go or
// in SQL (SQLSTATE class 42); one whose test passes, or hangs; one where another test failed than the one that it names.
//
// A mutant that survives is a hole in the tests. Write the missing test in the package concerned, never here, and let
// the mutant name it.
//
// # To add one
//
// Put it into the table of its part. Take the smallest edit that a tired programmer could make; say what it breaks in one
// sentence; name the quickest test that must see it, one that takes seconds. Then run it alone.
package mutants
