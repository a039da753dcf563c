package e2e

import (
	"fmt"
	"testing"
	"time"

	"bpnt/iso"

	"pgregory.net/rapid"
)

// The acts in which several messages are under way at once, or something dies meanwhile. Every bucket's lock is held
// until all of them are in the gateways, so that they do meet.

// modelStates is how many states may be possible at most before acts whose order or end is unknown are left out.
const modelStates = 12

// await gathers the answers to what is under way, over these gateways.
func (s *story) await(posts []int, letters ...letter) (all []heard) {
	for i, l := range letters {
		h := s.receive(posts[i], l)
		s.tell(posts[i], h)
		s.sold(h)
		all = append(all, h)
	}
	return all
}

// answered: nothing that is under way in a gateway that lives may go unanswered.
func (s *story) answered(all []heard) bool {
	for _, h := range all {
		if h.answer == nil {
			s.fail(s.describe(h.letter) + ": no answer")
			return false
		}
	}
	return true
}

// raceReversal: the terminal gives up and reverses while its purchase is before the lock. Over one gateway they are
// applied in the order in which they came; over two the ledger decides.
func (s *story) raceReversal(t *rapid.T) bool {
	if len(s.worlds) > modelStates {
		return false
	}
	l := s.purchase(t, small(t))
	posts := []int{s.post(t), s.post(t)}
	reversal := reversalOf(l)
	s.note("the next two are under way at once:")
	s.sql.holding(func() {
		s.send(posts[0], l, false)
		s.sql.blocked()
		s.send(posts[1], reversal, false)
		s.reached(posts[1], l.till)
	})
	if all := s.await(posts, l, reversal); s.answered(all) {
		s.follow(posts[0] == posts[1], all...)
	}
	return true
}

func (s *story) raceSettlement(t *rapid.T) bool {
	l := s.purchase(t, small(t))
	posts := []int{s.post(t), s.post(t)}
	closing := s.settlement(l.till)
	if !closing.claim.possible() || len(s.worlds) > modelStates {
		return false
	}
	s.note("the next two are under way at once:")
	s.sql.holding(func() {
		s.send(posts[0], l, false)
		s.sql.blocked()
		s.send(posts[1], closing, false)
		s.reached(posts[1], l.till)
	})
	all := s.await(posts, l, closing)
	if s.answered(all) {
		s.follow(posts[0] == posts[1], all...)
		s.closed(all[1])
	}
	return true
}

// rush: each terminal sends a purchase over one gateway. Those of one bucket meet in a batch behind the first, and
// among them two cards of one family.
func (s *story) rush(t *rapid.T) bool {
	if len(s.worlds) > modelStates {
		return false
	}
	post := s.post(t)
	cards := rapid.SampledFrom([][]int{{3, 0, 1}, {0, 1, 3}, {2, 0, 3}, {0, 0, 1}}).Draw(t, "cards")
	var letters []letter
	var posts []int
	for till := range s.stans {
		l := s.letter(letterPurchase, till, cards[till])
		l.amount = rapid.SampledFrom([]int64{1_000, 30_000}).Draw(t, "amount")
		s.journal = append(s.journal, l)
		letters, posts = append(letters, l), append(posts, post)
	}
	s.note("the next %d are under way at once:", len(letters))
	s.sql.holding(func() {
		for i, l := range letters {
			s.send(post, l, false)
			s.reached(post, l.till)
			if i == 0 {
				s.sql.blocked()
			}
		}
	})
	if all := s.await(posts, letters...); s.answered(all) {
		s.follow(false, all...)
	}
	return true
}

// reached waits until a gateway has read what a terminal sent: it answers an echo behind it.
func (s *story) reached(post, till int) {
	w := s.wire(post, till)
	echo := terminal(s.tid(till)).Network(999_999, "0301", modelStamp)
	_, err := w.Write(w.frame(echo))
	s.check(err)
	a, _, err := w.receive(25 * time.Second)
	s.check(err)
	if a.MTI.Class() != iso.MTINetwork.Class() {
		s.Fatalf("%s was answered while the ledger was locked", a.MTI)
	}
}

// crash: a gateway dies with a message before the lock. Nobody hears what became of it, until its terminal asks.
func (s *story) crash(t *rapid.T) bool {
	if len(s.worlds) > modelStates {
		return false
	}
	post, l := s.post(t), s.anyLetter(t)
	s.note("gateway %d dies with the next message in it", post+1)
	s.sql.holding(func() {
		s.send(post, l, false)
		s.sql.blocked()
		s.tear(post, func() {
			_, _, err := s.wire(post, l.till).receive(25 * time.Second)
			if err == nil {
				s.Fatal("an answer came while the ledger was locked")
			}
			s.sql.run("commit")
		})
	})
	s.hangUp(post)
	s.openPost(post)
	h := heard{letter: l}
	s.tell(post, h)
	s.follow(true, h)
	s.resolve(t, l)
	return true
}

// anyLetter is a purchase, or the reversal or repeat of something: what may be in a gateway that dies.
func (s *story) anyLetter(t *rapid.T) letter {
	if l, found := s.undoable(t); found && rapid.Bool().Draw(t, "of something") {
		return rapid.SampledFrom([]letter{l, reversalOf(l)}).Draw(t, "letter")
	}
	return s.purchase(t, small(t))
}

// resolve is what a terminal does that heard nothing.
func (s *story) resolve(t *rapid.T, l letter) {
	switch rapid.SampledFrom([]string{"reverse", "reverse", "repeat", "forget"}).Draw(t, "then") {
	case "reverse":
		s.sayReversal(t, reversalOf(l))
	case "repeat":
		s.sold(s.say(s.post(t), l, true))
	}
}

// terminate: Postgres ends the gateway's session with the message in it. The gateway asks again under the same
// identity, and the terminal gets its answer.
func (s *story) terminate(t *rapid.T) bool {
	post, l := s.post(t), s.anyLetter(t)
	s.note("the sessions of gateway %d are terminated with the next message in them", post+1)
	s.sql.holding(func() {
		s.send(post, l, false)
		s.sql.blocked()
		s.sql.run(fmt.Sprintf(`select count(pg_terminate_backend(pid)) from pg_stat_activity
			where application_name = '%s'`, s.posts[post].name))
	})
	if all := s.await([]int{post}, l); s.answered(all) {
		s.follow(true, all...)
	}
	s.recover(post)
	return true
}

// killPostgres: the same, with the whole server. It takes seconds, so it is rare.
func (s *story) killPostgres(t *rapid.T) bool {
	if rapid.IntRange(1, 6).Draw(t, "really") < 6 || testing.Short() {
		return false
	}
	post, l := s.post(t), s.anyLetter(t)
	s.note("Postgres is killed with the next message in it")
	s.sql.run("begin; select from bpnt.bucket b where pg_advisory_xact_lock(8583, b.id) is null")
	s.send(post, l, false)
	s.sql.blocked()
	s.kill()
	if all := s.await([]int{post}, l); s.answered(all) {
		s.follow(true, all...)
	}
	for i := range s.posts {
		s.recover(i)
	}
	return true
}
