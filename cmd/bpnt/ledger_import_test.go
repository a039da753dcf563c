package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"bpnt/ledger"
)

// filedCard is the card of the office's family 41, which a file brings; mark is what no output may have of it.
const (
	filedCard  = "9999120000000414"
	canaryMark = "991200000004"
)

// with runs a command with its standard input; the words are given apart, since names have spaces.
func (o *office) with(stdin string, args ...string) result {
	o.t.Helper()
	r := bpnt(o.t, stdin, append(args, "--data-dir", o.dir)...)
	if said := r.out + r.err; strings.Contains(said, canaryMark) || strings.Contains(said, "goroutine") {
		o.t.Errorf("bpnt %v says:\n%s", args, said)
	}
	return r
}

// says fails the test unless the command ends with this status and says this.
func (o *office) says(status int, says, stdin string, args ...string) string {
	o.t.Helper()
	r := o.with(stdin, args...)
	if r.status != status || !strings.Contains(r.out+r.err, says) {
		o.t.Errorf("bpnt %v: status %d, should say %q:\n%s%s", args, r.status, says, r.out, r.err)
	}
	return r.out
}

func TestImport(t *testing.T) {
	o := newOffice(t)
	families := o.file("families.csv", "bpnt,families,1,F-1,2,0\nfamily,name,region,bank\n41,Ibu Siti,3172,\n42,Ibu Sri,3173,9\n")
	cards := "bpnt,cards,1,C-1,1,0\nfamily,pan,expiry,status,programme\n"
	open := o.file("open.csv", cards+"41,"+filedCard+",204912,active,\n")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	bad := o.file("bad.csv", cards+"41,"+filedCard[:15]+"1,204912,active,\n")
	good := o.file("cards.csv", cards+"41,"+filedCard+",204912,active,\n")

	o.says(2, "chmod 600", "", "ledger", "import", "cards", "--file", open)
	o.says(2, "cannot be read", "", "ledger", "import", "families", "--file", "/nowhere")
	o.says(2, "--cards goes with families", "", "ledger", "import", "cards", "--file", good, "--cards", good)
	o.says(2, "--new-links goes with terminals", "", "ledger", "import", "cards", "--file", good, "--new-links")
	o.says(2, "must be one of", "", "ledger", "import", "nonsense", "--file", good)
	o.says(1, `a file of "families"`, "", "ledger", "import", "regions", "--file", families)
	o.says(0, "2 would be added", "", "ledger", "import", "families", "--file", families, "--cards", good, "--dry-run")
	o.says(1, "family 41 is not in the books", "", "ledger", "family", "show", "41")
	o.says(1, "1 faults, nothing was changed", "", "ledger", "import", "families", "--file", families, "--cards", bad)
	rejects, err := os.ReadFile(bad + ".rejects.csv")
	if err != nil || string(rejects) != "line,reason\n3,the card number's check digit is wrong\n" {
		t.Errorf("%s %v", rejects, err)
	}
	o.says(0, "2 added, 0 changed", "", "ledger", "import", "families", "--file", families, "--cards", good)
	var reports []ledger.ImportReport
	out := o.says(0, "same", "", "ledger", "import", "cards", "--file", good, "--json")
	if err := json.Unmarshal([]byte(out), &reports); err != nil || len(reports) != 1 || reports[0].Same != 1 {
		t.Errorf("%s %v", out, err)
	}
	o.says(0, "none", "", "ledger", "family", "show", "41")
}

// TestImportAreas brings in the rest, in the order in which an empty ledger takes it.
func TestImportAreas(t *testing.T) {
	o := newOffice(t)
	for kind, text := range map[string]string{
		"regions": "bpnt,regions,1,R-1,1,0\nregion,name\n3201,Bogor\n",
		"banks":   "bpnt,banks,1,B-1,1,0\nbank,code,name\n2,BRI,Bank Rakyat Indonesia\n",
	} {
		o.says(0, "1 added", "", "ledger", "import", kind, "--file", o.file(kind+".csv", text))
	}
	outlets := o.file("outlets.csv", "bpnt,outlets,1,O-1,1,0\nmid,name,city,kind,region,bank,operator,status,account,account_holder\nBGR1,E-WARONG MAWAR,Bogor,kube_jasa,3201,2,,registered,0123456789,\n")
	o.says(0, "1 added", "", "ledger", "import", "outlets", "--file", outlets)
	terminals := o.file("terminals.csv", "bpnt,terminals,1,T-1,1,0\nlink,tid,mid,status\nswitch,BGR00001,BGR1,active\n")
	o.says(1, "the link is not in the books", "", "ledger", "import", "terminals", "--file", terminals)
	o.says(0, "1 added", "", "ledger", "import", "terminals", "--file", terminals, "--new-links")

	o.says(0, "active since", "", "ledger", "outlet", "activate", "BGR1")
	o.says(0, "E-WARONG DAHLIA", "", "ledger", "outlet", "set", "BGR1", "--name", "E-WARONG DAHLIA", "--reason", "new sign")
	o.says(0, "BGR00001", "", "ledger", "outlet", "show", "BGR1")
	o.says(1, "can be active only where it is registered or suspended", "", "ledger", "outlet", "activate", "BGR1")
	o.says(0, "without a PIN key", "", "ledger", "terminal", "show", "BGR00001", "--link", "switch")
	o.says(0, "with a PIN key", "00112233445566778899AABBCCDDEEFF\n", "ledger", "terminal", "key", "BGR00001", "--link", "switch")
	o.says(0, "suspended", "", "ledger", "terminal", "suspend", "BGR00001", "--link", "switch", "--reason", "missing")
	o.says(0, "active", "", "ledger", "terminal", "activate", "BGR00001", "--link", "switch")
	o.says(0, "from outlet BGR1 to DKI000000000001", "", "ledger", "terminal", "move", "BGR00001", "--link", "switch", "--mid", "DKI000000000001", "--reason", "lent")
	o.says(1, "link edc has no terminal BGR00001", "", "ledger", "terminal", "show", "BGR00001")
	o.says(0, "suspended", "", "ledger", "outlet", "suspend", "BGR1", "--reason", "sold soap")
	o.says(0, "closed", "", "ledger", "outlet", "close", "BGR1", "--reason", "struck off")
	o.says(1, "no outlet has MID NONE", "", "ledger", "outlet", "show", "NONE")
	o.ok("ledger audit")
}

