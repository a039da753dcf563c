package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestCardMoves walks every verb over every status. What is not in the table is refused and changes nothing.
func TestCardMoves(t *testing.T) {
	table := map[string]string{
		"inactive activate": "active", "inactive lost": "lost", "inactive stolen": "stolen", "inactive replace": "replaced",
		"active block": "blocked", "active lost": "lost", "active stolen": "stolen", "active replace": "replaced",
		"blocked unblock": "active", "blocked lost": "lost", "blocked stolen": "stolen", "blocked replace": "replaced",
		"lost stolen": "stolen",
	}
	b := newBooks(t)
	b.family(1, pan("first", 0))
	for i, status := range cardStatuses {
		for j, verb := range []CardVerb{CardActivate, CardBlock, CardUnblock, CardLost, CardStolen, cardReplace} {
			card := pan(fmt.Sprint(status, verb), 0)
			b.card(1, card)
			b.asOwner(fmt.Sprintf(`update bpnt.card set status = '%s' where pan = '%x'`, status, card[:]))
			want, allowed := table[status+" "+string(verb)]
			var err error
			if verb == cardReplace {
				err = b.replace(card, pan(fmt.Sprint("new", i, j), 1), cardReplace)
				allowed = true // one that has ended gets a successor too
			} else {
				_, err = b.operator.ChangeCard(t.Context(), card, verb, "test")
			}
			if want == "" {
				want = status
			}
			got, failed := b.operator.Card(t.Context(), card)
			if b.must(0, failed); got.Status != want || (err == nil) != allowed {
				t.Errorf("%s %s: %s, want %s; %v", status, verb, got.Status, want, err)
			}
		}
	}
	b.audit()
}

// replace gives the family of an old card a new one.
func (b *books) replace(old, successor PANKey, verb CardVerb) error {
	_, _, err := b.operator.ReplaceCard(b.t.Context(), Replacement{Old: old, New: newCard(successor), Verb: verb, Reason: "test"})
	return err
}

func newCard(key PANKey) NewCard {
	return NewCard{PAN: key, PANKeyID: 1, First6: "999912", Last4: "0001", Expiry: 3012, PINValue: testPIN}
}

// TestReplacedCard: the old card is refused at once, each with its own answer, the new one is approved with the same money,
// and what the old one bought can still be reversed: in the family's bucket and through forwards.
func TestReplacedCard(t *testing.T) {
	for _, tt := range []struct {
		verb    CardVerb
		outcome Outcome
		buckets [2]byte // hashes of the old and the new card; the family lives in 0
	}{
		{CardLost, OutcomeCardLost, [2]byte{0, 0}},
		{CardStolen, OutcomeCardStolen, [2]byte{0, 1}},
		{cardReplace, OutcomeCardBlocked, [2]byte{1, 0}},
		{CardLost, OutcomeCardLost, [2]byte{1, 1}},
	} {
		t.Run(fmt.Sprint(tt.verb, tt.buckets), func(t *testing.T) {
			b := newBooks(t)
			old, successor := pan("old", tt.buckets[0]), pan("new", tt.buckets[1])
			b.family(1, pan("home", 0))
			b.card(1, old)
			b.disburse(testPeriod, testGrant)
			b.want("bought", b.post(b.redeem(old, 1, 30_000)), OutcomeApproved)
			b.must(0, b.replace(old, successor, tt.verb))
			b.want("old card", b.post(b.redeem(old, 2, 1_000)), tt.outcome)
			b.want("its inquiry", b.post(b.inquire(old, 3)), tt.outcome)
			if r := b.want("new card", b.post(b.redeem(successor, 4, 50_000)), OutcomeApproved); r.Balance != testGrant-80_000 {
				t.Errorf("balance %d", r.Balance)
			}
			b.want("a repeat of what was bought", b.post(b.redeem(old, 1, 30_000)), OutcomeApproved)
			if r := b.want("its reversal", b.post(b.reverse(old, 1, 30_000)), OutcomeReversed); r.Balance != testGrant-50_000 {
				t.Errorf("balance %d", r.Balance)
			}
			b.want("a reversal that overtook its original", b.post(b.reverse(old, 9, 5_000)), OutcomeReversalUnmatched)
			b.want("the original", b.post(b.redeem(old, 9, 5_000)), OutcomeBlocked)
			b.want("the new card's reversal", b.post(b.reverse(successor, 4, 50_000)), OutcomeReversed)
			if got := b.balance(1); got != testGrant {
				t.Errorf("balance %d", got)
			}
			b.audit()
		})
	}
}

