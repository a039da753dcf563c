package linear

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bpnt/loadtest"
)

const patience = 20 * time.Second

// read makes one family's messages of lines: call and return in milliseconds, terminal, STAN, kind, amount, DE39 and
// balance. A dash stands for what is not there; a void names its sale's STAN after a slash.
func read(t *testing.T, text string) (all []loadtest.Seen) {
	t.Helper()
	epoch := time.Now()
	at := func(ms int) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var s loadtest.Seen
		var call, ret int
		var stan, kind, balance string
		if _, err := fmt.Sscan(line, &call, &ret, &s.TID, &stan, &kind, &s.Amount, &s.Code, &balance); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if _, err := fmt.Sscanf(strings.Replace(stan+"/0", "/", " ", 1), "%d %d", &s.STAN, &s.Original); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		s.Kind = map[string]loadtest.Kind{
			"inquire": loadtest.KindInquiry, "buy": loadtest.KindPurchase, "reverse": loadtest.KindReversal,
			"void": loadtest.KindVoid, "unvoid": loadtest.KindVoidReversal,
		}[kind]
		s.Call, s.Return = at(call), at(ret)
		if s.Code == "-" {
			s.Code = ""
		}
		if _, err := fmt.Sscan(balance, &s.Balance); err == nil {
			s.HasBalance = true
		}
		all = append(all, s)
	}
	return all
}

