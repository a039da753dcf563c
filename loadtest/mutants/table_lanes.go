package mutants

// lanes are bugs in the queue to the books.
var lanes = []Mutant{
	{
		Name:   "unknown-read-as-refused",
		Breaks: "A batch whose commit is unknown is given up as if it had been rolled back.",
		Edits: []Edit{{"gateway/lane/flush.go", `	case Unknown:
		l.resolve()`, `	case Unknown:
		l.end(l.detach(), Refused)`}},
		Catch: Catch{"gateway/lane", "TestUnknownIsPostedAgainUntilItCommits"},
	},
	{
		Name: "poison-fails-its-batch", Breaks: "One row that the books reject fails everybody in its batch.",
		Edits: []Edit{{"gateway/lane/flush.go", `	case Rejected:
		l.halve()`, `	case Rejected:
		l.end(l.detach(), Poisoned)`}},
		Catch: Catch{"gateway/lane", "TestCulpritStandsAlone"},
	},
	{
		Name: "no-settling", Breaks: "An unknown outcome past its deadline is forgotten, and may still commit.",
		Edits: []Edit{{"gateway/lane/resolve.go", `			l.settle()
			return`, `			l.detach()
			l.setState(Ready)
			return`}},
		Catch: Catch{"gateway/lane", "TestSilentAtTheDeadlineThenSettled"},
	},
	{
		Name: "settled-once-only", Breaks: "Settling an unknown outcome is tried once, whatever comes of it.",
		Edits: []Edit{{"gateway/lane/resolve.go", `		if !l.pause(wait.next(), l.ctx.Done()) {
			l.abandon()
			return
		}
	}
	l.config.Meter.Resolved(len(l.detach()), BySettle)`, `		_ = wait
		break
	}
	l.config.Meter.Resolved(len(l.detach()), BySettle)`}},
		Catch: Catch{"gateway/lane", "TestSilentAtTheDeadlineThenSettled"},
	},
	{
		Name:   "open-lane-takes-more",
		Breaks: "A lane takes requests while an outcome is open, and posts them past it.",
		Edits:  []Edit{{"gateway/lane/lane.go", `case l.state != Ready:`, `case l.state == Away:`}},
		Catch:  Catch{"gateway/lane", "TestUnknownIsPostedAgainUntilItCommits"},
	},
	{
		Name: "posted-again-dropped", Breaks: "What the books ask to be posted again is answered as it stands.",
		Edits: []Edit{{"gateway/lane/flush.go", `		case answers[i].Again && !it.ended:
			again = append(again, it)`, `		case answers[i].Again && !it.ended:
			l.config.Done(it.q, answers[i].Value, Answered)`}},
		Catch: Catch{"gateway/lane", "TestAgainStandsFirstAndInOrder"},
	},
	{
		Name:   "retried-without-identity",
		Breaks: "What is posted again comes under a STAN of its own, and is debited again.",
		Edits: []Edit{{
			"gateway/books.go", `x.request.Resent = true //`,
			`x.request.Resent, x.request.STAN = true, (x.request.STAN+1)%1_000_000 //`,
		}},
		Catch: Catch{"gateway", "TestPostedAgainAsItWas"},
	},
	{
		Name:   "resent-not-told",
		Breaks: "The books are not told that a request was posted before, so a terminal reset in between makes it new.",
		Edits:  []Edit{{"gateway/books.go", `x.request.Resent = true //`, `_ = x //`}},
		Catch:  Catch{"gateway", "TestPostedAgainAsItWas"},
	},
	{
		Name: "settled-without-tombstone", Breaks: "Settling posts the purchase itself in place of its tombstone.",
		Edits: []Edit{{"gateway/books.go", `			b.requests[len(b.requests)-1].Kind = ledger.KindBlock`, ``}},
		Catch: Catch{"gateway", "TestUnknownOutcomeIsSilentAndSettled"},
	},
}
