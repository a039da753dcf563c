package loadtest

// chooseTries bounds the search for a family that has money left.
const chooseTries = 16

// choose finds the next family's card: in a month whose turn it is, in a drain whoever the terminals race for, else one
// at random, rather one that can pay for something.
func (t *terminal) choose() int {
	switch {
	case t.cfg.Month:
		return t.order.at(t.visits)
	case t.purses != nil:
		return t.purses.choose(t.random)
	}
	card := t.random.IntN(len(t.left))
	for range chooseTries {
		if t.left[card] > 0 {
			break
		}
		card = t.random.IntN(len(t.left))
	}
	return card
}

// amount is a random multiple of 500 that the family has, as far as this terminal knows, or one of 500 that will be
// refused.
func (t *terminal) amount(card int) int64 {
	most := min(steps(t.cfg.AmountMax), t.left[card])
	if most < 1 {
		return amountStep
	}
	return amountStep * (1 + t.random.Int64N(int64(most)))
}

// spend notes what a family has spent, or with a negative amount what it has back.
func (t *terminal) spend(card int, amount int64) {
	t.left[card] -= steps(amount)
	if t.purses != nil {
		t.purses.spend(card, amount)
	}
}

// unclear notes that money may come back to a family.
func (t *terminal) unclear(card int) {
	if t.purses != nil {
		t.purses.unclear(card)
	}
}

// refused learns from a refusal in a drain: where others were quicker the terminal asks this family for half as much the
// next time, and where its card is not good any more nobody asks for it again.
func (t *terminal) refused(card int, amount int64, a answer) {
	switch {
	case t.purses == nil:
	case a.cardRefused():
		t.purses.leave(card)
	case a.code == [2]byte{'5', '1'}:
		t.left[card] = steps(amount / 2)
		if amount == amountStep {
			t.purses.empty(card)
		}
	}
}
