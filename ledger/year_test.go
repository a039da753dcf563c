package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// year is a year of BPNT (and some PKH) in a few families' life, told by a calendar of what the programme's office does.
// The office's jobs run at the clock's time; who posts holds clock for reading, so that no message is decided by a clock
// that has moved on.
type year struct {
	*books
	clock    sync.RWMutex
	families []*yearFamily
	model    *yearModel // what must be in the books; nil where others shop meanwhile
	rest     func()     // what happens after each step: families shop
}

type yearFamily struct {
	id    int64
	mu    sync.RWMutex
	cards []PANKey // the last one is in use
	idle  bool     // never shops
}

const (
	bpnt = int16(1)
	pkh  = int16(2)
)

// calendar is the year. Days are those in Jakarta, at noon.
var calendar = []struct {
	day, what string
	do        func(*year)
}{
	{"2026-12-20", "decrees for the year", func(y *year) {
		y.decree("BPNT", "2027-01-01", func(r *Rule) { r.AmountIDR, r.ReturnDays = new(int64(110_000)), new(int32(30)) })
		y.decree("PKH", "2027-01-01", func(r *Rule) { r.Unspent, r.FreezeDays = ExpireAtNext, nil })
	}},
	{"2027-01-25", "January", func(y *year) { y.pay(bpnt, 202701, 110_000) }},
	{"2027-02-25", "February", func(y *year) {
		y.pay(bpnt, 202702, 110_000)
		y.decree("BPNT", "2027-03-01", func(r *Rule) { r.AmountIDR = new(int64(150_000)) })
	}},
	{"2027-03-25", "March, more by decree, and PKH", func(y *year) {
		y.pay(bpnt, 202703, 150_000)
		y.pay(pkh, 202703, 75_000)
	}},
	{"2027-04-10", "two cards are lost", func(y *year) {
		y.loseCard(y.families[2])
		y.loseCard(y.families[3])
	}},
	{"2027-04-25", "April; January's money has been there for 90 days", func(y *year) {
		y.pay(bpnt, 202704, 150_000)
		y.freezeAll()
		y.decree("BPNT", "2027-08-01", func(r *Rule) { r.AmountIDR = new(int64(200_000)) })
	}},
	{"2027-05-25", "three months in one credit; what was frozen in April goes back", func(y *year) {
		y.payThreeMonths()
		y.returnAll()
		y.freezeAll()
	}},
	{"2027-06-25", "PKH's second quarter: its first expires; a family comes to the branch, one moves away", func(y *year) {
		y.pay(pkh, 202706, 75_000)
		y.freezeAll()
		y.thaw(y.families[0])
		y.must(0, y.operator.at(y.now).MoveFamily(y.t.Context(), y.families[1].id, 3175, "moved to the north"))
	}},
	{"2027-07-25", "a month without money", func(y *year) {
		y.returnAll()
		y.freezeAll()
	}},
	{"2027-08-25", "August, more by decree", func(y *year) { y.pay(bpnt, 202708, 200_000) }},
	{"2027-09-25", "September, by mistake ten times the amount", func(y *year) { y.pay(bpnt, 202709, 2_000_000) }},
	{"2027-09-26", "taken back", func(y *year) { y.takeBack(bpnt, 202709, "BPNT-202709-all-1") }},
	{"2027-09-27", "and paid again", func(y *year) { y.pay(bpnt, 202709, 200_000) }},
	{"2027-10-25", "October", func(y *year) {
		y.pay(bpnt, 202710, 200_000)
		y.returnAll()
		y.freezeAll()
	}},
	{"2027-11-25", "November, PKH's last quarter", func(y *year) {
		y.pay(bpnt, 202711, 200_000)
		y.pay(pkh, 202711, 75_000)
	}},
	{"2027-12-25", "December", func(y *year) {
		y.pay(bpnt, 202712, 200_000)
		y.freezeAll()
		y.returnAll()
	}},
	{"2027-12-31", "the end", func(*year) {}},
}

func newYear(t *testing.T, families int) *year {
	y := &year{books: newBooks(t)}
	y.now = day0
	for i := range families {
		f := &yearFamily{id: int64(i + 1), cards: []PANKey{pan(fmt.Sprint("year", i), byte(i%2))}, idle: i < 2}
		y.family(f.id, f.cards[0])
		y.families = append(y.families, f)
	}
	return y
}

// play walks through the calendar; after each step families shop and the books are audited.
func (y *year) play() {
	y.t.Helper()
	for _, step := range calendar {
		day, err := time.Parse(time.DateOnly, step.day)
		y.must(0, err)
		y.clock.Lock()
		y.now = day.Add(5 * time.Hour)
		y.clock.Unlock()
		step.do(y)
		y.rest()
		y.audit()
		if y.t.Failed() {
			y.t.Fatalf("on %s: %s", step.day, step.what)
		}
	}
}

// office is the ledger at the calendar's time. Only the calendar moves the clock, so it may read it unguarded.
func (y *year) office() *Ledger { return y.operator.at(y.now) }

func (y *year) decree(programme, since string, change func(*Rule)) {
	y.t.Helper()
	p, err := y.office().Programme(y.t.Context(), programme)
	y.must(0, err)
	rule, _ := p.On(since)
	rule.Since, rule.Source = since, "Decree of "+since
	change(&rule)
	y.must(0, y.office().AddRule(y.t.Context(), rule, "the year's test"))
}

