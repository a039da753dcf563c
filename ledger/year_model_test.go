package ledger

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// yearModel is what the programmes' rules make of the year's families, written anew in Go and without a database.
type yearModel struct {
	accounts map[account]*modelAccount
	treasury int64
	given    int64
}

// account is a family's money of one programme.
type account struct {
	family    int64
	programme int16
}

type modelAccount struct {
	purses  []*modelPurse // in the order of periods
	lastUse time.Time
}

type modelPurse struct {
	period         int32
	balance        int64
	state          byte // O open, F frozen, X expired or returned, C taken back
	opened, frozen time.Time
}

// modelSale is a redemption with what it took from which purse.
type modelSale struct {
	request Request
	of      *modelAccount
	takes   []modelTake
}

type modelTake struct {
	purse  *modelPurse
	amount int64
}

func newYearModel(families []*yearFamily) *yearModel {
	m := &yearModel{accounts: map[account]*modelAccount{}}
	for _, f := range families {
		m.accounts[account{f.id, bpnt}] = &modelAccount{}
		m.accounts[account{f.id, pkh}] = &modelAccount{}
	}
	return m
}

// each visits the purses of a programme, or of all for 0, in some order.
func (m *yearModel) each(programme int16, visit func(account, *modelAccount, *modelPurse)) {
	for key, a := range m.accounts {
		if programme == 0 || key.programme == programme {
			for _, p := range a.purses {
				visit(key, a, p)
			}
		}
	}
}

func (m *yearModel) pay(programme int16, period int32, amount int64, day time.Time) {
	for key, a := range m.accounts {
		if key.programme != programme {
			continue
		}
		m.given += amount
		i := slices.IndexFunc(a.purses, func(p *modelPurse) bool { return p.period == period })
		if i < 0 {
			a.purses = append(a.purses, &modelPurse{period: period})
			slices.SortFunc(a.purses, func(x, y *modelPurse) int { return cmp.Compare(x.period, y.period) })
			i = len(a.purses) - 1
		}
		p := a.purses[i]
		p.balance, p.state, p.opened = amount, 'O', day
	}
}

// expireAtNext closes what is open of a programme whose rule says so (PKH), and tells how much it was.
func (m *yearModel) expireAtNext(programme int16) (amount int64) {
	if programme != pkh {
		return 0
	}
	m.each(programme, func(_ account, _ *modelAccount, p *modelPurse) {
		if p.state == 'O' {
			amount += p.balance
			p.balance, p.state = 0, 'X'
		}
	})
	m.treasury += amount
	return amount
}

const (
	modelFreezeDays = 90
	modelReturnDays = 30
)

func (m *yearModel) freeze(day time.Time) (moved Moved) {
	before := day.AddDate(0, 0, -modelFreezeDays)
	m.each(bpnt, func(_ account, a *modelAccount, p *modelPurse) {
		if p.state == 'O' && p.balance > 0 && !p.opened.After(before) && !a.lastUse.After(before) {
			p.state, p.frozen = 'F', day
			moved = moved.plus(p.balance)
		}
	})
	return moved
}

func (m *yearModel) giveBack(day time.Time) (moved Moved) {
	m.each(bpnt, func(_ account, _ *modelAccount, p *modelPurse) {
		if p.state == 'F' && !p.frozen.After(day.AddDate(0, 0, -modelReturnDays)) {
			moved = moved.plus(p.balance)
			m.treasury += p.balance
			p.balance, p.state = 0, 'X'
		}
	})
	return moved
}

func (m *yearModel) thaw(f *yearFamily, day time.Time) (moved Moved) {
	a := m.accounts[account{f.id, bpnt}]
	for _, p := range a.purses {
		if p.state == 'F' {
			p.state, a.lastUse = 'O', day
			moved = moved.plus(p.balance)
		}
	}
	return moved
}

func (m *yearModel) takeBack(programme int16, period int32) (moved Moved) {
	m.each(programme, func(_ account, _ *modelAccount, p *modelPurse) {
		if p.period != period || p.state == 'X' {
			return
		}
		if p.balance > 0 {
			moved = moved.plus(p.balance)
		}
		m.given -= p.balance
		p.balance, p.state = 0, 'C'
	})
	return moved
}

// open is what may be spent, frozen what may not.
func (a *modelAccount) open() int64   { return a.sum('O') }
func (a *modelAccount) frozen() int64 { return a.sum('F') }

func (a *modelAccount) sum(state byte) (sum int64) {
	for _, p := range a.purses {
		if p.state == state {
			sum += p.balance
		}
	}
	return sum
}

