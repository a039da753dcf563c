package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bpnt/ledger/intake"

	"github.com/jackc/pgx/v5"
)

// importFile makes a file of a kind out of its lines.
func importFile(kind, id string, lines ...string) string {
	head := fmt.Sprintf("bpnt,%s,1,%s,%d,0\n%s\n", kind, id, len(lines), strings.Join(ImportColumns(kind), ","))
	return head + strings.Join(append(lines, ""), "\n")
}

// bring imports files of these kinds and returns the reports and the list of rejects.
func (b *books) bring(files ...string) ([]ImportReport, string, error) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "rejects.csv")
	rejects := intake.NewRejects(path)
	imports := make([]Import, len(files))
	for i, text := range files {
		imports[i] = Import{Kind: strings.Split(text, ",")[1], In: strings.NewReader(text), Rejects: rejects, Keys: benchKeys{}}
	}
	reports, err := b.operator.at(b.now).Import(b.t.Context(), imports...)
	b.must(0, rejects.Close())
	list, missing := os.ReadFile(path)
	if missing != nil && !os.IsNotExist(missing) {
		b.t.Fatal(missing)
	}
	return reports, string(list), err
}

// brought fails the test unless the file came in whole.
func (b *books) brought(text string, added, changed, same int64) {
	b.t.Helper()
	reports, rejects, err := b.bring(text)
	if err != nil || rejects != "" {
		b.t.Fatalf("%v\n%s", err, rejects)
	}
	if r := reports[0]; r.Added != added || r.Changed != changed || r.Same != same || r.Lines != added+changed+same {
		b.t.Errorf("%+v, want %d added, %d changed, %d same", r, added, changed, same)
	}
}

// digits is the PAN of a synthetic card.
func digits(i int) string {
	card := NewJakarta(1).Card(i)
	return string(card.PAN[:])
}

func keyOf(i int) PANKey { return PANKey(benchKeys{}.PANKey([]byte(digits(i)))) }

// cardLines gives family i+1 the synthetic card i, for i below n.
func cardLines(n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("%d,%s,204912,active,", i+1, digits(i)))
	}
	return lines
}

func familyLines(n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf("%d,Family %d,3172,", i+1, i+1))
	}
	return lines
}

// count is one number that a query of the owner's gives.
func (b *books) count(sql string, args ...any) (n int64) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), sql, args...).Scan(&n))
	return n
}

// TestImportAll brings an area into the books file by file, twice, and shops in it.
func TestImportAll(t *testing.T) {
	b := newBooks(t)
	b.brought(importFile("regions", "R1", "3201,Bogor", "3172,Jakarta Timur"), 1, 0, 1)
	b.brought(importFile("banks", "B1", "2,BRI,Bank Rakyat Indonesia", "9,BNI,BNI 1946"), 1, 1, 0)
	b.brought(importFile("families", "F1", familyLines(1200)...), 1200, 0, 0)
	b.brought(importFile("cards", "C1", cardLines(1200)...), 1200, 0, 0)
	outlets := importFile("outlets", "O1", "OUTLET1,E-WARONG MAWAR,Bogor,kube_jasa,3201,2,7,active,0123456789,Siti Aminah", "OUTLET2,E-WARONG DAHLIA,Bogor,,3201,2,,registered,,")
	b.brought(outlets, 2, 0, 0)
	b.brought(importFile("terminals", "T1", "edc,TERM0001,OUTLET1,", "edc,60060060,"+testMID+",active"), 1, 0, 1)
	for text, same := range map[string]int64{
		importFile("families", "F1", familyLines(1200)...): 1200, importFile("cards", "C1", cardLines(1200)...): 1200, outlets: 2,
	} {
		b.brought(text, 0, 0, same)
	}
	b.disburse(testPeriod, testGrant)
	r := b.redeem(keyOf(6), 1, 10_000)
	r.TID, r.MID, r.PINRequired, r.PINValue = "TERM0001", "OUTLET1", false, PINNone
	if got := b.want("at the new outlet", b.post(r), OutcomeApproved); got.Balance != testGrant-10_000 {
		t.Errorf("%+v", got)
	}
	if n := b.count(`select count(*) from bpnt.journal where what like '%, card %'`); n != 0 {
		t.Errorf("%d lines of the journal about single cards", n)
	}
	b.audit()
}

