// Package chaos hurts an estate by a schedule that a seed fixes, and reports what became of it. It knows no SQL, no
// socket and no process: the estate is an interface, a nemesis two funcs, and whoever owns both wires them together.
//
//	             safety: faults overlap                 liveness: none
//	├───────────────────────────────────────────┼──────────────────────────────┤ doors closed
//	│  inject ───── hold ───── heal             │ heal all, wait until the     │ terminals resolve
//	│      inject ── hold ── heal               │ estate answers, then it must │ what they do not know
//	│          inject ───────────── hold ─ heal │ approve again                │
//	└── audit ── audit ── (away) ── audit ── audit ── audit ── audit ──────────┴─► Judge ─► Report
//
// # The schedule
//
// Draw is a pure function of the seed, the nemeses' names and holds, and the time: the same seed hurts at the same
// moments in the same order, with the same random source handed to each Inject. (What the estate was doing at that
// moment is not repeated: it is real processes on a real clock.) Nemeses come from a deck that is shuffled anew when
// it is used up, so that a short campaign already has each of them about as often as the others. The gaps are
// exponential, so faults overlap as they like; only a nemesis that is still held does not come again meanwhile. No
// hold outlasts the safety phase.
//
// # Healing
//
// Each nemesis that was injected is healed, also where its Inject failed, where another one panicked the database
// meanwhile, and where ctx ends. A Heal that fails during the safety phase may have been hindered by another fault,
// so it is tried again when all others were healed, until Config.Recovery is over; then the campaign has failed. Heal
// must therefore be safe to repeat, and look at the state of things instead of remembering what it did.
//
// # Safety and liveness
//
// While faults overlap nothing is promised but that the books are right: each Audit that is answered must be clean.
// Once they have stopped everything must answer within Config.Recovery, terminals must get approvals again, and
// nothing may stay open. What the report lists under "must be 0" decides: Report.Failed says in a sentence what was
// not.
package chaos
