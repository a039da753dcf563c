package ledger

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bpnt/ledger/payfile"
)

// files are a settlement's payout order and rows.
func (b *books) files(s Settlement) (order, rows string) {
	b.t.Helper()
	var xml, csv bytes.Buffer
	if s.Payouts > 0 {
		o, err := b.operator.PayoutOrder(b.t.Context(), s)
		b.must(0, err)
		b.must(0, payfile.WriteOrder(&xml, o))
	}
	w, err := payfile.NewRowWriter(&csv, '|', payfile.RowHead{ID: s.Name, Rows: s.Redemptions + s.Undoings, NetIDR: s.NetIDR})
	b.must(0, err)
	b.must(0, b.operator.SettlementRows(b.t.Context(), s, w.Write))
	b.must(0, w.Close())
	return xml.String(), csv.String()
}

// TestSettlementFiles: the rows are those of the books, and the files are the same again, whatever changed since.
func TestSettlementFiles(t *testing.T) {
	m := newTwoBanks(t, 3)
	sale := m.redeem(m.cards[0], 1, 50_000)
	sale.LocalStamp = 1125_115958
	first := m.want("sale", m.post(sale), OutcomeApproved)
	m.want("sale", m.post(m.redeem(m.cards[1], 2, 30_000)), OutcomeApproved)
	m.want("reversal", m.post(m.reverse(m.cards[1], 2, 30_000)), OutcomeReversed)
	m.want("elsewhere", m.post(m.redeem(m.cards[2], 3, 7_000).pri()), OutcomeApproved)
	m.on(day2)
	s := m.settle(bankBNI, day1)
	order, rows := m.files(s)
	for _, want := range []string{
		"<MsgId>BPNT-BNI-20261125</MsgId>", "<CreDtTm>2026-11-26T12:00:00+07:00</CreDtTm>", "<CtrlSum>50000.00</CtrlSum>",
		"<EndToEndId>BPNT-BNI-20261125-1</EndToEndId>", "<Nm>IBU MELATI</Nm>", "<MmbId>009</MmbId>", "<Nm>DINSOS DKI</Nm>",
	} {
		if !strings.Contains(order, want) {
			t.Errorf("%s is missing in\n%s", want, order)
		}
	}
	lines := strings.Split(strings.TrimSpace(rows), "\n")
	want := "0200|000000|00|" + first.Approval() + "|999912******0001|1125|120000|000000000001|" + first.RRN() +
		"|009|009|E-WARONG MELATI, Jakarta Timur|600600600600600|1125|115958|360|50000|60060060|1125|D|6018|009|0123456789|BNI|0|0|"
	if len(lines) != 5 || lines[0] != "bpnt|settlement|1|BPNT-BNI-20261125|3|50000" || lines[2] != want {
		t.Errorf("%s\nwant %s", rows, want)
	}
	if undone := strings.Split(lines[4], "|"); undone[0] != "0400" || undone[3] != "" || undone[16] != "30000" || undone[19] != "C" {
		t.Error(lines[4])
	}

	m.account(testMID, "999", "")
	m.must(0, m.operator.SetBankAccount(t.Context(), bankBNI, "1", "somebody else"))
	m.must(0, m.operator.at(m.now).EditOutlet(t.Context(), testMID, OutletEdit{Name: new("E-WARONG BARU"), Bank: new(int16(2))}, ""))
	m.must(0, m.operator.at(m.now).SetFamilyBank(t.Context(), 1, bankBRI, "moved"))
	m.want("late reversal", m.post(m.reverse(m.cards[0], 1, 50_000)), OutcomeReversed)
	again, againRows := m.files(m.settle(bankBNI, day1))
	if again != order || againRows != rows {
		t.Errorf("the files changed:\n%s\n%s", again, againRows)
	}
}

// answer is a bank's CSV.
func answer(id string, sum int64, lines ...string) string {
	text := fmt.Sprintf("bpnt,payout-result,1,%s,%d,%d\nreference,status,amount,reason\n", id, len(lines), sum)
	for _, line := range lines {
		text += line + "\n"
	}
	return text
}

func (b *books) enter(text string) PayoutReport {
	b.t.Helper()
	r, err := b.operator.at(b.now).EnterResult(b.t.Context(), bankBNI, strings.NewReader(text))
	b.must(0, err)
	return r
}

