package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestReportsAsOfAnyMoment tells stories of three families over some weeks, and reads every report now and then. When
// the story is over, each report as of such a moment must say what it said then: later postings, jobs, moves and
// disbursements change nothing of the past. rapid shrinks a broken story to a short one and prints its seed.
//
// Stories follow one another in the same books, so a late one has the postings of all before it, and takes longer: only
// the first stories of a run are told.
func TestReportsAsOfAnyMoment(t *testing.T) {
	b := newBooks(t)
	b.now = day0
	w := &world{books: b}
	w.decree("BPNT", "2026-11-26", func(r *Rule) { r.FreezeDays, r.ReturnDays = new(int32(20)), new(int32(10)) })
	w.decree("PKH", "2026-11-26", func(r *Rule) { r.Unspent, r.FreezeDays = ExpireAtNext, nil })
	period := int32(202612)
	tale := 0
	rapid.Check(t, func(t *rapid.T) {
		if tale++; tale > 25 {
			return
		}
		s := &chronicle{world: w, t: t, period: &period, first: int64(10 * tale)}
		s.begin()
		for range rapid.IntRange(4, 14).Draw(t, "events") {
			s.event()
		}
		s.look()
		s.compare()
	})
	b.audit()
}

// chronicle is one story.
type chronicle struct {
	*world
	t      *rapid.T
	period *int32 // the next one to be paid
	first  int64  // number of its first family
	stan   int32
	sales  []Request
	orders []string
	notes  []glimpse
}

// glimpse is what the reports said at a moment.
type glimpse struct {
	asOf  string
	asked map[string]Report
	said  map[string][]string
}

func (s *chronicle) begin() {
	s.cards = nil
	s.now = s.now.AddDate(0, 0, 1)
	for i := range int64(3) {
		card := pan(fmt.Sprint("chronicle", s.first+i), byte(i%2))
		s.must(0, s.operator.AddFamily(s.books.t.Context(), s.first+i, 3172, fmt.Sprint("Family ", s.first+i), card))
		s.must(0, s.operator.AddCard(s.books.t.Context(), NewCard{
			PAN: card, PANKeyID: 1, First6: "999912", Last4: "0001", Expiry: 9912, PINValue: testPIN, Family: s.first + i,
		}))
		s.cards = append(s.cards, card)
	}
	s.payBoth()
}

func (s *chronicle) event() {
	switch rapid.SampledFrom([]string{"sale", "sale", "sale", "reversal", "hours", "weeks", "pay", "jobs", "thaw", "take back", "move", "look", "look"}).Draw(s.t, "event") {
	case "sale":
		s.sale()
	case "reversal":
		s.reversal()
	case "hours":
		s.pass(time.Duration(rapid.IntRange(1, 30).Draw(s.t, "hours")) * time.Hour)
	case "weeks":
		s.pass(time.Duration(rapid.IntRange(1, 30).Draw(s.t, "days")) * 24 * time.Hour)
	case "pay":
		s.payBoth()
	case "jobs":
		s.must(s.office().Freeze(s.books.t.Context(), Sweep{Reason: "test"}))
		s.must(s.office().Return(s.books.t.Context(), Sweep{Reason: "test"}))
	case "thaw":
		_, _ = s.office().Thaw(s.books.t.Context(), s.first, "BPNT", "test") // there may be nothing frozen
	case "take back":
		if len(s.orders) == 0 {
			return
		}
		name := rapid.SampledFrom(s.orders).Draw(s.t, "order")
		s.must(s.office().ReverseDisbursement(s.books.t.Context(), name, "test", nil))
	case "move":
		_ = s.office().MoveFamily(s.books.t.Context(), s.first+1, rapid.Int16Range(3171, 3175).Draw(s.t, "region"), "test") // may live there
	case "look":
		s.look()
	}
	s.pass(time.Second)
}

func (s *chronicle) pass(d time.Duration) { s.now = s.now.Add(d) }

