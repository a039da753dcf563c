package e2e

import "time"

// letter is a message as a terminal of a story sends it. Cards, terminals and outlets are numbers of the story.
type letter struct {
	kind    string // one of the constants below
	till    int
	card    int
	outlet  int // whose MID it carries
	stan    int32
	code    int // DE3 without its leading zeros
	amount  int64
	invoice string
	sent    int    // DE60
	pin     string // "" for none
	rrn     string // DE37: what a void, a refund or an upload is about
	claim   tally
	stamped bool // it carries DE12 and DE13, always the same: an advice does, and what is about one
}

// The kinds of letters, by the names under which a story tells of them.
const (
	letterPurchase   = "purchase"
	letterInquiry    = "inquiry"
	letterReversal   = "reversal"
	letterVoid       = "void"
	letterRefund     = "refund"
	letterAdvice     = "advice"
	letterSettlement = "settlement"
	letterTrailer    = "trailer"
	letterUpload     = "upload"
)

// How long the same is the same (docs/protocol.md).
const (
	modelDay    = 24 * time.Hour
	modelWindow = 30 * modelDay
)

// reply is what the model foretells: DE39, and the balance where the answer tells one. A stored answer, or one that is
// stored now, has its place.
type reply struct {
	code    string
	balance int64
	known   bool
	row     int // the row whose answer this is, -1 for none
	undoing int // the same for a reversal
	replay  bool
}

func said(code string) reply { return reply{code: code, row: -1, undoing: -1} }

// post is what becomes of a letter, and what its terminal is told.
func (b *books) post(l letter, now time.Time) reply {
	switch l.kind {
	case letterReversal:
		return b.undo(l, now)
	case letterSettlement, letterTrailer:
		return b.settle(l, now)
	case letterUpload:
		return b.load(l)
	}
	class := l.class()
	if newest := b.newest(l, class); newest >= 0 && b.same(&b.rows[newest], l, now) {
		return b.again(newest, l)
	}
	r := row{
		class: class, till: l.till, card: l.card, stan: l.stan, code: l.code, amount: l.amount, invoice: l.invoice, sent: l.sent,
		at: now, epoch: b.tills[l.till].epoch, batch: b.tills[l.till].batch, outlet: b.tills[l.till].outlet,
		original: -1, undoing: -1, stamped: l.stamped,
	}
	b.decide(&r, l)
	b.rows = append(b.rows, r)
	return reply{code: r.code39, balance: r.balance, known: r.known, row: len(b.rows) - 1, undoing: -1}
}

// class is what the identity of a message has for it: an advice is one with a purchase.
func (l letter) class() byte {
	switch l.code / 10000 {
	case 2:
		return 'V'
	case 20:
		return 'N'
	case 31:
		return 'I'
	}
	return 'R'
}

func (r *row) keyOf(l letter, class byte) bool {
	return r.class == class && r.till == l.till && r.card == l.card && r.stan == l.stan
}

// newest is the row that stands under the letter's identity.
func (b *books) newest(l letter, class byte) int {
	for i := len(b.rows) - 1; i >= 0; i-- {
		if b.rows[i].keyOf(l, class) {
			return i
		}
	}
	return -1
}

// same tells whether the letter is the stored message again, with whatever content, or a new use of its STAN.
func (b *books) same(r *row, l letter, now time.Time) bool {
	age := now.Sub(r.at)
	switch {
	case r.epoch < b.tills[l.till].epoch:
		return false
	case age < modelDay:
		return true
	case r.tomb && age < modelWindow:
		return true
	case r.sent != l.sent, r.invoice != l.invoice && r.invoice != "" && l.invoice != "":
		return false
	}
	return age < modelWindow || r.stamped && l.stamped
}

// again answers a repeat: the first answer, unless the content differs or the money has gone back.
func (b *books) again(i int, l letter) reply {
	r := &b.rows[i]
	differs := r.amount != l.amount || r.code != l.code
	if r.class == 'V' || r.class == 'N' {
		differs = differs || r.approved() && b.redemption(l.rrn) != r.original
	}
	if differs || r.tomb || r.approved() && (b.undone(i) || r.class == 'R' && b.lives(i, 'V')) {
		return said("94")
	}
	return reply{code: r.code39, balance: r.balance, known: r.known, row: i, undoing: -1, replay: true}
}

// undone: a reversal of it was heard and answered 00.
func (b *books) undone(i int) bool {
	u := b.rows[i].undoing
	return u >= 0 && b.undoings[u].effect != undoUnmatched
}

