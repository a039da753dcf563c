package main

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest/chaos"
)

// operatorMonth disburses the months before the present one, one after the other. It is the money of another
// programme, which these cards cannot spend: the witness knows of no money but what was there before.
func operatorMonth(w *chaosWorld) (chaos.Nemesis, error) {
	var mu sync.Mutex
	months := 0
	return chaos.Nemesis{Inject: func(ctx context.Context, _ *rand.Rand) error {
		mu.Lock()
		defer mu.Unlock()
		period, err := w.books.CurrentPeriod(ctx)
		if err != nil {
			return err
		}
		months++
		_, err = disburse(ctx, w.quiet(), w.books, "PKH", later(period, -months), chaosPittance, unknownTotal)
		return err
	}}, nil
}

// later is the month, as YYYYMM, so many months after another one.
func later(period int32, months int) int32 {
	n := int(period/100)*12 + int(period%100) - 1 + months
	return int32(n/12*100 + n%12 + 1)
}

func closeForgotten(w *chaosWorld, ctx context.Context) error {
	_, err := w.books.CloseForgotten(ctx, time.Time{})
	return err
}

// cardsReplaced is how many families get another card at a time.
const cardsReplaced = 10

// operatorCards replaces cards of families that shop. Their terminals go on with the old ones, which are refused from
// then on; what was bought with them can still be reversed. A replacement that was broken off stays so.
func operatorCards(w *chaosWorld) (chaos.Nemesis, error) {
	var mu sync.Mutex
	replaced := map[int]bool{}
	return chaos.Nemesis{Inject: func(ctx context.Context, random *rand.Rand) error {
		mu.Lock()
		defer mu.Unlock()
		for range cardsReplaced {
			family := random.IntN(w.jakarta.Families)
			if replaced[family] {
				continue
			}
			replaced[family] = true
			if err := w.replaceCard(ctx, family, w.jakarta.Families+family); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}

// replaceCard gives the owner of one synthetic card another one, which nobody has.
func (w *chaosWorld) replaceCard(ctx context.Context, old, successor int) error {
	digits, card := w.jakarta.Card(old).PAN, w.jakarta.Card(successor)
	pan, err := iso.ParsePAN(card.PAN[:])
	if err != nil {
		return err
	}
	expiry, err := strconv.ParseInt(card.Expiry, 10, 32)
	if err != nil {
		return err
	}
	value, err := w.keys.ValueOfPIN(card.PIN[:], card.PAN[:])
	if err != nil {
		return err
	}
	_, _, err = w.books.ReplaceCard(ctx, ledger.Replacement{
		Old: ledger.PANKey(w.keys.PANKey(digits[:])), Verb: ledger.ReplaceReasons["damaged"], Reason: "chaos",
		New: ledger.NewCard{
			PAN: ledger.PANKey(w.keys.PANKey(card.PAN[:])), PANKeyID: w.keys.PANKeyID(), First6: pan.First6(), Last4: pan.Last4(),
			Expiry: int32(expiry), PINValue: value,
		},
	})
	return err
}
