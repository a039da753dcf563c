package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// asOwner runs SQL as the schema's owner, whom no grant stops.
func (b *books) asOwner(sql string) {
	b.t.Helper()
	if err := b.execOwner(sql); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) execOwner(sql string) error {
	conn, err := pgx.Connect(b.t.Context(), b.url)
	if err != nil {
		return err
	}
	defer conn.Close(b.t.Context())
	_, err = conn.Exec(b.t.Context(), sql)
	return err
}

// TestBooksAreAppendOnly: neither role, nor the owner, changes a row of money.
func TestBooksAreAppendOnly(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.post(b.redeem(card, 1, 10_000))
	for _, table := range []string{"posting", "message", "flush", "journal"} {
		for _, sql := range []string{"update bpnt." + table + " set bucket = 1", "delete from bpnt." + table, "truncate bpnt." + table} {
			sql = strings.ReplaceAll(sql, "journal set bucket = 1", "journal set what = ''")
			for name, l := range map[string]*Ledger{"gateway": b.gateway, "operator": b.operator} {
				if _, err := l.pool.Exec(t.Context(), sql); err == nil {
					t.Errorf("the %s's role may: %s", name, sql)
				}
			}
			if err := b.execOwner(sql); err == nil || !strings.Contains(err.Error(), "post a correction") {
				t.Errorf("owner: %s: %v", sql, err)
			}
		}
	}
	b.audit()
}

func TestGatewayCannotWriteByItself(t *testing.T) {
	b := newBooks(t)
	for _, sql := range []string{
		"update bpnt.purse set balance = 1", "insert into bpnt.posting default values", "select * from bpnt.card",
		"update bpnt.card set tries = 0", "select bpnt.disburse_open(null, 1)", "update bpnt.terminal set epoch = 0",
		"select bpnt.end_flush(0::smallint, 1, now())",
	} {
		if _, err := b.gateway.pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := b.operator.pool.Exec(t.Context(), "update bpnt.purse set balance = 1"); err == nil {
		t.Error("the operator may change a purse")
	}
}

// TestAuditFindsTampering: what somebody with the owner's power does behind our back is seen, and by which invariant.
func TestAuditFindsTampering(t *testing.T) {
	tampering := map[string]struct{ sql, invariants string }{
		"a posting's amount":    {`update bpnt.posting set amount = amount + 1 where kind = 'R'`, "I02 I03 I05 I11 I18"},
		"a posting removed":     {`delete from bpnt.posting where kind = 'U'`, "I02 I03 I05 I11 I18"},
		"an outlet's money":     {`update bpnt.posting set to_id = 99 where kind = 'R'`, "I01 I11 I18"},
		"a balance":             {`update bpnt.purse set balance = balance - 1`, "I02 I03"},
		"a flush's digest":      {`update bpnt.flush set digest = sha256('x') where no = 1 and bucket = 0`, "I18"},
		"a flush removed":       {`delete from bpnt.flush where no = 2 and bucket = 0`, "I18"},
		"the chain removed":     {`delete from bpnt.flush; update bpnt.bucket set flush_no = 0, digest = sha256('bpnt')`, "I18"},
		"the head":              {`update bpnt.bucket set digest = sha256('x') where id = 0`, "I18"},
		"a tombstone removed":   {`delete from bpnt.message where outcome = 5`, "I08"},
		"an original removed":   {`delete from bpnt.message where class = 'R' and outcome = 1`, "I05 I08"},
		"a reversal undone":     {`delete from bpnt.message where class = 'r' and outcome = 2`, "I05"},
		"a period closed early": {`update bpnt.tranche set status = 'pending'`, "I17"},
		"a control total":       {`update bpnt.tranche set funded = funded + 1`, "I21"},
		"a purse thawed":        {`update bpnt.purse set state = 'F'`, "I02"},
		"the counter set back":  {`update bpnt.bucket set message_no = 1 where id = 0`, "I20"},
		"a grant raised":        {`update bpnt.purse set granted = granted + 1`, "I02"},
		"a bucket removed":      {`delete from bpnt.bucket where id = 0`, "I18 I20"},
		"a statement's chain":   {`update bpnt.posting set previous = null where kind = 'U'`, "I02 I18"},
		"a statement's end":     {`update bpnt.purse set before_message = before_message - 1`, "I02"},
		"a flush's time":        {`update bpnt.flush set at = at - interval '1 day' where no = 1 and bucket = 0`, "I18"},
		"a purse's tranche":     {`update bpnt.purse set tranche = tranche + 1`, "I21"},
		"a control count":       {`update bpnt.tranche set purses = purses + 1`, "I21"},
		"an order's total":      {`update bpnt.disbursement set total = total + 1`, "I21"},
		"a terminal's place":    {`delete from bpnt.stay`, "I19"},
		"a family's region":     {`insert into bpnt.family_move select bucket, id, now(), 3171, 3175 from bpnt.family`, "I19"},
		"a kind": {`alter table bpnt.posting drop constraint posting_check;
			update bpnt.posting set kind = 'X' where kind = 'U'`, "I01 I03 I05 I11 I18"},
	}
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	b.post(b.redeem(card, 1, 10_000))
	b.post(b.reverse(card, 1, 10_000))
	b.post(b.reverse(card, 2, 10_000))
	b.audit()
	for name, test := range tampering {
		t.Run(name, func(t *testing.T) {
			var broken []string
			for _, c := range b.auditAfter(test.sql).Checked {
				if c.Violations > 0 {
					broken = append(broken, c.Invariant)
				}
			}
			if got := strings.Join(broken, " "); got != test.invariants {
				t.Errorf("broken: %s, want %s", got, test.invariants)
			}
		})
	}
	b.audit()
}

// auditAfter audits what somebody with the owner's power did behind our back, which is rolled back then.
func (b *books) auditAfter(sql string) (report AuditReport) {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.url)
	b.must(0, err)
	defer conn.Close(context.WithoutCancel(b.t.Context()))
	rollback := errors.New("rolled back")
	err = pgx.BeginFunc(b.t.Context(), conn, func(tx pgx.Tx) error {
		for _, table := range []string{"posting", "message", "flush", "stay"} {
			sql = "alter table bpnt." + table + " disable trigger user; " + sql
		}
		if _, err := tx.Conn().PgConn().Exec(b.t.Context(), sql).ReadAll(); err != nil {
			return err
		}
		a, err := newAudit(b.t.Context(), tx, nil)
		if err != nil {
			return err
		}
		err = a.work(b.t.Context(), tx)
		report.take(a.checks)
		return errors.Join(err, rollback)
	})
	if !errors.Is(err, rollback) {
		b.t.Fatal(err)
	}
	return report
}