// TestCardLife: an operator's commands, from the family without a card to the card that replaced the lost one.
func TestCardLife(t *testing.T) {
	o := newOffice(t)
	card := func(verb string, args ...string) []string { return append([]string{"ledger", "card", verb}, args...) }
	o.says(0, "Ibu Siti, Jakarta Timur", "", "ledger", "family", "add", "41", "--name", "Ibu Siti", "--region", "3172")
	o.says(1, "already", "", "ledger", "family", "add", "41", "--name", "Ibu Siti", "--region", "3172")
	o.says(0, "Jakarta Pusat", "", "ledger", "family", "move", "41", "--region", "3173", "--reason", "moved house")
	o.says(0, "Ibu Siti Aminah", "", "ledger", "family", "rename", "41", "--name", "Ibu Siti Aminah", "--reason", "as on the KTP")
	o.says(0, "given to family 41", filedCard+"=4912\n123456\n", card("add", "--family", "41", "--inactive")...)
	o.says(0, "inactive", filedCard, card("show")...)
	o.says(1, "activate it first", filedCard, card("block", "--reason", "x")...)
	o.says(0, "active", filedCard, card("activate")...)
	o.says(2, "--reason", filedCard, card("block")...)
	o.says(1, "what looks like a card number", filedCard, card("block", "--reason", "held: "+filedCard)...)
	o.says(0, "blocked", filedCard, card("block", "--reason", "held by the outlet", "--by", "Wahyu")...)
	o.says(0, "3 of 3 tries left", filedCard, card("unblock", "--reason", "came with KTP")...)
	o.says(0, "3 of 3 tries left", filedCard+"\n654321\n", card("pin", "--reason", "forgotten")...)
	o.says(2, "the PIN cannot be used", filedCard+"\n12\n", card("pin")...)
	successor := "9999120000000422=4912\n123456\n"
	o.says(1, "is not in the books", "4863990000001423\n"+successor, card("replace", "--because", "lost", "--reason", "x")...)
	o.says(0, "replaced by 999912XXXXXX0422", filedCard+"\n"+successor, card("replace", "--because", "lost", "--reason", "police letter 17")...)
	o.says(0, "nothing to do", filedCard+"\n"+successor, card("replace", "--because", "lost", "--reason", "police letter 17")...)
	o.says(1, "lost, for ever", filedCard, card("unblock", "--reason", "found again")...)
	o.says(0, "stolen", filedCard, card("stolen", "--reason", "police letter 18")...)
	o.says(0, "lost", "9999120000000422\n", card("lost", "--reason", "again")...)
	out := o.says(0, "Ibu Siti Aminah, Jakarta Pusat", "", "ledger", "family", "show", "41")
	for _, want := range []string{"12/2049", "WIB", "Wahyu", "held by the outlet", "lost: police letter 17", "family move", "card stolen"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing:\n%s", want, out)
		}
	}
	o.ok("ledger audit")
}

// TestHelpOfTheBooks: every command of reference data explains itself with an example.
func TestHelpOfTheBooks(t *testing.T) {
	for noun, verbs := range map[string]string{
		"card": "activate block unblock lost stolen pin replace", "family": "add move rename",
		"outlet": "show set suspend activate close", "terminal": "show move suspend activate key", "": "import",
	} {
		for verb := range strings.FieldsSeq(verbs) {
			args := strings.Fields(fmt.Sprintf("ledger %s %s", noun, verb))
			r := bpnt(t, "", append(args, "--help")...)
			example := "bpnt " + strings.Join(args, " ")
			if r.status != 0 || !strings.Contains(r.out, "  "+example) && !strings.Contains(r.out, "| "+example) {
				t.Errorf("%s --help: status %d, without an example:\n%s", example, r.status, r.out)
			}
		}
	}
}