// TestReplaceIsFinished: a run that died anywhere is finished by the next; a second successor is refused.
func TestReplaceIsFinished(t *testing.T) {
	b := newBooks(t)
	home, old, successor, third := pan("home", 0), pan("old", 0), pan("new", 1), pan("third", 0)
	b.family(1, home)
	b.card(1, old)
	b.family(2, pan("other", 1))
	if err := b.replace(old, pan("other", 1), CardLost); !errors.Is(err, errCardKnown) {
		t.Errorf("another family's card: %v", err)
	}
	if err := b.replace(old, home, CardLost); !errors.Is(err, errCardKnown) {
		t.Errorf("a card that the family has: %v", err)
	}
	if c, err := b.operator.Card(t.Context(), old); err != nil || c.Status != "active" {
		t.Errorf("a refused replacement ended the card: %+v %v", c, err)
	}
	// It died after the old card's end; after the new card and before its forward.
	b.must(b.operator.ChangeCard(t.Context(), old, CardLost, "reported by telephone"))
	unfinished := newCard(successor)
	unfinished.Family = 1
	b.must(0, insertCard(t.Context(), b.operator.pool, 0, unfinished, "card add", ""))
	b.want("without its forward", b.post(b.redeem(successor, 1, 1_000)), OutcomeCardUnknown)
	_, done, err := b.operator.ReplaceCard(t.Context(), Replacement{Old: old, New: newCard(successor), Verb: CardLost, Reason: "test"})
	if err != nil || !done {
		t.Errorf("not finished: %v", err)
	}
	_, done, err = b.operator.ReplaceCard(t.Context(), Replacement{Old: old, New: newCard(successor), Verb: CardLost, Reason: "test"})
	if err != nil || done {
		t.Errorf("done twice: %v", err)
	}
	b.must(0, b.replace(home, third, CardStolen))
	if err := b.replace(home, pan("fourth", 0), CardStolen); err == nil || !strings.Contains(err.Error(), "replaced already") {
		t.Errorf("a second successor: %v", err)
	}
	b.must(0, b.replace(third, pan("fourth", 0), cardReplace))
	b.audit()
}

// TestReplaceAtOnce: two operators replace one card by two others: one succeeds.
func TestReplaceAtOnce(t *testing.T) {
	b := newBooks(t)
	for i := range 8 {
		old := pan(fmt.Sprint("old", i), 0)
		b.family(int64(i+1), old)
		failed := atOnceTwo(func(n int) error { return b.replace(old, pan(fmt.Sprint(n, "new", i), byte(n)), CardLost) })
		if failed != 1 {
			t.Errorf("%d of two replacements failed", failed)
		}
	}
	b.audit()
}

// TestAddCardAtOnce: two operators give one card to two families that live in different buckets.
func TestAddCardAtOnce(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.family(2, pan("b", 1))
	for i := range 8 {
		card := newCard(pan(fmt.Sprint("card", i), byte(i%2)))
		failed := atOnceTwo(func(n int) error {
			mine := card
			mine.Family = int64(n + 1)
			return b.operator.AddCard(t.Context(), mine)
		})
		if failed != 1 {
			t.Errorf("%d of two failed", failed)
		}
	}
	if n := b.count(`select count(*) from bpnt.card where family is not null`); n != 2+8 {
		t.Errorf("%d cards", n)
	}
	b.audit()
}

// atOnceTwo does something twice at the same time and counts the errors.
func atOnceTwo(do func(int) error) (failed int) {
	var errs [2]error
	var wait sync.WaitGroup
	for n := range errs {
		wait.Go(func() { errs[n] = do(n) })
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			failed++
		}
	}
	return failed
}