// TestPayoutResult: what a bank says of payouts is entered once, and what it rejected is due again.
func TestPayoutResult(t *testing.T) {
	m := newTwoBanks(t, 3)
	m.must(m.operator.AddOutlet(t.Context(), Outlet{MID: otherMID, Name: "KUBE DAHLIA", City: "Jakarta", Region: 3172, Bank: 9, Account: "77"}))
	m.must(0, m.operator.AddTerminal(t.Context(), NewTerminal{Link: "edc", TID: "70070070", MID: otherMID}))
	other := m.redeem(m.cards[1], 2, 20_000)
	other.TID, other.MID = "70070070", otherMID
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.want("sale", m.post(other), OutcomeApproved)
	m.want("BRI's", m.post(m.redeem(m.cards[2], 3, 9_000).pri()), OutcomeApproved)
	m.on(day2)
	m.settle(bankBNI, day1)
	m.settle(bankBRI, day1)
	const paid, refused, foreign = "BPNT-BNI-20261125-1", "BPNT-BNI-20261125-3", "BPNT-BRI-20261125-2"
	file := answer("R-1", 50_000+20_000+9_000+1+50_000, paid+",paid,50000,", refused+",rejected,20000,AC04 closed", foreign+",paid,9000,",
		"BPNT-BNI-20261125-99,paid,1,", paid+",paid,50000,")
	r := m.enter(file)
	if r.Paid != 1 || r.PaidIDR != 50_000 || r.Rejected != 1 || r.RejectedIDR != 20_000 || r.Known != 0 || len(r.Missing) != 0 {
		t.Errorf("%+v", r)
	}
	if got := verdicts(r); got != foreign+" unknown, BPNT-BNI-20261125-99 unknown, "+paid+" twice" {
		t.Error(got)
	}
	count := m.noted()
	again := m.enter(file)
	if again.Known != 2 || again.Paid != 0 || again.Rejected != 0 || m.noted() != count {
		t.Errorf("the same file again: %+v", again)
	}
	wrong := m.enter(answer("R-2", 49_999+20_000, paid+",paid,49999,", refused+",paid,20000,"))
	if got := verdicts(wrong); got != paid+" amount, "+refused+" late" {
		t.Error(got)
	}
	for kind, want := range map[string]int{"payout_rejected": 1, "payout_unknown": 2, "payout_twice": 1, "payout_amount": 1, "payout_late": 1} {
		if got := m.exceptionLines(kind); len(got) != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
	m.on(day3)
	s := m.settle(bankBNI, day2)
	m.wantSums(s, "0 for 0, 0 for 0 undone, brought 20000, paid 20000 in 1, carried 0")
	if r := m.enter(answer("R-3", 0)); len(r.Missing) != 1 || r.Missing[0].Reference != "BPNT-BNI-20261126-3" {
		t.Errorf("%+v", r.Missing)
	}
	m.on("2026-11-28") // the outlet's bank sends back what was booked on day 1
	m.enter(answer("R-4", 50_000, paid+",rejected,50000,returned"))
	m.wantSums(m.settle(bankBNI, day3), "0 for 0, 0 for 0 undone, brought 50000, paid 50000 in 1, carried 0")
	const both = "BPNT-BNI-20261126-3"
	if got := verdicts(m.enter(answer("R-5", 40_000, both+",rejected,20000,", both+",paid,20000,"))); got != both+" late" {
		t.Errorf("rejected and then paid in one file: %s", got)
	}
	m.audit()
}

func verdicts(r PayoutReport) string {
	var all []string
	for _, v := range r.Wrong {
		all = append(all, v.Reference+" "+v.Verdict)
	}
	return strings.Join(all, ", ")
}

// noted counts the exceptions.
func (b *books) noted() (count int) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select count(*) from bpnt.exception`).Scan(&count))
	return count
}

// TestPayoutResultRefused: a file with a fault changes nothing.
func TestPayoutResultRefused(t *testing.T) {
	m := newTwoBanks(t, 1)
	m.want("sale", m.post(m.redeem(m.cards[0], 1, 50_000)), OutcomeApproved)
	m.on(day2)
	m.settle(bankBNI, day1)
	_, err := m.operator.EnterResult(t.Context(), bankBNI, strings.NewReader(answer("R-1", 1, "BPNT-BNI-20261125-1,paid,50000,")))
	m.refused(err, "control total is 1, the lines come to 50000")
	_, err = m.operator.EnterResult(t.Context(), bankBNI, strings.NewReader(answer("R-1", 50_000, "BPNT-BNI-20261125-1\u202e,paid,50000,")))
	m.refused(err, "the reference must be printable")
	if r := m.enter(answer("R-2", 0)); len(r.Missing) != 1 {
		t.Errorf("%+v", r)
	}
}