// spend takes an amount that is there, from the oldest purse first.
func (a *modelAccount) spend(amount int64, day time.Time) (takes []modelTake) {
	a.lastUse = day
	for _, p := range a.purses {
		if take := min(amount, p.balance); p.state == 'O' && take > 0 {
			p.balance -= take
			amount -= take
			takes = append(takes, modelTake{p, take})
		}
	}
	return takes
}

// undo gives a sale's money back to where its purses' money is now.
func (m *yearModel) undo(s modelSale, day time.Time) {
	s.of.lastUse = day
	for _, t := range s.takes {
		switch t.purse.state {
		case 'O', 'F':
			t.purse.balance += t.amount
		case 'X':
			m.treasury += t.amount
		case 'C':
			m.given -= t.amount
		}
	}
}

// yearShopping is what families do between the calendar's steps.
type yearShopping struct {
	*year
	random             *rand.Rand
	stan               int32
	sales              []modelSale
	approved, reversed int
}

func (s *yearShopping) everyone() {
	for _, f := range s.families {
		if f.idle {
			continue
		}
		for range s.random.IntN(3) {
			s.sale(f)
		}
		if s.random.IntN(4) == 0 && len(s.sales) > 0 {
			s.reversal(s.random.IntN(len(s.sales)))
		}
		if len(f.cards) > 1 {
			s.stan++
			s.want("a lost card", s.books.post(s.redeem(f.cards[0], s.stan, 1_000)), OutcomeCardLost)
		}
	}
}

// sale asks for some of what a family has, for all of it, or for more.
func (s *yearShopping) sale(f *yearFamily) {
	programme := bpnt + int16(s.random.IntN(4)/3)
	a := s.model.accounts[account{f.id, programme}]
	amounts := []int64{1 + s.random.Int64N(a.open()+1), 1 + s.random.Int64N(80_000), a.open(), a.open() + 1}
	s.stan++
	r := s.redeem(f.card(), s.stan, max(1, amounts[s.random.IntN(len(amounts))]))
	r.Programme = programme
	got := s.books.post(r)
	switch {
	case r.Amount <= a.open():
		takes := a.spend(r.Amount, s.now)
		if s.want("sale", got, OutcomeApproved); got.Balance != a.open() {
			s.t.Errorf("family %d: balance %d after the sale, want %d", f.id, got.Balance, a.open())
		}
		s.sales = append(s.sales, modelSale{r, a, takes})
		s.approved++
	case a.frozen() > 0:
		s.want("with money frozen", got, OutcomeAccountFrozen)
	case got.Outcome != OutcomeInsufficientFunds && got.Outcome != OutcomeNotFunded && got.Outcome != OutcomeAidExpired && got.Outcome != OutcomeAidReturned:
		s.t.Errorf("family %d has %d and asked for %d: %v", f.id, a.open(), r.Amount, got.Outcome)
	}
}

// reversal of any sale of the year, however old.
func (s *yearShopping) reversal(i int) {
	sale := s.sales[i]
	s.sales = slices.Delete(s.sales, i, i+1)
	s.model.undo(sale, s.now)
	r := sale.request
	r.Kind, r.Batch, r.PINRequired, r.PINValue = KindReverse, Absent, false, PINNone
	got := s.want("reversal", s.books.post(r), OutcomeReversed)
	if got.Balance != sale.of.open() {
		s.t.Errorf("balance %d after the reversal, want %d", got.Balance, sale.of.open())
	}
	s.reversed++
}

// compare holds all the books have against the model.
func (y *year) compare() {
	y.t.Helper()
	var frozen int64
	for _, f := range y.families {
		for _, programme := range []int16{bpnt, pkh} {
			a := y.model.accounts[account{f.id, programme}]
			frozen += a.frozen()
			if got := y.openMoney(f.id, programme); got != a.open() {
				y.t.Errorf("family %d may spend Rp %d of programme %d, want %d", f.id, got, programme, a.open())
			}
		}
	}
	gotFrozen, treasury, given := y.whereabouts()
	if gotFrozen != frozen || treasury != y.model.treasury || given != y.model.given {
		y.t.Errorf("frozen Rp %d, treasury Rp %d, given Rp %d; want %d, %d, %d", gotFrozen, treasury, given, frozen, y.model.treasury, y.model.given)
	}
}

func (y *year) openMoney(family int64, programme int16) (amount int64) {
	y.t.Helper()
	y.must(0, y.operator.pool.QueryRow(y.t.Context(), `select coalesce(sum(p.balance), 0) from bpnt.purse p
		join bpnt.tranche t on t.id = p.tranche and t.status = 'open'
		where p.family = $1 and p.programme = $2 and p.state = 'O'`, family, programme).Scan(&amount))
	return amount
}