// TestUnblock: three wrong PINs, or an operator's block; the new PIN counts from the next message on.
func TestUnblock(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 1)
	b.family(1, pan("home", 0))
	b.card(1, card)
	b.disburse(testPeriod, testGrant)
	wrong := func(stan int32) Request {
		r := b.redeem(card, stan, 1_000)
		r.PINValue++
		return r
	}
	for stan := range int32(3) {
		b.post(wrong(stan))
	}
	b.want("used up", b.post(b.redeem(card, 4, 1_000)), OutcomePINExhausted)
	b.must(b.operator.ChangeCard(t.Context(), card, CardUnblock, "came to the branch with her ID"))
	b.want("unblocked", b.post(b.redeem(card, 5, 1_000)), OutcomeApproved)
	if _, err := b.operator.ChangeCard(t.Context(), card, CardUnblock, "again"); err == nil {
		t.Error("unblocked what was not blocked")
	}
	b.must(b.operator.SetCardPIN(t.Context(), card, testPIN+1, ""))
	b.want("the old PIN", b.post(b.redeem(card, 6, 1_000)), OutcomePINWrong)
	b.want("the new PIN", b.post(wrong(7)), OutcomeApproved)
	b.must(b.operator.ChangeCard(t.Context(), card, CardBlock, "asked by the branch"))
	b.must(b.operator.SetCardPIN(t.Context(), card, testPIN, ""))
	b.want("a new PIN unblocks nothing", b.post(b.redeem(card, 8, 1_000)), OutcomeCardBlocked)
	b.must(b.operator.ChangeCard(t.Context(), card, CardLost, "gone"))
	if _, err := b.operator.SetCardPIN(t.Context(), card, testPIN, ""); err == nil {
		t.Error("a PIN for a lost card")
	}
	b.audit()
}

// TestInactiveCard is registered, and good for nothing until it is activated.
func TestInactiveCard(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("home", 0))
	b.disburse(testPeriod, testGrant)
	card := newCard(pan("a", 1))
	card.Family, card.Inactive, card.Programme = 1, true, "BPNT"
	b.must(0, b.operator.AddCard(t.Context(), card))
	b.want("not yet", b.post(b.redeem(card.PAN, 1, 1_000)), OutcomeCardInactive)
	got, err := b.operator.ChangeCard(t.Context(), card.PAN, CardActivate, "")
	if err != nil || got.Status != "active" || got.Programme != "BPNT" {
		t.Errorf("%+v %v", got, err)
	}
	b.want("active", b.post(b.redeem(card.PAN, 2, 1_000)), OutcomeApproved)
	card.PAN, card.Programme = pan("b", 0), "NONE"
	if err := b.operator.AddCard(t.Context(), card); err == nil || !strings.Contains(err.Error(), "no programme") {
		t.Errorf("an unknown programme: %v", err)
	}
	for _, reason := range []string{"", "card 9999 1200 0000 0000 lost", strings.Repeat("x", 201), "a\nb"} {
		if _, err := b.operator.ChangeCard(t.Context(), pan("home", 0), CardBlock, reason); err == nil {
			t.Errorf("the reason %q was taken", reason)
		}
	}
}

// TestHistory: who did what to which of two cards whose masked numbers are the same, and why.
func TestHistory(t *testing.T) {
	b := newBooks(t)
	first, second := pan("a", 0), pan("b", 1)
	b.family(1, first)
	b.card(1, second)
	b.family(11, pan("c", 0))
	b.must(b.operator.ChangeCard(t.Context(), first, CardBlock, "asked by the branch"))
	b.must(0, b.operator.MoveFamily(t.Context(), 1, 3173, "moved house"))
	one, err := b.operator.Card(t.Context(), first)
	b.must(0, err)
	two, err := b.operator.Card(t.Context(), second)
	b.must(0, err)
	if one.Masked != two.Masked || one.Mark == two.Mark || one.Forwarded || !two.Forwarded {
		t.Errorf("%+v\n%+v", one, two)
	}
	if got := actions(one.History); got != "card block, card add" || actions(two.History) != "card add" {
		t.Errorf("%s; %s", got, actions(two.History))
	}
	if e := one.History[0]; e.Reason != "asked by the branch" || e.By == "" || e.At.Location().String() != "Asia/Jakarta" {
		t.Errorf("%+v", e)
	}
	family, err := b.operator.Family(t.Context(), 1, 5)
	if got := actions(family.History); err != nil || got != "family move, card block, card add, card add, family add" {
		t.Errorf("%s %v", got, err)
	}
	if len(family.Cards) != 2 || family.Cards[0].Expiry != "2030-12" {
		t.Errorf("%+v", family.Cards)
	}
}