// TestHistories: what a purse can answer is legal, and each way in which books can go wrong before the family's eyes is not.
func TestHistories(t *testing.T) {
	for _, tt := range []struct {
		name  string
		legal bool
		text  string
	}{
		{"one after another", true, `
			 0  1 A 1 inquire    0 00  1000
			 2  3 A 2 buy      400 00   600
			 4  5 A 3 buy      700 51   600
			 6  7 A 4 inquire    0 00   600`},
		{"two at once, in the other order", true, `
			 0 10 A 1 buy      400 00   100
			 1  9 B 1 buy      500 00   500`},
		{"lost debit", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 2 inquire    0 00  1000`},
		{"lost debit among two at once", false, `
			 0 10 A 1 buy      400 00   600
			 1  9 B 1 buy      400 00   600
			11 12 A 2 inquire    0 00   600`},
		{"double debit", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 2 inquire    0 00   200`},
		{"double debit by a repeat", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 buy      400 00   600
			 4  5 A 2 inquire    0 00   200`},
		{"repeat", true, `
			 0  1 A 1 buy      400 00   600
			 2  3 B 1 buy      100 00   500
			 4  5 A 1 buy      400 00   600
			 6  7 A 2 inquire    0 00   500`},
		{"repeat answered otherwise", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 buy      400 00   200`},
		{"repeat of a decline is approved", false, `
			 0  1 A 1 buy      400 51   300
			 2  3 A 1 buy      400 00     0`},
		{"stale read, from a replica", false, `
			 0  1 A 1 inquire    0 00  1000
			 2  3 A 2 buy      400 00   600
			 4  5 B 1 inquire    0 00  1000
			 6  7 A 3 inquire    0 00   600`},
		{"a read beside a debit sees either", true, `
			 0  9 A 1 buy      400 00   600
			 1  2 B 1 inquire    0 00  1000
			 3  4 B 2 inquire    0 00   600`},
		{"two reads beside a debit, backwards", false, `
			 0  9 A 1 buy      400 00   600
			 1  2 B 1 inquire    0 00   600
			 3  4 B 2 inquire    0 00  1000`},
		{"approved without cover", false, `
			 0  1 A 1 inquire    0 00   300
			 2  3 A 2 buy      400 00     -`},
		{"declined in spite of cover", false, `
			 0  1 A 1 inquire    0 00   400
			 2  3 A 2 buy      400 51     -`},
		{"overdrawn by two at once", false, `
			 0  1 A 1 inquire    0 00   500
			 2  9 A 2 buy      400 00     -
			 3  8 B 1 buy      400 00     -`},
		{"no balance is seen at the start", true, `
			 0  1 A 1 buy      400 00     -
			 2  3 A 2 buy      300 51     -
			 4  5 A 3 buy      200 00     -`},
		{"the sum of what was covered and what was not", false, `
			 0  1 A 1 buy      400 00     -
			 2  3 A 2 buy      300 51     -
			 4  5 A 3 buy      300 00     -`},
		{"no answer, and it took effect", true, `
			 0  5 A 1 inquire    0 00  1000
			 6  9 A 2 buy      400 -      -
			10 11 B 1 inquire    0 00   600`},
		{"no answer, and it took effect late", true, `
			 0  5 A 1 inquire    0 00  1000
			 6  9 A 2 buy      400 -      -
			10 11 B 1 inquire    0 00  1000
			12 13 B 2 inquire    0 00   600`},
		{"no answer, and it took effect twice", false, `
			 0  5 A 1 inquire    0 00  1000
			 6  9 A 2 buy      400 -      -
			10 11 B 1 inquire    0 00   200`},
		{"no answer, never", true, `
			 0  5 A 1 inquire    0 00  1000
			 6  9 A 2 buy      400 -      -
			10 11 B 1 inquire    0 00  1000`},
		{"no answer, then the repeat's", true, `
			 0  5 A 1 inquire    0 00  1000
			 6  9 A 2 buy      400 -      -
			 7  8 B 1 buy      100 00   500
			10 11 A 2 buy      400 00   600`},
		{"reversed", true, `
			 0  1 A 1 inquire    0 00  1000
			 2  5 A 2 buy      400 -      -
			 6  7 A 2 reverse  400 -      -
			 8  9 A 2 reverse  400 91     -
			10 11 A 2 reverse  400 00     -
			12 13 A 3 inquire    0 00  1000`},
		{"reversed, and seen in between", true, `
			 0  1 A 1 inquire    0 00  1000
			 2  5 A 2 buy      400 00   600
			 6 11 A 2 reverse  400 00     -
			 7  8 B 1 inquire    0 00   600
			 9 10 B 2 inquire    0 00  1000`},
		{"reversal without credit", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 reverse  400 00     -
			 4  5 A 2 inquire    0 00   600`},
		{"reversal that credits twice", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 reverse  400 -      -
			 4  5 A 1 reverse  400 00     -
			 6  7 A 2 inquire    0 00  1400`},
		{"reversal of what never came credits", false, `
			 0  1 A 1 inquire    0 00  1000
			 2  3 A 2 reverse  400 00     -
			 4  5 A 3 inquire    0 00  1400`},
		{"the debit comes after its reversal", false, `
			 0  1 A 1 inquire    0 00  1000
			 2  5 A 2 buy      400 -      -
			 6  7 A 2 reverse  400 00     -
			 8  9 A 3 inquire    0 00  1000
			10 11 A 4 inquire    0 00   600`},
		{"approved after its reversal", false, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 reverse  400 00     -
			 4  5 A 1 buy      400 00   600`},
		{"blocked after its reversal", true, `
			 0  1 A 1 buy      400 00   600
			 2  3 A 1 reverse  400 00     -
			 4  5 A 1 buy      400 94     -
			 6  7 A 2 inquire    0 00  1000`},
		{"a decline that debits", false, `
			 0  1 A 1 inquire    0 00  1000
			 2  3 A 2 buy      400 55     -
			 4  5 A 3 inquire    0 00   600`},
		{"unavailable, and debited all the same", false, `
			 0  1 A 1 inquire    0 00  1000
			 2  3 A 2 buy      400 91     -
			 4  5 A 3 inquire    0 00   600`},
		{"void", true, `
			 0  1 A 1   buy    400 00   600
			 2  3 A 2/1 void   400 00     -
			 4  5 A 3 inquire    0 00  1000`},
		{"void of what was reversed", false, `
			 0  1 A 1   buy     400 00  600
			 2  3 A 1   reverse 400 00    -
			 4  5 A 2/1 void    400 00    -`},
		{"void, and the purchase reversed: one credit", false, `
			 0  1 A 1   buy     400 00  600
			 2  3 A 2/1 void    400 00    -
			 4  5 A 1   reverse 400 00    -
			 6  7 A 3 inquire     0 00 1400`},
		{"void undone", true, `
			 0  1 A 1   buy     400 00  600
			 2  3 A 2/1 void    400 -     -
			 4  5 A 2/1 unvoid  400 00    -
			 6  7 A 3 inquire     0 00  600`},
		{"void comes after it was undone", false, `
			 0  1 A 1   buy     400 00  600
			 2  3 A 2/1 void    400 -     -
			 4  5 A 2/1 unvoid  400 00    -
			 6  7 A 3 inquire     0 00 1000`},
		{"void undone when the money was spent: nothing can be said", true, `
			 0  1 A 1   buy     400 00    0
			 2  3 A 2/1 void    400 00    -
			 4  5 B 1   buy     300 00  100
			 6  7 A 2/1 unvoid  400 00    -
			 8  9 A 3 inquire     0 00   77`},
		{"a void that is declined leaves the sale", false, `
			 0  1 A 1   buy     400 00  600
			 2  3 A 2/1 void    400 12    -
			 4  5 A 3 inquire     0 00 1000`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := Check(t.Context(), read(t, tt.text), patience)
			if r.Undecided != 0 || (r.Illegal == 0) != tt.legal || (r.Fault() == nil) != tt.legal {
				var story strings.Builder
				_ = r.Write(&story)
				t.Errorf("legal should be %v: %s", tt.legal, story.String())
			}
		})
	}
}

// TestStory tells how far an order goes, and what cannot come next.
func TestStory(t *testing.T) {
	r := Check(t.Context(), read(t, `
		 0  1 A 1 inquire    0 00 100000
		 2  3 A 2 buy    40000 00  60000
		 4  5 B 7 inquire    0 00 100000
		 6  7 A 3 inquire    0 00  60000`), patience)
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 accounts, 4 operations (0 without answer, 1 at once at most): 1 illegal, 0 undecided",
		"family 0: no order of its 4 operations", "has 2, and ends with", "A 000002  purchase  Rp 40.000  00, balance Rp 60.000",
		"Then the balance is Rp 60.000", "+4ms  +5ms  B 000007  inquiry   -          00, balance Rp 100.000",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the story lacks %q:\n%s", want, b.String())
		}
	}
}

// bank is a purse that does one thing at a time; the moment at which it does it is drawn between call and return.
type bank struct {
	random  *rand.Rand
	balance int64
	now     int
	stan    []int32 // of each terminal
	seen    []loadtest.Seen
	epoch   time.Time
}

// trade lets terminals race for the money, as in a drain: each is busy for a few steps around the moment at which
// its purchase is decided, one answer in fifty is lost, and its purchase reversed.
func (b *bank) trade(steps int) []loadtest.Seen {
	free := make([]int, len(b.stan))
	for range steps {
		b.now += max(1, 80/len(b.stan))
		k := b.random.IntN(len(free))
		if free[k] > b.now-100 {
			continue
		}
		b.stan[k]++
		free[k] = b.now + 1 + b.random.IntN(60)
		s := loadtest.Seen{
			TID: fmt.Sprint("T", k), STAN: b.stan[k], Kind: loadtest.KindPurchase, Amount: 500 * (1 + b.random.Int64N(20)),
			Call: b.at(b.now - 1 - b.random.IntN(60)), Return: b.at(free[k]), Code: insufficientFunds, HasBalance: true,
		}
		if s.Amount <= b.balance {
			b.balance, s.Code = b.balance-s.Amount, approved
		}
		s.Balance = b.balance
		if b.random.IntN(50) > 0 {
			b.seen = append(b.seen, s)
			continue
		}
		b.lose(s, k, &free[k])
	}
	return b.seen
}

func (b *bank) at(ms int) time.Time { return b.epoch.Add(time.Duration(ms) * time.Millisecond) }

// lose is an answer that does not come, and the reversal at once.
func (b *bank) lose(s loadtest.Seen, k int, free *int) {
	if s.Code == approved {
		b.balance += s.Amount
	}
	s.Code, s.HasBalance = "", false
	s.Return = b.at(b.now)
	undo := s
	undo.Kind, undo.Code, undo.Call, undo.Return = loadtest.KindReversal, approved, b.at(b.now), b.at(b.now+1)
	*free = b.now + 1
	b.seen = append(b.seen, s, undo)
}

func newBank(seed uint64, terminals int) *bank {
	return &bank{
		random: rand.New(rand.NewPCG(seed, 0)), balance: 1_000_000, stan: make([]int32, terminals), epoch: time.Now(),
	}
}

// TestDrained: long histories of many at once are decided, legal and not; and where they are cut nothing becomes illegal.
func TestDrained(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			seen := newBank(seed, 8).trade(3 * operationsMax)
			r := Check(t.Context(), seen, patience)
			if r.Fault() != nil || r.Undecided != 0 || r.Widest < 3 || r.Cut != 1 || r.Operations > operationsMax+8 {
				t.Errorf("%+v", r)
			}
			forge(seen[operationsMax/2:])
			if r := Check(t.Context(), seen, patience); r.Illegal != 1 {
				t.Errorf("a forged balance was taken for true: %+v", r)
			}
		})
	}
}

// forge makes one approval show a balance that is another debit lower.
func forge(seen []loadtest.Seen) {
	for i := range seen {
		if seen[i].Code == approved && seen[i].HasBalance {
			seen[i].Balance -= 500
			return
		}
	}
}

// TestWitnessLimits: accounts beyond the limit are not watched at all.
func TestWitnessLimits(t *testing.T) {
	w := NewWitness()
	for family := range int32(accountsMax + 5) {
		w.See(loadtest.Seen{Family: family, Kind: loadtest.KindInquiry})
	}
	if n := len(w.accounts); n != accountsMax {
		t.Errorf("%d accounts are watched", n)
	}
}

// BenchmarkCheck is what one full account of a drain costs, with few terminals at it and with many.
func BenchmarkCheck(b *testing.B) {
	for _, terminals := range []int{8, 48} {
		seen := newBank(1, terminals).trade(3 * operationsMax)
		b.Run(fmt.Sprint("terminals=", terminals), func(b *testing.B) {
			var r *Report
			for b.Loop() {
				r = Check(b.Context(), seen, patience)
			}
			b.ReportMetric(float64(r.Widest), "at-once")
			b.ReportMetric(float64(r.Undecided+r.Illegal), "wrong")
		})
	}
}