// pay gives every family a month's money, by the rule where it has that amount.
func (y *year) pay(programme int16, period int32, amount int64) {
	y.t.Helper()
	order := Disbursement{Programme: programme, Period: period}
	if programme == pkh || amount > 1_000_000 || period == 202709 {
		order.AmountIDR = amount
	}
	report, err := y.office().Disburse(y.t.Context(), order)
	y.must(0, err)
	if report.AmountIDR != amount*int64(len(y.families)) {
		y.t.Errorf("%d: disbursed Rp %d", period, report.AmountIDR)
	}
	if y.model != nil {
		expired := y.model.expireAtNext(programme)
		y.model.pay(programme, period, amount, y.now)
		if report.Expired.AmountIDR != expired {
			y.t.Errorf("%d: expired Rp %d, want %d", period, report.Expired.AmountIDR, expired)
		}
	}
}

// payThreeMonths is a bank's file: one credit of 3 x 150,000 for each family.
func (y *year) payThreeMonths() {
	y.t.Helper()
	text := fmt.Sprintf("bpnt,disbursement,1,BNI-202705-07,%d,%d\nfamily,programme,period,amount\n", len(y.families), len(y.families)*450_000)
	for _, f := range y.families {
		text += fmt.Sprintf("%d,BPNT,202705-202707,450000\n", f.id)
	}
	path := filepath.Join(y.t.TempDir(), "may.csv")
	y.must(0, os.WriteFile(path, []byte(text), 0o600))
	report, err := y.office().DisburseFile(y.t.Context(), FileOptions{Path: path})
	y.must(0, err)
	if report.Funded != int64(3*len(y.families)) {
		y.t.Errorf("%+v", report)
	}
	if y.model != nil {
		for period := int32(202705); period <= 202707; period++ {
			y.model.pay(bpnt, period, 150_000, y.now)
		}
	}
}

// loseCard replaces a family's card by one that hashes to the other bucket.
func (y *year) loseCard(f *yearFamily) {
	y.t.Helper()
	old := f.card()
	next := pan(fmt.Sprint("replacement", f.id), byte(1-y.gateway.BucketOf(old)))
	_, _, err := y.office().ReplaceCard(y.t.Context(), Replacement{Old: old, Verb: CardLost, Reason: "lost on the market", New: NewCard{
		PAN: next, PANKeyID: 1, First6: "999912", Last4: "0002", Expiry: 3012, PINValue: testPIN, Family: f.id,
	}})
	y.must(0, err)
	f.mu.Lock()
	f.cards = append(f.cards, next)
	f.mu.Unlock()
}

func (f *yearFamily) card() PANKey {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.cards[len(f.cards)-1]
}

func (y *year) freezeAll() {
	y.t.Helper()
	report, err := y.office().Freeze(y.t.Context(), Sweep{Reason: "90 days"})
	y.must(0, err)
	if y.model != nil && report.Moved != y.model.freeze(y.now) {
		y.t.Errorf("%s: froze %+v", y.now.Format(time.DateOnly), report.Moved)
	}
}

func (y *year) returnAll() {
	y.t.Helper()
	report, err := y.office().Return(y.t.Context(), Sweep{Reason: "30 days frozen"})
	y.must(0, err)
	if y.model != nil && report.Moved != y.model.giveBack(y.now) {
		y.t.Errorf("%s: returned %+v", y.now.Format(time.DateOnly), report.Moved)
	}
	if y.now.Month() > time.May && report.Purses > 0 && report.Totals[0].Region == "" {
		y.t.Errorf("totals without a region: %+v", report.Totals)
	}
}

func (y *year) thaw(f *yearFamily) {
	y.t.Helper()
	moved, err := y.office().Thaw(y.t.Context(), f.id, "BPNT", "came to the branch")
	y.must(0, err)
	if y.model != nil && moved != y.model.thaw(f, y.now) {
		y.t.Errorf("thawed %+v", moved)
	}
}

func (y *year) takeBack(programme int16, period int32, name string) {
	y.t.Helper()
	moved, err := y.office().ReverseDisbursement(y.t.Context(), name, "wrong amount", nil)
	y.must(0, err)
	if y.model != nil && moved != y.model.takeBack(programme, period) {
		y.t.Errorf("taken back %+v", moved)
	}
}

// post posts a request at the clock's time, following a forward; unlike books.post it may be called at once by many.
func (y *year) post(ctx context.Context, r Request) (Result, error) {
	y.clock.RLock()
	defer y.clock.RUnlock()
	bucket := y.gateway.BucketOf(r.PAN)
	for {
		results, err := y.gateway.postAt(ctx, bucket, []Request{r}, y.now)
		if err != nil || results[0].MovedTo < 0 {
			if err != nil {
				return Result{}, err
			}
			return results[0], nil
		}
		bucket = results[0].MovedTo
	}
}

// TestYear tells the year with families that shop, reverse and inquire at random but one after another, and a model of
// the programme's rules in Go that says what each answer must be and where all money is after each step.
func TestYear(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	y := newYear(t, 16)
	y.model = newYearModel(y.families)
	random := rand.New(rand.NewPCG(seed, 0))
	shopping := &yearShopping{year: y, random: random}
	y.rest = func() {
		shopping.everyone()
		y.compare()
	}
	y.play()
	if shopping.approved < 100 || shopping.reversed < 20 || y.model.treasury == 0 {
		t.Errorf("a dull year: %d approved, %d reversed, treasury Rp %d", shopping.approved, shopping.reversed, y.model.treasury)
	}
}