// payBoth pays a period of both programmes, or again one that was taken back; one that has expired is refused.
func (s *chronicle) payBoth() {
	for _, programme := range []int16{1, 2} {
		amount := int64(*s.period%3+1) * 10_000
		report, err := s.office().Disburse(s.books.t.Context(), Disbursement{Programme: programme, Period: *s.period, AmountIDR: amount})
		if err == nil && report.Name != "" {
			s.orders = append(s.orders, report.Name)
		}
	}
	if rapid.IntRange(0, 2).Draw(s.t, "next month") > 0 {
		next := firstOf(*s.period).AddDate(0, 1, 0)
		if monthOf(next) <= monthOf(s.now.AddDate(1, 0, 0)) { // none is paid further ahead
			*s.period = monthOf(next)
		}
	}
}

func (s *chronicle) sale() {
	s.stan++
	r := s.redeem(rapid.SampledFrom(s.cards).Draw(s.t, "card"), s.stan, int64(rapid.IntRange(1, 4).Draw(s.t, "amount"))*10_000)
	r.Programme = rapid.Int16Range(1, 2).Draw(s.t, "programme")
	if rapid.IntRange(0, 4).Draw(s.t, "asks") == 0 {
		r.Kind, r.Amount, r.ProcessingCode = KindInquire, 0, 310000
	}
	if s.post(r).Outcome == OutcomeApproved && r.Kind == KindRedeem {
		s.sales = append(s.sales, r)
	}
}

func (s *chronicle) reversal() {
	if len(s.sales) == 0 {
		return
	}
	r := rapid.SampledFrom(s.sales).Draw(s.t, "sale")
	r.Kind, r.Batch, r.PINRequired, r.PINValue = KindReverse, Absent, false, PINNone
	s.post(r)
}

// reports are all of them over the story's time, with flags that are raised by little.
func (s *chronicle) reports() map[string]Report {
	wide := Scope{FromPeriod: monthOf(s.now.AddDate(-1, 0, 0)), ToPeriod: monthOf(s.now)}
	days := Scope{From: s.now.AddDate(0, -3, 0).Format(time.DateOnly)}
	little := DefaultThresholds()
	little.RunCards, little.PileCards, little.CrowdFamilies = 2, 1, 1
	return map[string]Report{
		"realisation":   Realisation(wide, false),
		"together":      Realisation(wide, true),
		"untouched":     Untouched(wide),
		"dormancy":      Dormancy(Scope{}),
		"disbursements": Disbursements(days),
		"outlet":        OutletStatement(testMID, days, false),
		"daily":         OutletStatement(testMID, days, true),
		"family":        FamilyStatement(s.first, Scope{}),
		"declines":      Declines(days),
		"exceptions":    Exceptions(days),
		"flags":         Flags(Scope{}, little),
	}
}

// look notes what the reports say now; the moment's name is that of a time, or of a date where nothing more happens on it.
func (s *chronicle) look() {
	n := glimpse{asOf: s.jakartaTime().Format(time.DateTime), asked: s.reports(), said: map[string][]string{}}
	for name, r := range n.asked {
		n.said[name] = lines(s.report(r, ""))
	}
	if rapid.Bool().Draw(s.t, "end of day") {
		n.asOf = s.jakartaTime().Format(time.DateOnly)
		s.pass(24 * time.Hour)
	}
	s.notes = append(s.notes, n)
}

func (s *chronicle) jakartaTime() time.Time { return s.now.In(time.FixedZone("WIB", 7*3600)) }

// compare reads each report as of each moment that was noted, an hour after all.
func (s *chronicle) compare() {
	s.pass(time.Hour)
	for _, n := range s.notes {
		for name, r := range n.asked {
			if then, now := strings.Join(n.said[name], "\n"), strings.Join(lines(s.report(r, n.asOf)), "\n"); then != now {
				s.t.Fatalf("%s as of %s said then:\n%s\nand says now:\n%s", name, n.asOf, then, now)
			}
			if name != "realisation" && name != "together" {
				continue
			}
			if err := s.pursesTellTheirPostings(r, n.asOf); err != nil {
				s.t.Fatalf("%s: %v", name, err)
			}
		}
	}
}
