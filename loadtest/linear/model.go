package linear

import (
	"math"

	"github.com/anishathalye/porcupine"

	"bpnt/loadtest"
)

// purse is an account at one moment of a search. It is a value: a step makes a new one.
type purse struct {
	least, most int64  // whole rupiah: where the balance can lie
	fates       string // of each sale and void
	debtor      bool   // a void was undone when its money may have been spent: nothing can be said any more
}

// The fate of a sale or a void.
const (
	fateUnheard  = '.'
	fateApproved = 'A'
	fateDeclined = 'D' // not covered
	fateBlocked  = 'B' // reversed, before or after it came
	fateVoided   = 'V' // a sale
)

// wide is more than any purse holds.
const wide = math.MaxInt64 / 4

func (h history) model() porcupine.Model {
	fates := make([]byte, h.items)
	for i := range fates {
		fates[i] = fateUnheard
	}
	return porcupine.Model{
		Init: func() any { return purse{most: wide, fates: string(fates)} },
		Step: func(state, input, _ any) (bool, any) {
			next, ok := state.(purse).step(input.(*operation))
			return ok, next
		},
	}
}

// operations are the history as porcupine takes it. Input is the whole operation: what was answered is part of it.
func (h history) operations() []porcupine.Operation {
	all := make([]porcupine.Operation, len(h.ops))
	for i := range h.ops {
		op := &h.ops[i]
		all[i] = porcupine.Operation{Input: op, Call: op.call, Return: op.ret}
	}
	return all
}

// step is what the purse is after an operation. It is false where a purse would have answered otherwise.
func (p purse) step(op *operation) (purse, bool) {
	if p.debtor {
		return p, true
	}
	switch op.Kind {
	case loadtest.KindInquiry:
		return p.seen(op)
	case loadtest.KindPurchase:
		if op.code == "" {
			return p.mayBuy(op), true
		}
		return p.buy(op)
	case loadtest.KindReversal:
		return p.reverse(op), true
	case loadtest.KindVoid:
		return p.void(op)
	}
	return p.undoVoid(op), true
}

// buy is a purchase that was answered.
func (p purse) buy(op *operation) (purse, bool) {
	switch fate := p.fates[op.item]; {
	case fate == fateBlocked || fate == fateVoided:
		return p, op.code != approved && op.code != insufficientFunds
	case fate != fateUnheard:
		return p, op.stored != nil && said{op.code, op.Balance, op.HasBalance} == *op.stored
	case op.code == approved:
		p.least = max(p.least, op.Amount)
		return p.with(op.item, fateApproved).move(-op.Amount).seen(op)
	case op.code == insufficientFunds:
		p.most = min(p.most, op.Amount-1)
		return p.with(op.item, fateDeclined).seen(op)
	}
	return p, true
}

// mayBuy is a purchase without answer, at the moment at which it takes effect if it does.
func (p purse) mayBuy(op *operation) purse {
	if p.fates[op.item] != fateUnheard || p.most < op.Amount {
		return p
	}
	p.least = max(p.least, op.Amount)
	return p.with(op.item, fateApproved).move(-op.Amount)
}

func (p purse) reverse(op *operation) purse {
	switch p.fates[op.item] {
	case fateApproved:
		p = p.move(op.Amount)
	case fateDeclined:
		return p
	}
	return p.with(op.item, fateBlocked)
}

func (p purse) void(op *operation) (purse, bool) {
	switch {
	case p.fates[op.item] == fateUnheard && p.fates[op.sale] == fateApproved:
		return p.with(op.item, fateApproved).with(op.sale, fateVoided).move(op.Amount), true
	case op.code == "":
		return p, true
	}
	return p, p.fates[op.item] == fateApproved
}

// undoVoid makes the sale stand again, if it is not reversed itself.
func (p purse) undoVoid(op *operation) purse {
	void, sale := p.fates[op.item], p.fates[op.sale]
	p = p.with(op.item, fateBlocked)
	if void != fateApproved || sale != fateVoided {
		return p
	}
	p.debtor = p.least < op.Amount
	return p.with(op.sale, fateApproved).move(-op.Amount)
}

// seen narrows the balance to the one in the answer, where there is one.
func (p purse) seen(op *operation) (purse, bool) {
	if op.HasBalance {
		p.least, p.most = max(p.least, op.Balance), min(p.most, op.Balance)
	}
	return p, p.least <= p.most
}

func (p purse) move(amount int64) purse {
	p.least += amount
	p.most += amount
	return p
}

func (p purse) with(item int, fate byte) purse {
	b := []byte(p.fates)
	b[item] = fate
	p.fates = string(b)
	return p
}
