package ledger

import (
	"errors"
	"strings"
	"testing"

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
		"a posting removed":     {`delete from bpnt.posting where kind = 'U'`, "I02 I03 I05 I11 I18 I19"},
		"an outlet's money":     {`update bpnt.posting set to_id = 99 where kind = 'R'`, "I01 I11 I18"},
		"a balance":             {`update bpnt.purse set balance = balance - 1`, "I02 I03"},
		"a flush's digest":      {`update bpnt.flush set digest = sha256('x') where no = 1 and bucket = 0`, "I18"},
		"a flush removed":       {`delete from bpnt.flush where no = 2 and bucket = 0`, "I18"},
		"the head":              {`update bpnt.bucket set digest = sha256('x') where id = 0`, "I18"},
		"a tombstone removed":   {`delete from bpnt.message where outcome = 5`, "I08"},
		"an original removed":   {`delete from bpnt.message where class = 'R' and outcome = 1`, "I05 I08"},
		"a reversal undone":     {`delete from bpnt.message where class = 'r' and outcome = 2`, "I05"},
		"a period closed early": {`update bpnt.tranche set status = 'pending'`, "I17"},
		"a control total":       {`update bpnt.tranche set funded = funded + 1`, "I21"},
		"a purse thawed":        {`update bpnt.purse set state = 'F'`, "I02"},
		"the counter set back":  {`update bpnt.bucket set message_no = 1 where id = 0`, "I20"},
		"a grant raised":        {`update bpnt.purse set granted = granted + 1`, "I20"},
		"a bucket removed":      {`delete from bpnt.bucket where id = 0`, "I18 I20"},
		"a statement's chain":   {`update bpnt.posting set previous = null where kind = 'U'`, "I18 I19"},
	}
	for name, test := range tampering {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t)
			card := pan("a", 0)
			b.family(1, card)
			b.disburse(testPeriod, testGrant)
			b.post(b.redeem(card, 1, 10_000))
			b.post(b.reverse(card, 1, 10_000))
			b.post(b.reverse(card, 2, 10_000))
			b.audit()
			b.asOwner(`alter table bpnt.posting disable trigger user; alter table bpnt.message disable trigger user;
				alter table bpnt.flush disable trigger user; ` + test.sql)
			report, err := b.operator.Audit(t.Context(), nil)
			b.must(0, err)
			var broken []string
			for _, c := range report.Checked {
				if c.Violations > 0 {
					broken = append(broken, c.Invariant)
				}
			}
			if got := strings.Join(broken, " "); got != test.invariants {
				t.Errorf("broken: %s, want %s", got, test.invariants)
			}
		})
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
