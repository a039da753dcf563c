package loadtest

import (
	"testing"

	"pgregory.net/rapid"
)

// TestJournalArithmetic plays random fates of purchases and holds the account against the plain sum.
func TestJournalArithmetic(t *testing.T) {
	fleet := testFleet(t, 1, 1)
	rapid.Check(t, func(t *rapid.T) {
		var j journal
		var want, approved, open int64
		for i := range rapid.IntRange(0, 200).Draw(t, "purchases") {
			amount := rapid.Int64Range(1, 220).Draw(t, "steps") * amountStep
			j.open(0, int32(i+1), amount)
			switch rapid.SampledFrom([]string{
				"approved", "reversed", "declined", "open", "lost", "lost and reversed", "voided", "void reversed",
			}).Draw(t, "fate") {
			case "approved":
				j.last().approve([12]byte{'1'})
				want += amount
				approved++
			case "reversed":
				j.last().reverse()
			case "declined":
				j.last().decline()
			case "open":
				open++
			case "lost":
				j.last().approve([12]byte{'1'})
				j.last().reopen()
				open++
			case "lost and reversed":
				j.last().approve([12]byte{'1'})
				j.last().reopen()
				j.last().reverse()
			case "voided":
				j.last().approve([12]byte{'1'})
				j.last().reopen()
				j.last().void()
			case "void reversed":
				j.last().approve([12]byte{'1'})
				j.last().reopen()
				j.last().stand()
				want += amount
				approved++
			}
		}
		a := settle([]*terminal{{outlet: &fleet[0], journal: j}})
		if a.debits != want || a.approved != approved || int64(len(a.unresolved)) != open {
			t.Fatalf("account %d rupiah, %d approved, %d open; want %d, %d, %d",
				a.debits, a.approved, len(a.unresolved), want, approved, open)
		}
		standing, known := j.standing()
		if known != (open == 0) || known && (sum(standing) != totals{approved, want}) {
			t.Fatalf("the batch's totals %+v, known %v; want %d, %d rupiah, %d open", sum(standing), known, approved, want, open)
		}
	})
}
