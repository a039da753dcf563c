package ledger

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	bankBNI  = "BNI"
	bankBRI  = "BRI"
	priMID   = "200200200200200"
	priTID   = "20020020"
	day1     = "2026-11-25"
	day2     = "2026-11-26"
	day3     = "2026-11-27"
	holder   = "IBU MELATI"
	account1 = "0123456789"
)

// twoBanks is a ledger with two banks: BNI has the outlet testMID and all families, BRI the outlet priMID.
type twoBanks struct {
	*books
	cards []PANKey
}

func newTwoBanks(t testing.TB, families int) *twoBanks {
	m := &twoBanks{books: newBooks(t)}
	b := m.books
	b.asOwner(`insert into bpnt.bank (id, code, name) values (2, 'BRI', 'Bank Rakyat Indonesia')`)
	b.must(0, b.operator.SetBankAccount(t.Context(), bankBNI, "9009", "DINSOS DKI"))
	b.must(0, b.operator.SetBankAccount(t.Context(), bankBRI, "2002", ""))
	b.must(b.operator.AddOutlet(t.Context(), Outlet{MID: priMID, Name: "E-WARONG MAWAR", City: "Bogor", Region: 3172, Bank: 2, Account: "555"}))
	b.must(0, b.operator.AddTerminal(t.Context(), NewTerminal{Link: "edc", TID: priTID, MID: priMID}))
	b.account(testMID, account1, holder)
	for i := range families {
		card := pan(fmt.Sprint("market", i), byte(i%2))
		b.family(int64(i+1), card)
		m.cards = append(m.cards, card)
	}
	b.disburse(testPeriod, testGrant)
	return m
}

// account gives an outlet an account.
func (b *books) account(mid, number, holder string) {
	b.t.Helper()
	b.must(0, b.operator.EditOutlet(b.t.Context(), mid, OutletEdit{Account: &number, Holder: &holder}, ""))
}

// on moves the clock to noon of a day in Jakarta.
func (b *books) on(day string) {
	b.t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	b.must(0, err)
	b.now = at.Add(5 * time.Hour)
}

// at the outlet of BRI.
func (r Request) pri() Request {
	r.TID, r.MID = priTID, priMID
	return r
}

func (b *books) settle(bank, day string) Settlement {
	b.t.Helper()
	s, err := b.operator.at(b.now).Settle(b.t.Context(), bank, day, nil)
	b.must(0, err)
	return s
}

// sums are the figures of a settlement in one line.
func (s Settlement) sums() string {
	return fmt.Sprintf("%d for %d, %d for %d undone, brought %d, paid %d in %d, carried %d", s.Redemptions, s.RedeemedIDR, s.Undoings,
		s.UndoneIDR, s.BroughtIDR, s.PaidIDR, s.Payouts, s.CarriedIDR)
}

func (b *books) wantSums(s Settlement, want string) {
	b.t.Helper()
	if s.sums() != want {
		b.t.Errorf("%s: %s\nwant %s", s.Name, s.sums(), want)
	}
}

func (b *books) refused(err error, says string) {
	b.t.Helper()
	if err == nil || !strings.Contains(err.Error(), says) {
		b.t.Errorf("%v, want %q", err, says)
	}
}