// TestImportTogether: where families and cards come together, no card needs a forward.
func TestImportTogether(t *testing.T) {
	b := newBooks(t)
	reports, rejects, err := b.bring(importFile("families", "F1", familyLines(200)...), importFile("cards", "C1", cardLines(200)...))
	if err != nil || rejects != "" || reports[0].Added != 200 || reports[1].Added != 200 {
		t.Fatalf("%+v %v\n%s", reports, err, rejects)
	}
	if n := b.count(`select count(*) from bpnt.card where forward is not null`); n != 0 {
		t.Errorf("%d forwards", n)
	}
	if n := b.count(`select count(*) from bpnt.card`); n != 200 {
		t.Errorf("%d cards", n)
	}
	b.audit()
}

// TestImportChanges: a row that differs is changed and leaves its trace.
func TestImportChanges(t *testing.T) {
	b := newBooks(t)
	_, _, err := b.bring(importFile("families", "F1", familyLines(3)...), importFile("cards", "C1", cardLines(3)...))
	b.must(0, err)
	b.brought(importFile("families", "F2", "1,Ibu Siti,3172,", "2,Family 2,3173,", "3,Family 3,3172,9"), 0, 2, 1)
	if n := b.count(`select from_region * 10000 + to_region from bpnt.family_move where family = 2`); n != 31723173 {
		t.Errorf("the move: %d", n)
	}
	b.brought(importFile("cards", "C2", "1,"+digits(0)+",204912,blocked,", "2,"+digits(1)+",205001,,PKH", "3,"+digits(2)+",204912,,"), 0, 2, 1)
	b.disburse(testPeriod, testGrant)
	b.want("blocked by a file", b.post(b.redeem(keyOf(0), 1, 1000)), OutcomeCardBlocked)
	b.want("another programme's card", b.post(withoutPIN(b.redeem(keyOf(1), 2, 1000))), OutcomeWrongProgramme)
	card, err := b.operator.Card(t.Context(), keyOf(0))
	b.must(0, err)
	if len(card.History) != 1 || card.History[0].Action != "card block" || card.History[0].Reason != "file C2" {
		t.Errorf("%+v", card.History)
	}
	b.brought(importFile("outlets", "O2", testMID+",E-WARONG BARU,Jakarta Timur,kube_jasa,3172,9,1,suspended,555,"), 0, 1, 0)
	o, err := b.operator.OutletByMID(t.Context(), testMID)
	b.must(0, err)
	if o.Account != "555" || o.Name != "E-WARONG BARU" || o.Kind != "kube_jasa" || o.Operator != 1 || o.Status != "suspended" || o.ActivatedOn == nil {
		t.Errorf("%+v", o)
	}
	b.audit()
}

func withoutPIN(r Request) Request {
	r.PINRequired, r.PINValue = false, PINNone
	return r
}