func actions(events []Event) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Action
	}
	return strings.Join(names, ", ")
}

func TestFamilyChanges(t *testing.T) {
	b := newBooks(t)
	ctx := t.Context()
	b.must(0, b.operator.AddFamilyWithoutCard(ctx, 1, 3172, "Ibu Siti"))
	b.disburse(testPeriod, testGrant)
	for i := range byte(2) {
		b.card(1, pan(fmt.Sprint(i), i))
		b.want("a card of either bucket", b.post(b.redeem(pan(fmt.Sprint(i), i), 1, 1_000)), OutcomeApproved)
	}
	b.must(0, b.operator.at(b.now).MoveFamily(ctx, 1, 3173, "moved house"))
	b.must(0, b.operator.RenameFamily(ctx, 1, "Ibu Siti Aminah", "misspelt"))
	family, err := b.operator.Family(ctx, 1, 1)
	if err != nil || family.Region != "Jakarta Pusat" || family.Name != "Ibu Siti Aminah" {
		t.Errorf("%+v %v", family, err)
	}
	if n := b.count(`select count(*) from bpnt.family_move where family = 1 and from_region = 3172 and to_region = 3173 and at = $1`, b.now); n != 1 {
		t.Error("the move is not noted")
	}
	for says, err := range map[string]error{
		"already":           b.operator.AddFamilyWithoutCard(ctx, 1, 3172, "Another"),
		"greater than 0":    b.operator.AddFamilyWithoutCard(ctx, 0, 3172, "Another"),
		"region 42":         b.operator.AddFamilyWithoutCard(ctx, 2, 42, "Another"),
		"region 43":         b.operator.MoveFamily(ctx, 1, 43, "moved"),
		"lives in region":   b.operator.MoveFamily(ctx, 1, 3173, "moved"),
		"reason is missing": b.operator.MoveFamily(ctx, 1, 3174, ""),
		"name is missing":   b.operator.RenameFamily(ctx, 1, "", "x"),
		"family 9":          b.operator.RenameFamily(ctx, 9, "x", "x"),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	b.audit()
}

// TestReplaceKilled: killed at random moments and run again, the family ends up with one living card and all its money.
func TestReplaceKilled(t *testing.T) {
	b := newBooks(t)
	card := pan("0", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	for i := range 12 {
		successor := pan(fmt.Sprint(i+1), byte(i%2))
		for {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Millisecond)
			_, _, err := b.operator.ReplaceCard(ctx, Replacement{Old: card, New: newCard(successor), Verb: CardLost, Reason: "test"})
			cancel()
			if err == nil {
				break
			}
			if ctx.Err() == nil {
				t.Fatal(err)
			}
			i += 3
		}
		b.want("the old card", b.post(b.redeem(card, int32(2*i), 1_000)), OutcomeCardLost)
		b.want("the new card", b.post(b.redeem(successor, int32(2*i+1), 1_000)), OutcomeApproved)
		card = successor
	}
	if n := b.count(`select count(*) from bpnt.card where family = 1 and status = 'active'`); n != 1 {
		t.Errorf("%d living cards", n)
	}
	b.audit()
}

// TestFileMoves: a file may do what one operator's word is enough for, and nothing else.
func TestFileMoves(t *testing.T) {
	moves := cardFileMoves()
	for _, from := range []string{cardLost, cardStolen, cardReplaced, cardBlocked} {
		if slices.Contains(moves, from+" "+cardActive) {
			t.Errorf("a file may make a %s card active", from)
		}
	}
}
