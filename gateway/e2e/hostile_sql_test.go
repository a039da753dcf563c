package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"bpnt/iso"
)

// injections are cut to the length of the field that they go into.
var injections = []string{
	"';--", "' OR 1=1", "\\'; x", "$1::int", "$$;$$", "%s%n", "';DROP", "\x00'", "/*", "'||'", "1;COMMIT", "\"posting\"; delete from bpnt.posting",
}

// statement finds what a session of ours was asked to do, in Postgres's log.
var statement = regexp.MustCompile(`(?m)^\S+ \S+ UTC \[\d+\] bpnt\S* \S* ?LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)`)

// TestSQLInFields: whatever stands in the fields that reach the books as text, the statements that the gateway makes stay
// the same few, none of which holds a value of a message (F56).
func TestSQLInFields(t *testing.T) {
	texts := injections
	if testing.Short() {
		texts = texts[:4]
	}
	w, s := ownServer(t, nil)
	c := w.family()
	w.disburse()
	w.asOwner("alter system set log_statement = 'all'")
	w.asOwner("select pg_reload_conf()")
	stan, sent := int32(0), 0
	day := func(tid, mid, batch, private string) {
		t.Helper()
		e := w.dial()
		who := terminal(tid)
		who.MID, who.Batch = mid, batch
		for _, o := range dayOf(w, who, c, stan, private) {
			frame, err := e.codec.EncodeRequest(nil, &o)
			if err != nil {
				continue // a field has no such characters
			}
			e.send(frame)
			sent++
			if _, _, err := e.receive(5 * time.Second); err != nil {
				e = w.dial() // it was no message of this link
			}
		}
		stan += 10
		_ = e.Close()
	}
	day(testTID, testMID, "000001", "")
	day("NOBODY01", testMID, "000001", "private")
	before := statements(t, s.dir)
	if len(before) < 3 {
		t.Fatalf("%d statements are in the log: it tells nothing", len(before))
	}
	for _, text := range texts {
		padded := fmt.Sprintf("%-15s", text)
		day(padded[:8], testMID, "000001", text)
		day(testTID, padded[:15], "000001", text)
		day(testTID, testMID, padded[:6], text)
	}
	if sent < 10*len(texts) {
		t.Errorf("%d messages could be sent with them", sent)
	}
	for made := range statements(t, s.dir) {
		if !before[made] {
			t.Errorf("a statement that was not made before: %q", made)
		}
	}
	w.audit()
}

// dayOf is one message of each kind that carries text to the books.
func dayOf(w *world, who iso.Terminal, c card, stan int32, private string) []iso.Outgoing {
	sale := who.Purchase(stan+1, c.track2, 1, block(w.t, c, testPIN), fmt.Sprintf("%06d", stan+1))
	if private != "" {
		sale.Fields, sale.Key = sale.Fields.With(48), iso.Opaque(private)
	}
	return []iso.Outgoing{
		sale, who.Inquiry(stan+2, c.track2, block(w.t, c, testPIN)), who.Reversal(sale), who.Settlement(stan+4, iso.Totals{N: 2}), who.Logon(stan + 5),
	}
}

// statements are those that sessions of ours made, each once.
func statements(t *testing.T, dir string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, found := range statement.FindAllSubmatch(text, -1) {
		made[string(found[1])] = true
	}
	return made
}