// TestImportFaults: every fault of a file is listed with its line, and nothing of the file comes in.
func TestImportFaults(t *testing.T) {
	b := newBooks(t)
	_, _, err := b.bring(importFile("families", "F0", familyLines(5)...), importFile("cards", "C0", cardLines(4)...))
	b.must(0, err)
	b.must(b.operator.ChangeCard(t.Context(), keyOf(1), CardLost, "reported"))
	b.must(b.operator.ChangeCard(t.Context(), keyOf(2), CardBlock, "found"))
	for _, tt := range []struct {
		kind  string
		lines []string
		want  []string
	}{
		{"regions", []string{"x,Bogor", "3201,", "3202,Bogor", "3202,Depok", "3203,Bogor", "3204,Jakarta Timur", "99999,Mars"}, []string{
			"3,\"the region must be a number, in digits only\"", "4,the name is missing", "6,\"this region stands in the file twice, first in line 5\"",
			"7,\"this name stands in the file twice, first in line 5\"", "8,region 3172 has this name in the books",
			"9,\"the region must be a number, in digits only\"",
		}},
		{"banks", []string{"9,BRI,Other", "2,BNI,Other", "3,BRI,", "4,MANDIRI,Bank Mandiri"}, []string{
			"3,\"the bank's code in the books is BNI, and never changes\"", "4,bank 9 has this code in the books", "5,the name is missing",
		}},
		{"families", []string{
			"6,Six,3172,", "0,Zero,3172,", "-1,Neg,3172,", "7,Seven,9999,", "6,Six,3172,", "8," + digits(9) + ",3172,", "9,Nine", "10,Ten,3172,8",
			"11,Eleven,3172,BNI",
		}, []string{
			"4,the family must be greater than 0", "5,\"the family must be a number, in digits only\"", "6,region 9999 is not in the books",
			"7,\"this family stands in the file twice, first in line 3\"", "8,the name holds what looks like a card number: leave it out",
			"9,\"2 fields instead of 4: family,name,region,bank\"", "10,bank 8 is not in the books", "11,\"the bank must be a number, in digits only\"",
		}},
		{"cards", []string{
			"5," + digits(10) + ",204912,,", "5," + digits(10)[:15] + "x,204912,,", "5,9999120000000005,204912,,", "5," + digits(11) + ",2049,,",
			"5," + digits(11) + ",204913,,", "5," + digits(11) + ",204912,gone,", "5," + digits(11) + ",204912,,NONE", "77," + digits(12) + ",204912,,",
			"5," + digits(0) + ",204912,,", "2," + digits(1) + ",204912,active,", "3," + digits(2) + ",204912,active,", "5," + digits(10) + ",204912,,",
			"4," + digits(10) + ",204912,,", "5," + digits(13) + ",202610,,", digits(14) + "," + digits(14) + ",204912,,", "5,123,204912,,",
		}, []string{
			"4,\"the card number must have 13 to 19 digits, and nothing else\"", "5,the card number's check digit is wrong",
			"6,\"the expiry must be a month written YYYYMM, 2000 to 2099\"", "7,\"the expiry must be a month written YYYYMM, 2000 to 2099\"",
			"8,\"the status must be inactive, active, blocked, lost, stolen or replaced\"", "9,the programme is not in the books",
			"10,\"the family is not in the books: import families first, or with --cards\"", "11,this card is another family's",
			"12,\"the card is lost in the books, and no file can make it active\"", "13,\"the card is blocked in the books, and no file can make it active\"",
			"14,\"this card stands in the file twice, first in line 3\"", "15,\"the card of line 3, for another family\"",
			"16,the card has expired already", "17,\"the family is not in the books: import families first, or with --cards\"",
			"18,\"the card number must have 13 to 19 digits, and nothing else\"",
		}},
		{"outlets", []string{
			"A,Name,City,,3172,9,,,,", "A,Name,City,,3172,9,,,,", "B,Name,City,kiosk,3172,9,,,,", "C,Name,City,,9999,9,,,,", "D,Name,City,,3172,8,,,,",
			"E,Name,City,,3172,9,77,,,", "F,Name,City,,3172,9,,closed,,", testMID + ",Name,City,,3172,9,,registered,,", "G,Näme,City,,3172,9,,,,", "H,Name,City,,3172,9,,gone,,",
			"I,Name,City,,3172,9,,,01 23,", "J,Name,City,,3172,9,,,,Ibu Siti",
		}, []string{
			"4,\"this outlet stands in the file twice, first in line 3\"", "5,an outlet's kind is e_warong or kube_jasa", "6,region 9999 is not in the books",
			"7,bank 8 is not in the books", "8,the operator's family is not in the books", "9,a new outlet is registered or active",
			"10,\"the outlet is active in the books, and cannot become registered\"",
			"11,an outlet needs a MID of 1 to 15 printable characters and a name", "12,\"the status must be registered, active, suspended or closed\"",
			"13,\"an account is up to 34 letters and digits, without blanks or dashes\"", "14,an account holder needs an account",
		}},
		{"terminals", []string{
			"edc,TERM0001," + testMID + ",", "edc,TERM0001," + testMID + ",", "nolink,TERM0002," + testMID + ",", "edc,TERM0003,NONE,", "edc,SHORT," + testMID + ",",
			"edc,TERM0004," + testMID + ",gone",
		}, []string{
			"4,\"this terminal stands in the file twice, first in line 3\"", "5,\"the link is not in the books: the gateway enters its links when it starts, --new-links does it now\"",
			"6,no outlet has this MID: import outlets first", "7,\"the TID must have 8 printable characters, up to 16 at a switch\"", "8,the status must be active or suspended",
		}},
	} {
		before := b.snapshot()
		reports, rejects, err := b.bring(importFile(tt.kind, "BAD", tt.lines...))
		if err != nil || reports[0].Faults != int64(len(tt.want)) {
			t.Errorf("%s: %+v %v", tt.kind, reports, err)
		}
		if want := "line,reason\n" + strings.Join(tt.want, "\n") + "\n"; rejects != want {
			t.Errorf("%s: got\n%swant\n%s", tt.kind, rejects, want)
		}
		if after := b.snapshot(); after != before {
			t.Errorf("%s: the books changed: %s, then %s", tt.kind, before, after)
		}
	}
}