// forge writes marks anew from the books for flushes of bucket 0 from p_from to p_to, and their digests too where asked,
// as somebody would who knows the chain.
const forge = `create function pg_temp.forge(p_from bigint, p_to bigint, p_digest boolean) returns void language plpgsql as $$
	declare f bpnt.flush; v_text text; v_marks bytea;
	begin
		for f in select * from bpnt.flush where bucket = 0 and no between p_from and p_to order by no loop
			select string_agg(t, ''), string_agg(bpnt.posting_mark(t), '') into v_text, v_marks
			  from (select bpnt.posting_text(p) as t from bpnt.posting p where p.bucket = 0
			        and p.message between f.first_message and f.last_message order by p.message, p.line) p;
			update bpnt.flush l set marks = v_marks, digest = case when not p_digest then l.digest else sha256(
				(select digest from bpnt.flush where bucket = 0 and no = f.no - 1)
				|| convert_to(bpnt.flush_text(f) || v_text, 'UTF8')) end
			 where bucket = 0 and no = f.no;
		end loop;
	end $$; `

// TestAuditNamesTheTouchedRow: in the middle of a flush of fifty postings, the one that was touched by hand; and whoever
// covers his tracks is found at the first place that he did not cover.
func TestAuditNamesTheTouchedRow(t *testing.T) {
	const families = 50 // disbursed by postings 1 to 50 in flush 1, redeemed by 51 to 100 in flush 2, 101 to 150 in flush 3
	const change = `update bpnt.posting set amount = amount + 1 where message = 75; `
	const unproved = "its digest is not that of its postings and the flush before"
	b := newBooks(t)
	requests := make([]Request, families)
	for i := range requests {
		card := pan(fmt.Sprint("touched", i), 0)
		b.family(int64(i+1), card)
		requests[i] = b.redeem(card, int32(i), 1_000)
	}
	b.disburse(testPeriod, testGrant)
	for range 2 {
		b.batch(0, requests...)
		for i := range requests {
			requests[i].STAN += families
		}
	}
	b.audit()
	for name, test := range map[string]struct{ sql, says string }{
		"changed":           {change, "bucket 0, flush 2: posting 75/1 was changed"},
		"its neighbour too": {change + `update bpnt.posting set batch = 9 where message = 76`, "bucket 0, flush 2: posting 75/1 was changed"},
		"removed":           {`delete from bpnt.posting where message = 75`, "bucket 0, flush 2: the posting after 74/1 and before 76/1 is gone"},
		"the first removed": {`delete from bpnt.posting where message = 51`, "bucket 0, flush 2: the posting after the start and before 52/1 is gone"},
		"the last removed":  {`delete from bpnt.posting where message = 100`, "bucket 0, flush 2: its last postings are gone"},
		"all removed":       {`delete from bpnt.posting where message between 51 and 100`, "bucket 0, flush 2: its last postings are gone"},
		"added": {`insert into bpnt.posting select message, from_id, to_id, amount, previous, period, business_date, batch, bucket,
			2, programme, kind, from_kind, to_kind from bpnt.posting where message = 75`, "bucket 0, flush 2: posting 75/2 was added"},
		"added after the end": {`insert into bpnt.posting select 999, from_id, to_id, amount, previous, period, business_date, batch,
			bucket, 1, programme, kind, from_kind, to_kind from bpnt.posting where message = 75`, "posting 0/999/1 is in no flush"},
		"a time":            {`update bpnt.flush set at = at + interval '1 second' where no = 2`, "bucket 0, flush 2: " + unproved},
		"marks forged":      {change + `select pg_temp.forge(2, 2, false)`, "bucket 0, flush 2: " + unproved},
		"its digest forged": {change + `select pg_temp.forge(2, 2, true)`, "bucket 0, flush 3: " + unproved},
		"all but the head":  {change + `select pg_temp.forge(2, 3, true)`, "bucket 0: its head is not the digest of flush 3"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range b.auditAfter(forge + test.sql).Checked {
				if c.Invariant == "I18" && (len(c.Examples) != 1 || c.Examples[0] != test.says) {
					t.Errorf("the audit says %q, want %q", c.Examples, test.says)
				}
			}
		})
	}
	b.audit()
}