func TestSettlePaysWhatIsOwed(t *testing.T) {
	m := newTwoBanks(t, 4)
	m.must(0, m.operator.at(m.now.AddDate(0, 0, -1)).SetFamilyBank(t.Context(), 2, bankBRI, "the village changed its bank"))
	m.must(0, m.operator.at(m.now).SetFamilyBank(t.Context(), 3, bankBRI, "from tomorrow on"))
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.want("of BRI's card", m.post(m.redeem(m.cards[1], 2, 20_000)), OutcomeApproved)
	m.want("undone", m.post(m.redeem(m.cards[2], 3, 30_000)), OutcomeApproved)
	m.want("reversal", m.post(m.reverse(m.cards[2], 3, 30_000)), OutcomeReversed)
	m.want("at BRI's outlet", m.post(m.redeem(m.cards[3], 4, 7_000).pri()), OutcomeApproved)
	m.on(day2)
	m.want("of the next day", m.post(m.redeem(m.cards[0], 5, 1_000)), OutcomeApproved)

	s := m.settle(bankBNI, day1)
	m.wantSums(s, "3 for 100000, 1 for 30000 undone, brought 0, paid 70000 in 1, carried 0")
	if s.Name != "BPNT-BNI-20261125" || s.Holder != "DINSOS DKI" || s.ClosedBefore || s.ClosedAt.Format("15:04") != "12:00" {
		t.Errorf("%+v", s)
	}
	want := []Position{{"BNI", 80_000, 30_000, 50_000}, {"BRI", 20_000, 0, 20_000}}
	if !reflect.DeepEqual(s.Positions, want) {
		t.Errorf("positions %+v, want %+v", s.Positions, want)
	}
	m.wantSums(m.settle(bankBRI, day1), "1 for 7000, 0 for 0 undone, brought 0, paid 7000 in 1, carried 0")

	again := m.settle(bankBNI, day1)
	if !again.ClosedBefore {
		t.Error("closed twice")
	}
	again.ClosedBefore = false
	if !reflect.DeepEqual(again, s) {
		t.Errorf("again:\n%+v\n%+v", again, s)
	}
	m.audit()
}

func TestSettleDaysInOrder(t *testing.T) {
	m := newTwoBanks(t, 1)
	ctx := t.Context()
	at := func() *Ledger { return m.operator.at(m.now) }
	_, err := at().Settle(ctx, bankBNI, day1, nil)
	m.refused(err, "business day 2026-11-25 is not over: it can be closed once 2026-11-26 has begun")
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on("2026-11-28")
	_, err = at().Settle(ctx, bankBNI, day2, nil)
	m.refused(err, "the days of a bank are closed in order, and 2026-11-25 of BNI is not closed yet")
	if days, err := at().DueDays(ctx, bankBNI); err != nil || fmt.Sprint(days) != "[2026-11-25 2026-11-26 2026-11-27]" {
		t.Error(days, err)
	}
	m.settle(bankBNI, day1)
	_, err = at().Settle(ctx, bankBNI, day3, nil)
	m.refused(err, "2026-11-26 of BNI is not closed yet")
	m.wantSums(m.settle(bankBNI, day2), "0 for 0, 0 for 0 undone, brought 0, paid 0 in 0, carried 0")
	m.settle(bankBNI, day3)
	_, err = at().Settle(ctx, bankBNI, "2026-11-24", nil)
	m.refused(err, "2026-11-24 is before the first day of BNI that was closed")
	if days, err := at().DueDays(ctx, bankBNI); err != nil || len(days) > 0 {
		t.Error(days, err)
	}
	if days, err := at().DueDays(ctx, bankBRI); err != nil || len(days) > 0 {
		t.Error("a bank that never sold:", days, err)
	}
	_, err = at().Settle(ctx, "BTN", day1, nil)
	m.refused(err, `no bank has the code "BTN"`)
	_, err = at().Settle(ctx, bankBNI, "25-11-2026", nil)
	m.refused(err, "YYYY-MM-DD")
	m.asOwner(`update bpnt.bank set account = null`)
	_, err = at().Settle(ctx, bankBRI, day1, nil)
	m.refused(err, "BRI has no account to pay outlets from")
	m.audit()
}