// snapshot is what the reference data come to.
func (b *books) snapshot() (s string) {
	b.t.Helper()
	b.must(0, b.operator.pool.QueryRow(b.t.Context(), `select md5(concat((select array_agg(f::text order by id) from bpnt.family f),
		(select array_agg(c::text order by bucket, pan) from bpnt.card c), (select array_agg(o::text order by id) from bpnt.outlet o),
		(select array_agg(t::text order by id) from bpnt.terminal t), (select array_agg(r::text order by id) from bpnt.region r),
		(select array_agg(k::text order by id) from bpnt.bank k), (select array_agg(j::text order by id) from bpnt.journal j)))`).Scan(&s))
	return s
}

// TestImportFileFaults: what is wrong with the file as a whole is one sentence.
func TestImportFileFaults(t *testing.T) {
	b := newBooks(t)
	good := importFile("families", "F1", familyLines(2)...)
	for text, says := range map[string]string{
		strings.Replace(good, "F1,2,0", "F1,3,0", 1):                       "the header says 3 lines, the file has 2",
		strings.Replace(good, "F1,2,0", "F1,2,9", 1):                       "control total is 9",
		strings.Replace(good, "family,name", "name,family", 1):             "line 2 must name the columns family,name,region,bank",
		"\xef\xbb\xbf" + good:                                              "byte order mark",
		strings.Replace(good, "bpnt,families", "bpnt,cards", 1):            "line 2 must name the columns family,pan",
		strings.Replace(good, "bpnt,families,1", "bpnt,families,2", 1):     `version "2"`,
		strings.Replace(good, "bpnt,families", "bpnt,nonsense,1,1", 1):     `files of "nonsense" are not known`,
		strings.Replace(good, "bpnt,families,1,F1", "bpnt,families,1,", 1): "the first line must be",
	} {
		if _, _, err := b.bring(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	_, rejects, err := b.bring(strings.Replace(good, "1,Family 1,3172,\n", "1,Family 1,3172,\r\n", 1))
	if err != nil || !strings.Contains(rejects, "3,another line end") {
		t.Errorf("%v %s", err, rejects)
	}
	b.brought(good, 2, 0, 0)
	if _, _, err := b.bring(importFile("families", "F1", familyLines(3)...)); err == nil || !strings.Contains(err.Error(), "imported before, with other content") {
		t.Errorf("another file of the same identity: %v", err)
	}
	if n := b.count(`select count(*) from bpnt.family`); n != 2 {
		t.Errorf("%d families", n)
	}
}

func TestImportDryRun(t *testing.T) {
	b := newBooks(t)
	before := b.snapshot()
	reports, err := b.operator.Import(t.Context(), Import{
		Kind: "families", In: strings.NewReader(importFile("families", "F1", familyLines(20)...)), DryRun: true, Rejects: intake.NewRejects(filepath.Join(t.TempDir(), "r")),
	})
	if err != nil || reports[0].Added != 20 || !reports[0].DryRun {
		t.Errorf("%+v %v", reports, err)
	}
	if b.snapshot() != before {
		t.Error("the books changed")
	}
}

// TestImportNewLinks: a link that no gateway has entered yet.
func TestImportNewLinks(t *testing.T) {
	b := newBooks(t)
	text := importFile("terminals", "T1", "switch,TERM0001,"+testMID+",suspended")
	_, err := b.operator.Import(t.Context(), Import{
		Kind: "terminals", In: strings.NewReader(text), NewLinks: true, Rejects: intake.NewRejects(filepath.Join(t.TempDir(), "r")),
	})
	b.must(0, err)
	terminal, err := b.operator.TerminalByTID(t.Context(), "switch", "TERM0001")
	if err != nil || terminal.Status != "suspended" || terminal.MID != testMID || len(terminal.Stays) != 1 || terminal.PINKey {
		t.Errorf("%+v %v", terminal, err)
	}
	// One of which only a reversal was heard.
	r := b.reverse(pan("x", 0), 1, 1000)
	r.TID = "TERM0002"
	b.want("unmatched", b.post(r), OutcomeReversalUnmatched)
	b.brought(importFile("terminals", "T2", "edc,TERM0002,"+testMID+","), 1, 0, 0)
	r = b.reverse(pan("x", 0), 1, 1000)
	r.TID, r.Kind = "TERM0002", KindRedeem
	b.want("the tombstone holds", b.post(r), OutcomeBlocked)
}

// TestImportKilled: killed wherever, run again until it ends, it is as if it had run once.
func TestImportKilled(t *testing.T) {
	b := newBooks(t)
	const families = 3000
	// Cards alone, so that half of them need a forward as well.
	b.brought(importFile("families", "F1", familyLines(families)...), families, 0, 0)
	text := importFile("cards", "C1", cardLines(families)...)
	k := newKiller(b, 500*time.Millisecond)
	run := func(ctx context.Context) error {
		_, err := b.operator.Import(ctx, Import{
			Kind: "cards", In: strings.NewReader(text), Keys: benchKeys{}, Rejects: intake.NewRejects(filepath.Join(t.TempDir(), "r")),
		})
		return err
	}
	for range 20 {
		k.killAt(run)
	}
	k.untilDone(run)
	if n := b.count(`select count(*) from bpnt.card where family is not null`); n != families {
		t.Errorf("%d cards", n)
	}
	missing := b.count(`select count(*) from bpnt.card c where forward is null and family is not null
		and ('x' || left(pan::text, 8))::bit(32)::bigint % 2 <> bucket
		and not exists (select from bpnt.card k where k.bucket = 1 - c.bucket and k.pan = c.pan and k.forward = c.bucket)`)
	forwards := b.count(`select count(*) from bpnt.card where forward is not null`)
	if missing != 0 || forwards < families/3 {
		t.Errorf("%d forwards missing of %d", missing, forwards)
	}
	b.audit()
}

// TestImportWhileOthersWork: an import and another job; an import and a command that registers.
func TestImportWhileOthersWork(t *testing.T) {
	b := newBooks(t)
	text := importFile("families", "F1", familyLines(2)...)
	err := b.operator.job(t.Context(), "disburse", func(*pgx.Conn) error {
		_, _, err := b.bring(text)
		return err
	})
	var busy *BusyError
	if !errors.As(err, &busy) || !strings.Contains(err.Error(), "disburse is at work") {
		t.Errorf("beside a job: %v", err)
	}
	err = b.operator.registering(t.Context(), func(*pgx.Conn) error {
		_, _, err := b.bring(text)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "another operator is registering") {
		t.Errorf("beside a registration: %v", err)
	}
	b.brought(text, 2, 0, 0)
}

// TestImportKeepsPANs: no card number comes out of an import, whatever column it stands in and whatever is wrong.
func TestImportKeepsPANs(t *testing.T) {
	b := newBooks(t)
	canary := digits(4711)
	for _, line := range []string{
		canary + ",1,204912,,", "1," + canary[:15] + "0,204912,,", "1," + canary + "," + canary + ",,", "1," + canary + ",204912," + canary + ",",
		"1," + canary + ",204912,," + canary, "1," + canary + ",204912", "1,\"" + canary + ",204912,,", "1," + canary + ",204912,,", canary,
		canary + ".0," + canary + ",204912,,", "1,-" + canary + ",204912,,",
	} {
		reports, rejects, err := b.bring(importFile("cards", "C", line))
		if said := fmt.Sprint(reports, rejects, err); strings.Contains(said, canary[:12]) {
			t.Errorf("a card number came out: %s", said)
		}
		if reports[0].Faults == 0 {
			t.Errorf("no fault: %.5s", line)
		}
	}
	_, _, err := b.bring(importFile("families", "F", familyLines(1)...), importFile("cards", "C", "1,"+canary+",204912,,"))
	b.must(0, err)
	var dump bytes.Buffer
	conn, err := pgx.Connect(t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(t.Context())
	for _, table := range []string{"card", "journal", "family"} {
		_, err := conn.PgConn().CopyTo(t.Context(), &dump, "copy bpnt."+table+" to stdout")
		b.must(0, err)
	}
	if strings.Contains(dump.String(), canary[6:12]) && strings.Contains(dump.String(), canary) || dump.Len() == 0 {
		t.Error("the books hold a card number")
	}
}
