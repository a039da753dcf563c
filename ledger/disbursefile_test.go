package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// write makes a file of a test.
func (b *books) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	b.must(0, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// order is the text of a disbursement file with the totals as they should be.
func fileOf(id string, lines ...string) string {
	total := int64(0)
	for _, line := range lines {
		fields := strings.Split(line, ",")
		var amount int64
		_, _ = fmt.Sscan(fields[len(fields)-1], &amount)
		total += amount
	}
	return fmt.Sprintf("bpnt,disbursement,1,%s,%d,%d\nfamily,programme,period,amount\n%s\n", id, len(lines), total, strings.Join(lines, "\n"))
}

func (b *books) pay(text string) (FileReport, error) {
	b.t.Helper()
	return b.operator.at(b.now).DisburseFile(b.t.Context(), FileOptions{Path: b.write("pay.csv", text)})
}

// twoFamilies are books with family 1 in bucket 0 and family 2 in bucket 1.
func twoFamilies(t *testing.T) *books {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.family(2, pan("b", 1))
	return b
}

func TestDisburseFile(t *testing.T) {
	b := twoFamilies(t)
	text := fileOf("BNI-202611", "1,BPNT,202609-202611,600000", "2,BPNT,202611,200000", "2,PKH,202610-202612,1000000")
	report, err := b.pay(text)
	b.must(0, err)
	want := []Share{
		{"BPNT", 202609, 1, 200_000},
		{"BPNT", 202610, 1, 200_000},
		{"BPNT", 202611, 2, 400_000},
		{"PKH", 202610, 1, 333_333},
		{"PKH", 202611, 1, 333_333},
		{"PKH", 202612, 1, 333_334},
	}
	if report.Lines != 3 || report.Purses != 7 || report.Funded != 7 || report.AmountIDR != 1_800_000 || report.Before != 0 {
		t.Errorf("%+v", report)
	}
	if fmt.Sprint(report.Pays) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", report.Pays, want)
	}
	b.want("the three months are one sum", b.post(b.redeem(pan("a", 0), 1, 600_000)), OutcomeApproved)
	b.want("and not more", b.post(b.redeem(pan("a", 0), 2, 1)), OutcomeInsufficientFunds)
	again, err := b.pay(text)
	b.must(0, err)
	if again.DoneBefore == nil || !again.DoneBefore.Equal(b.now) || again.Funded != 0 || again.AmountIDR != 0 {
		t.Errorf("%+v", again)
	}
	if r := b.audit(); r.FundedIDR != 1_800_000 {
		t.Errorf("%+v", r)
	}
}

// TestSameIdentity: a file is known by its identity for ever, and what it pays is paid once whatever it is called.
func TestSameIdentity(t *testing.T) {
	b := twoFamilies(t)
	first := fileOf("A", "1,BPNT,202611,200000")
	b.must(b.pay(first))
	_, err := b.pay(fileOf("A", "2,BPNT,202611,200000"))
	if err == nil || !strings.Contains(err.Error(), "another file with the identity A was given on 2026-11-25") {
		t.Errorf("other content: %v", err)
	}
	_, err = b.pay(strings.Replace(first, ",A,", ",B,", 1))
	var faults *FaultsError
	if !errors.As(err, &faults) || faults.Lines != 1 || faults.First[0].Reason != "the family has the money of period 202611 already, from A" {
		t.Errorf("another identity: %v", err)
	}
	b.disburse(202612, 200_000)
	_, err = b.pay(fileOf("BPNT-202612-all-1", "2,BPNT,202611,200000"))
	if err == nil || !strings.Contains(err.Error(), "an order for every family") {
		t.Errorf("the name of an order: %v", err)
	}
	b.must(b.operator.at(b.now).ReverseDisbursement(t.Context(), "A", "wrong family", nil))
	_, err = b.pay(first)
	if err == nil || !strings.Contains(err.Error(), "was reversed") {
		t.Errorf("reversed: %v", err)
	}
	b.must(b.pay(strings.Replace(first, ",A,", ",C,", 1)))
	b.audit()
}

// TestDryRun: the same words, and nothing is moved, nor a list of an earlier run left.
func TestDryRun(t *testing.T) {
	b := twoFamilies(t)
	path := b.write("pay.csv", fileOf("X", "1,BPNT,202611,200000", "2,BPNT,202611-202612,400000"))
	b.must(0, os.WriteFile(path+".rejects.csv", []byte("line,reason\n3,of yesterday\n"), 0o600))
	dry := FileOptions{Path: path, DryRun: true}
	report, err := b.operator.DisburseFile(t.Context(), dry)
	b.must(0, err)
	if !report.DryRun || report.Funded != 0 || report.Purses != 3 || report.TotalIDR != 600_000 ||
		fmt.Sprint(report.Pays) != fmt.Sprint([]Share{{"BPNT", 202611, 2, 400_000}, {"BPNT", 202612, 1, 200_000}}) {
		t.Errorf("%+v", report)
	}
	if _, err := os.Stat(path + ".rejects.csv"); !errors.Is(err, os.ErrNotExist) {
		t.Error("yesterday's list of faults is still there")
	}
	b.untouched()
	b.must(b.operator.DisburseFile(t.Context(), FileOptions{Path: path}))
	if report, err = b.operator.DisburseFile(t.Context(), dry); err != nil || report.DoneBefore == nil {
		t.Errorf("%+v %v", report, err)
	}
}