// TestMarkIsStable: marks that an older Postgres wrote are read by the next one.
func TestMarkIsStable(t *testing.T) {
	b := newBooks(t)
	const line = "75|1|R|P|3171000000001|O|1|1|202611|1000|9825|1|25\n"
	var mark string
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select encode(bpnt.posting_mark($1), 'hex')`, line).Scan(&mark))
	if mark != "10f750ec" {
		t.Errorf("mark %s", mark)
	}
}

// TestAuditWhileBooksMove: every snapshot of the books is right, while families redeem and reverse in both buckets and
// the office disburses, expires, freezes and returns, a month in each round.
func TestAuditWhileBooksMove(t *testing.T) {
	const months, families = 8, 40
	b := newBooks(t)
	b.rule(`r.unspent := 'expire_at_next'; r.freeze_days := 20; r.return_days := 5`)
	cards := make([]PANKey, families)
	for i := range cards {
		cards[i] = pan(fmt.Sprint("moving", i), byte(i%2))
		b.family(int64(i+1), cards[i])
	}
	var clock atomic.Pointer[time.Time]
	clock.Store(&b.now)
	done := make(chan struct{})
	var wait sync.WaitGroup
	for bucket := range int16(2) {
		tid := fmt.Sprintf("MOVING0%d", bucket)
		b.addTerminal(tid)
		wait.Go(func() { b.shopUntil(done, tid, bucket, cards, &clock) })
	}
	wait.Go(func() {
		defer close(done)
		for month := range months {
			b.officeMonth(twelve[month], &clock)
		}
	})
	audits := 0
	for moving := true; moving; audits++ {
		select {
		case <-done:
			moving = false
		default:
			b.audit()
		}
	}
	wait.Wait()
	report := b.audit()
	var kinds string
	b.must(0, b.operator.pool.QueryRow(t.Context(), `select string_agg(distinct kind::text, '') from bpnt.posting`).Scan(&kinds))
	t.Logf("%d audits, %d postings of kinds %s, %d redemptions, %d reversals", audits, report.Postings, kinds, report.Redemptions, report.Reversals)
	if kinds != "DFRUXY" || audits < 3 {
		t.Errorf("%d audits of postings %s: not everything moved", audits, kinds)
	}
}

// shopUntil posts batches of redemptions of a bucket's families, every other one reversed in the next batch. Every fifth
// family never shops.
func (b *books) shopUntil(done <-chan struct{}, tid string, bucket int16, cards []PANKey, clock *atomic.Pointer[time.Time]) {
	for stan := int32(1); ; stan++ {
		select {
		case <-done:
			return
		default:
		}
		var requests []Request
		for i, card := range cards {
			if b.gateway.BucketOf(card) != bucket || i%5 == 0 {
				continue
			}
			r := b.redeem(card, stan, 1_000)
			if stan%2 == 0 {
				r = b.reverse(card, stan-1, 1_000)
			}
			r.TID = tid
			requests = append(requests, r)
		}
		if _, err := b.gateway.postAt(b.t.Context(), bucket, requests, *clock.Load()); err != nil {
			b.t.Error(err)
			return
		}
	}
}

// officeMonth opens a period, freezes what nobody touched of it, and returns what was frozen.
func (b *books) officeMonth(period int32, clock *atomic.Pointer[time.Time]) {
	ctx := b.t.Context()
	later := func(days int) *Ledger {
		at := clock.Load().AddDate(0, 0, days)
		clock.Store(&at)
		return b.operator.at(at)
	}
	_, err := later(1).Disburse(ctx, Disbursement{Programme: 1, Period: period, AmountIDR: testGrant})
	_, freezeErr := later(21).Freeze(ctx, Sweep{Reason: "nobody came"})
	_, returnErr := later(6).Return(ctx, Sweep{Reason: "nobody came back"})
	if err := errors.Join(err, freezeErr, returnErr); err != nil {
		b.t.Error(err)
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	b := newBooks(t)
	for url, sentence := range map[string]string{
		"no url at all": "cannot be read",
		strings.Replace(b.url, "test_", "no_", 1): "no such database",
		"postgres://localhost:1/x":                "does not answer",
	} {
		_, err := Open(t.Context(), Options{URL: url, Role: RoleGateway})
		if err == nil || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}

func TestMigrateTwice(t *testing.T) {
	b := newBooks(t)
	b.must(0, Migrate(t.Context(), b.url, MigrateOptions{KeyFingerprint: "test"}))
	for want, o := range map[string]MigrateOptions{
		"2 buckets": {Buckets: 3, KeyFingerprint: "test"}, "another keystore": {KeyFingerprint: "other"},
	} {
		if err := Migrate(t.Context(), b.url, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestDisburseOnce(t *testing.T) {
	b := newBooks(t)
	b.family(1, pan("a", 0))
	b.family(2, pan("b", 1))
	first, err := b.operator.Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod, AmountIDR: testGrant})
	b.must(0, err)
	b.family(3, pan("c", 1))
	second, err := b.operator.Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod, AmountIDR: testGrant})
	b.must(0, err)
	if first.Funded != 2 || second.Funded != 1 || second.Before != 2 {
		t.Errorf("%+v %+v", first, second)
	}
	_, err = b.operator.Disburse(t.Context(), Disbursement{Programme: 1, Period: testPeriod, AmountIDR: testGrant + 1})
	if err == nil || !strings.Contains(err.Error(), "110000") {
		t.Errorf("another amount: %v", err)
	}
	b.audit()
}

func TestUnregisteredTerminal(t *testing.T) {
	b := newBooks(t)
	card := pan("a", 0)
	b.family(1, card)
	b.disburse(testPeriod, testGrant)
	r := b.reverse(card, 1, 10_000)
	r.TID = "NEWCOMER"
	b.want("a reversal is heard all the same", b.post(r), OutcomeReversalUnmatched)
	sale := b.redeem(card, 1, 10_000)
	sale.TID = "NEWCOMER"
	b.want("its original is blocked", b.post(sale), OutcomeBlocked)
	other := sale
	other.STAN = 2
	b.want("a sale is not", b.post(other), OutcomeTerminalUnknown)
	if _, err := b.gateway.Terminal(t.Context(), b.link, "NEWCOMER"); !errors.Is(err, ErrNotFound) {
		t.Errorf("keys of an unregistered terminal: %v", err)
	}
	b.addTerminal("NEWCOMER")
	b.want("its tombstone outlives the registration", b.post(sale), OutcomeBlocked)
	b.audit()
}