// TestSettleCutOver: a business day begins at the cut-over, not at midnight.
func TestSettleCutOver(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.asOwner(`update bpnt.ledger set cut_over = '2 hours'`)
	m.now = time.Date(2026, 11, 25, 18, 30, 0, 0, time.UTC) // 01:30 in Jakarta on the 26th
	m.want("at night", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	_, err := m.operator.at(m.now).Settle(t.Context(), bankBNI, day1, nil)
	m.refused(err, "is not over")
	m.now = m.now.Add(time.Hour)
	m.want("after it", m.post(m.redeem(m.cards[0], 2, 1_000)), OutcomeApproved)
	m.wantSums(m.settle(bankBNI, day1), "1 for 50000, 0 for 0 undone, brought 0, paid 50000 in 1, carried 0")
}

// TestSettleCarriesDebts: what is undone after the payout is the outlet's debt, and is taken from its next sales.
func TestSettleCarriesDebts(t *testing.T) {
	m := newTwoBanks(t, 3)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	m.settle(bankBNI, day1)
	m.want("late reversal", m.post(m.reverse(m.cards[0], 1, 50_000)), OutcomeReversed)
	m.want("sale", m.post(m.redeem(m.cards[1], 2, 20_000)), OutcomeApproved)
	m.on(day3)
	m.wantSums(m.settle(bankBNI, day2), "1 for 20000, 1 for 50000 undone, brought 0, paid 0 in 0, carried -30000")
	m.want("sale", m.post(m.redeem(m.cards[1], 3, 45_000)), OutcomeApproved)
	m.on("2026-11-28")
	m.wantSums(m.settle(bankBNI, day3), "1 for 45000, 0 for 0 undone, brought -30000, paid 15000 in 1, carried 0")
	m.audit()
}

func TestSettleWithoutAccount(t *testing.T) {
	m := newTwoBanks(t, 2)
	m.account(testMID, "", "")
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on("2026-11-29")
	m.wantSums(m.settle(bankBNI, day1), "1 for 50000, 0 for 0 undone, brought 0, paid 0 in 0, carried 50000")
	m.wantSums(m.settle(bankBNI, day2), "0 for 0, 0 for 0 undone, brought 50000, paid 0 in 0, carried 50000")
	if got := m.exceptionLines("no_account"); len(got) != 1 || got[0] != "2026-11-25 ours 50000" {
		t.Errorf("told once: %v", got)
	}
	m.account(testMID, account1, holder)
	m.wantSums(m.settle(bankBNI, day3), "0 for 0, 0 for 0 undone, brought 50000, paid 50000 in 1, carried 0")
	m.audit()
}

// exceptionLines are those of a kind, by date.
func (b *books) exceptionLines(kind string) []string {
	b.t.Helper()
	rows, err := b.operator.pool.Query(b.t.Context(), `select business_date || coalesce(' theirs ' || theirs, '') || coalesce(' ours ' || ours, '')
		from bpnt.exception where kind = $1 order by id`, kind)
	b.must(0, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	b.must(0, err)
	return all
}

// TestSettleOutletChangesBank: the day of the change is the earlier bank's, and what it carried goes along.
func TestSettleOutletChangesBank(t *testing.T) {
	m := newTwoBanks(t, 3)
	m.account(testMID, "", "")
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	for _, bank := range []int16{3, 2} { // a slip of the pen, corrected at once
		m.asOwner(`insert into bpnt.bank (id, code, name) values (3, 'BTN', 'Bank Tabungan Negara') on conflict do nothing`)
		m.must(0, m.operator.at(m.now).EditOutlet(t.Context(), testMID, OutletEdit{Bank: &bank}, "the village changed its bank"))
	}
	m.want("sale of the same day", m.post(m.redeem(m.cards[1], 2, 1_000)), OutcomeApproved)
	m.want("BRI's own", m.post(m.redeem(m.cards[1], 3, 2_000).pri()), OutcomeApproved)
	m.on(day2)
	m.want("first sale with BRI", m.post(m.redeem(m.cards[2], 4, 300)), OutcomeApproved)
	m.account(testMID, "777", "")
	m.on(day3)
	m.wantSums(m.settle(bankBRI, day1), "1 for 2000, 0 for 0 undone, brought 0, paid 2000 in 1, carried 0")
	m.wantSums(m.settle(bankBRI, day2), "1 for 300, 0 for 0 undone, brought 0, paid 300 in 1, carried 0")
	m.wantSums(m.settle(bankBNI, day1), "2 for 51000, 0 for 0 undone, brought 0, paid 51000 in 1, carried 0")
	m.audit()
}

// TestSettleWaitsForPostings: a redemption of the day that is decided only now, after midnight, is in its day.
func TestSettleWaitsForPostings(t *testing.T) {
	m := newTwoBanks(t, 1)
	lane, err := m.operator.pool.Begin(t.Context())
	m.must(0, err)
	_, err = lane.Exec(t.Context(), `select bpnt.lock_bucket($1)`, m.gateway.BucketOf(m.cards[0]))
	m.must(0, err)
	sold, closed := make(chan Result, 1), make(chan Settlement, 1)
	go func() { sold <- m.post(m.redeem(m.cards[0], 1, 50_000)) }()
	m.waiting(1)
	office := m.operator.at(m.now.AddDate(0, 0, 1))
	go func() {
		s, err := office.Settle(context.WithoutCancel(t.Context()), bankBNI, day1, nil)
		if err != nil {
			t.Error(err)
		}
		closed <- s
	}()
	m.waiting(2)
	m.must(0, lane.Rollback(t.Context()))
	m.want("sale", <-sold, OutcomeApproved)
	m.wantSums(<-closed, "1 for 50000, 0 for 0 undone, brought 0, paid 50000 in 1, carried 0")
	m.audit()
}

// waiting returns when so many wait for an advisory lock.
func (b *books) waiting(count int) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for waits := b.waits(); waits != count; waits = b.waits() {
		if time.Now().After(deadline) {
			b.t.Fatalf("%d wait for the bucket's lock", waits)
		}
	}
}

// waits is how many wait for an advisory lock now.
func (b *books) waits() (n int) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select count(*) from pg_locks where locktype = 'advisory' and not granted
		and database = (select oid from pg_database where datname = current_database())`).Scan(&n))
	return n
}

// TestSettleClockSetBack: a posting that the server dates back into a day that was closed is paid with the next day.
func TestSettleClockSetBack(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	m.settle(bankBNI, day1)
	m.on(day1)
	m.want("by a clock that was set back", m.post(m.redeem(m.cards[0], 2, 600)), OutcomeApproved)
	m.on(day3)
	m.wantSums(m.settle(bankBNI, day2), "1 for 600, 0 for 0 undone, brought 0, paid 600 in 1, carried 0")
	m.audit()
}

// TestSettleOneAtATime: a second run is told who is at work.
func TestSettleOneAtATime(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.on(day2)
	err := m.operator.job(t.Context(), "freeze", func(*pgx.Conn) error {
		_, err := m.operator.at(m.now).Settle(t.Context(), bankBNI, day1, nil)
		return err
	})
	var busy *BusyError
	if !errors.As(err, &busy) || !strings.Contains(err.Error(), "freeze is at work") && !strings.Contains(err.Error(), "bpnt freeze") {
		t.Error(err)
	}
}

// TestSettleBrokenOff: a run that ends between passing the buckets and closing has left nothing, and the next one closes.
func TestSettleBrokenOff(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	ctx, crash := context.WithCancel(t.Context())
	_, err := m.operator.at(m.now).Settle(ctx, bankBNI, day1, func(bucket int) {
		if bucket == 2 {
			crash()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := m.operator.Settlement(t.Context(), bankBNI, day1); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	m.wantSums(m.settle(bankBNI, day1), "1 for 50000, 0 for 0 undone, brought 0, paid 50000 in 1, carried 0")
	m.audit()
}

// TestSettlementIsForEver: what was closed is never changed, whoever asks.
func TestSettlementIsForEver(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	m.settle(bankBNI, day1)
	for _, sql := range []string{
		`update bpnt.settlement set account = '1'`, `delete from bpnt.settlement_line`, `update bpnt.settlement_position set undone = 0`,
		`update bpnt.payout set amount = 1`, `truncate bpnt.payout_result`, `delete from bpnt.payout_back`, `delete from bpnt.payout_file`,
	} {
		m.refused(m.execOwner(sql), "never changed or removed")
	}
}