// TestLateFile: a file that comes after others' money of its period has expired still pays those who wait for it, and
// nobody twice.
func TestLateFile(t *testing.T) {
	b := twoFamilies(t)
	b.rule(`r.unspent := 'expire_at_next'`)
	b.must(b.pay(fileOf("nov", "1,BPNT,202611,200000")))
	report, err := b.pay(fileOf("dec", "1,BPNT,202612,200000"))
	b.must(0, err)
	if report.Expired.AmountIDR != 200_000 {
		t.Errorf("%+v", report)
	}
	var faults *FaultsError
	_, err = b.pay(fileOf("twice", "1,BPNT,202611,200000"))
	if !errors.As(err, &faults) || faults.First[0].Reason != "the family has the money of period 202611 already, from nov" {
		t.Errorf("%v", err)
	}
	b.must(b.pay(fileOf("late", "2,BPNT,202611,200000")))
	if b.balance(1) != 200_000 || b.balance(2) != 200_000 {
		t.Errorf("balances %d, %d", b.balance(1), b.balance(2))
	}
	b.audit()
}

// TestResumeAfterOthersExpired: a file that was broken off is finished, though other banks' money of its period has
// expired meanwhile.
func TestResumeAfterOthersExpired(t *testing.T) {
	const n = 3_000
	b := newBooks(t)
	b.manyFamilies(n)
	b.rule(`r.unspent := 'expire_at_next'`)
	b.must(b.pay(fileOf("A-nov", fmt.Sprintf("%d,BPNT,202611,200000", n))))
	path := b.write("pay.csv", fileOfMany("B-nov", n-1, ""))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.operator.at(b.now).DisburseFile(ctx, FileOptions{Path: path, Progress: func(at string, _, _ int64) {
		if at == PhaseFund {
			cancel()
		}
	}})
	if err == nil {
		t.Fatal("it was not broken off")
	}
	newKiller(b, time.Second).await()
	b.now = b.now.AddDate(0, 1, 0)
	b.must(b.pay(fileOf("A-dec", fmt.Sprintf("%d,BPNT,202612,200000", n))))
	report, err := b.operator.at(b.now).DisburseFile(t.Context(), FileOptions{Path: path})
	if err != nil || report.Before == 0 || report.Before+report.Funded != n-1 {
		t.Errorf("run again: %+v, %v", report, err)
	}
	if b.balance(1) != 200_000 || b.balance(n) != 200_000 {
		t.Errorf("balances %d, %d", b.balance(1), b.balance(n))
	}
	b.audit()
}

// TestThawMeetsNewerMoney: what froze, and was ended by newer money since, is not given back to be taken away again.
func TestThawMeetsNewerMoney(t *testing.T) {
	b := twoFamilies(t)
	b.rule(`r.unspent := 'expire_at_next'`)
	b.must(b.pay(fileOf("nov", "1,BPNT,202611,200000")))
	b.now = b.now.AddDate(0, 0, 90)
	b.freeze()
	b.must(b.pay(fileOf("feb", "1,BPNT,202702,200000")))
	if moved, err := b.operator.at(b.now).Thaw(t.Context(), 1, "BPNT", "came to the branch"); err == nil || moved.Purses != 0 {
		t.Errorf("%+v, %v", moved, err)
	}
	b.must(b.pay(fileOf("pkh", "2,PKH,202702,100000")))
	if got := b.balance(1); got != 400_000 {
		t.Errorf("balances %d: the new month's, and what lies frozen", got)
	}
	b.audit()
}

// TestPeriodFarAhead is most likely a slip.
func TestPeriodFarAhead(t *testing.T) {
	b := twoFamilies(t)
	var faults *FaultsError
	if _, err := b.pay(fileOf("far", "1,BPNT,203511,200000")); !errors.As(err, &faults) || faults.First[0].Reason != "period 203511 is more than a year ahead" {
		t.Errorf("%v", err)
	}
	_, err := b.operator.at(b.now).Disburse(t.Context(), Disbursement{Programme: 1, Period: 203511})
	if err == nil || !strings.Contains(err.Error(), "more than a year ahead") {
		t.Errorf("%v", err)
	}
	b.must(0, b.execOwner(`select bpnt.stage_clear()`))
	b.untouched()
}

// TestTwoOperators: the second is told who is at work, and may try again.
func TestTwoOperators(t *testing.T) {
	b := twoFamilies(t)
	path := b.write("pay.csv", fileOf("X", "1,BPNT,202611,200000"))
	err := b.operator.job(t.Context(), "freeze", func(*pgx.Conn) error {
		_, err := b.operator.DisburseFile(t.Context(), FileOptions{Path: path})
		return err
	})
	var busy *BusyError
	if !errors.As(err, &busy) || busy.Job != "bpnt freeze" {
		t.Errorf("%v", err)
	}
	b.untouched()
	b.must(b.operator.DisburseFile(t.Context(), FileOptions{Path: path}))
}