// lives: an approved void or refund of it was not itself undone.
func (b *books) lives(of int, class byte) bool {
	for i := range b.rows {
		r := &b.rows[i]
		if r.class == class && r.original == of && r.approved() &&
			(r.undoing < 0 || b.undoings[r.undoing].effect != undoReversed) {
			return true
		}
	}
	return false
}

// redemption is the approved purchase or advice with this RRN.
func (b *books) redemption(rrn string) int {
	for i := range b.rows {
		if b.rows[i].class == 'R' && b.rows[i].approved() && b.rows[i].rrn == rrn {
			return i
		}
	}
	return -1
}

func (b *books) decide(r *row, l letter) {
	switch l.kind {
	case letterVoid:
		r.code39 = b.void(r, l)
	case letterRefund:
		r.code39 = b.refund(r, l)
	case letterAdvice:
		r.code39 = b.advise(r, l)
	default:
		b.redeem(r, l)
	}
}

// redeem is a purchase or an inquiry, in the order of precedence: terminal, outlet, card, PIN, amount, programme,
// balance.
func (b *books) redeem(r *row, l letter) {
	if r.code39 = b.refusal(l); r.code39 == "" {
		r.code39 = b.askPIN(l)
	}
	if r.code39 != "" {
		return
	}
	h := &b.households[b.cards[l.card].family]
	switch {
	case l.kind == letterInquiry:
		r.code39, r.known = "00", true
	case l.amount <= 0:
		r.code39 = "13"
	case l.code/10000 == 1:
		r.code39 = "57" // no programme of the story pays out cash
	case h.spendable() < l.amount:
		// The balance is told only while there is an open purse: what has expired is another reason.
		r.code39, r.known = "51", h.open()
	default:
		r.code39, r.known = "00", true
		h.pay(r, l.amount, nil)
	}
	if r.known {
		r.balance = h.spendable()
	}
}

// open tells whether a family has an open purse, be it empty: the newest is the last to be closed.
func (h *household) open() bool { return len(h.purses) > 0 && !h.purses[len(h.purses)-1].closed }

func (b *books) refusal(l letter) string {
	t, c := &b.tills[l.till], &b.cards[l.card]
	switch {
	case t.suspended:
		return "58"
	case l.outlet != t.outlet:
		return "03"
	case c.family < 0:
		return "14"
	}
	return c.status
}

// askPIN counts tries: three wrong ones in a row lock the card, a right one clears the count.
func (b *books) askPIN(l letter) string {
	c := &b.cards[l.card]
	switch {
	case c.tries >= 3:
		return "75"
	case l.pin == "":
		return "55"
	case l.pin == testPIN:
		c.tries = 0
		return ""
	}
	if c.tries++; c.tries >= 3 {
		return "75"
	}
	return "55"
}

// void cancels a purchase of this terminal, card, amount and open batch that stands.
func (b *books) void(r *row, l letter) string {
	i := b.redemption(l.rrn)
	if i < 0 || b.rows[i].till != l.till || b.rows[i].card != l.card || b.rows[i].amount != l.amount {
		return "25"
	}
	x := &b.rows[i]
	r.original = i
	if x.batch != b.tills[l.till].batch || b.undone(i) || b.lives(i, 'N') || b.lives(i, 'V') {
		return "25"
	}
	r.given = b.households[b.cards[x.card].family].giveBack(x, x.amount)
	return "00"
}

// refund gives back a part of a purchase that was made at this outlet.
func (b *books) refund(r *row, l letter) string {
	if l.amount <= 0 {
		return "13"
	}
	i := b.redemption(l.rrn)
	if i < 0 || b.rows[i].card != l.card || b.rows[i].outlet != b.tills[l.till].outlet {
		return "25"
	}
	x := &b.rows[i]
	r.original = i
	switch {
	case b.undone(i), b.lives(i, 'V'):
		return "25"
	case l.amount > x.stands():
		return "61"
	}
	r.given = b.households[b.cards[x.card].family].giveBack(x, l.amount)
	return "00"
}

// advise books food that was handed out: the purses pay, the family owes the rest up to what the programme lends it.
// Expiry and PIN play no part.
func (b *books) advise(r *row, l letter) string {
	code := b.refusal(l)
	if code != "" && code != "54" {
		return code
	}
	if l.amount <= 0 {
		return "13"
	}
	h := &b.households[b.cards[l.card].family]
	if short := l.amount - h.spendable(); short > 0 && h.owed+short > modelCredit {
		return "61"
	}
	h.pay(r, l.amount, nil)
	return "00"
}
