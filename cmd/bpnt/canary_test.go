package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bpnt/loadtest/canary"
)

// TestCanary sends known card numbers, tracks, PINs and keys through the programs, right and wrong, while the database
// logs every statement, is killed, and rejects rows; then it reads all that was left behind. F53 to F55, I13.
func TestCanary(t *testing.T) {
	t.Parallel()
	c := newCanaryWorld(t)
	c.prepare()
	c.serve("text")
	c.operate()
	c.terminalDay()
	c.switchDay()
	c.lookIntoMemory() // before anybody sends a clear PIN block, which then stands where frames are read
	c.hostile()
	c.databaseAway()
	c.poisonedRow()
	if !testing.Short() {
		c.crash("SIGQUIT")
		c.serve("json", "--log-json")
		c.terminalDay()
		c.hostile()
		c.load()
		c.reports()
		c.demo()
	}
	c.pages()
	c.crash("SIGABRT")
	c.dump()
	c.look()
}

// prepare makes books whose families shop by load test, and others whose cards are the canaries.
func (c *canaryWorld) prepare() {
	c.run("", 0, "ledger", "migrate")
	c.run("", 0, "ledger", "seed", "--families", "60", "--outlets", "2")
	c.run("", 0, "ledger", "outlet", "add", "--mid", "600600600600600", "--name", "MAWAR", "--city", "Jakarta")
	c.run(hexText(canaryTPK), 0, "ledger", "terminal", "add", "--tid", "60060060", "--mid", "600600600600600", "--read-tpk")
	c.run("", 0, "ledger", "terminal", "add", "--link", "switch", "--tid", "60180001", "--mid", "DKI000000000001")
	c.run("", 0, "ledger", "terminal", "add", "--link", "secure", "--tid", "60180001", "--mid", "DKI000000000001")
	c.run(hexText(canaryZMK), 0, "ledger", "link", "key", "switch", "--reason", "test")
	for _, card := range []canaryCard{cardTyped, cardLong} {
		c.run(card.pan+"=4912\n"+canaryPIN+"\n", 0, "ledger", "card", "add", "--family", fmt.Sprint(card.family), "--name", "Ibu Siti")
	}
	c.importCards()
	c.run("", 0, "ledger", "disburse", "--amount", "900000")
}

// importCards brings cards in by files, the second of which has a card number, or a piece of one, in every wrong place.
func (c *canaryWorld) importCards() {
	c.input("regions.csv", "bpnt,regions,1,R-1,1,0\nregion,name\n3201,Bogor\n")
	c.input("families.csv", "bpnt,families,1,F-1,2,0\nfamily,name,region,bank\n3201000000001,Ibu Aminah,3201,\n3201000000002,Ibu Sri,3201,\n")
	c.input("cards.csv", fmt.Sprintf("bpnt,cards,1,C-1,2,0\nfamily,pan,expiry,status,programme\n%d,%s,204912,active,\n%d,%s,204912,active,\n",
		cardFiled.family, cardFiled.pan, cardFiledToo.family, cardFiledToo.pan))
	c.run("", 0, "ledger", "import", "regions", "--file", c.in("regions.csv"))
	c.run("", 0, "ledger", "import", "families", "--file", c.in("families.csv"), "--cards", c.in("cards.csv"), "--json")
	u := cardUnknown.pan
	c.input("wrong-families.csv", "bpnt,families,1,F-2,4,0\nfamily,name,region,bank\n"+
		"9,Ibu "+u+",3201,\n"+u+",Ibu Sri,3201,\n10,Ibu Sri,"+u+",\n11,Ibu Sri,3201,"+u+"\n")
	c.input("wrong-cards.csv", "bpnt,cards,1,C-2,5,0\nfamily,pan,expiry,status,programme\n"+
		u+","+u+",204912,active,\n"+
		"7,"+u[:15]+"x,204912,active,\n"+
		"7,204912,"+u+",active,\n"+
		"7,"+u+",204912,"+u+",\n"+
		"7,"+u+",204912,active,"+u+",more\n")
	c.input("wrong-order.csv", "bpnt,disbursement,1,P-1,1,200000\nfamily,programme,period,amount\n"+u+","+u+","+u+","+u+"\n")
	c.run("", statusTrouble, "ledger", "import", "families", "--file", c.in("wrong-families.csv"))
	c.run("", statusTrouble, "ledger", "import", "cards", "--file", c.in("wrong-cards.csv"), "--json")
	c.run("", statusTrouble, "ledger", "disburse", "--file", c.in("wrong-order.csv"))
}

// operate is what operators do with cards, and what they type where it does not belong.
func (c *canaryWorld) operate() {
	pan := func(card canaryCard) string { return card.pan + "\n" }
	c.run(pan(cardFiled)+canaryPIN+"\n", 0, "ledger", "card", "pin", "--reason", "PIN mailer 1")
	c.run(pan(cardFiled), 0, "ledger", "card", "block", "--reason", "held by the outlet")
	c.run(pan(cardFiled), 0, "ledger", "card", "unblock", "--reason", "came to the branch")
	c.run(pan(cardFiledToo)+cardNext.pan+"=4912\n"+canaryPIN+"\n", 0, "ledger", "card", "replace", "--because", "lost", "--reason", "police letter")
	c.run(pan(cardTyped), 0, "ledger", "card", "show", "--json")
	c.run(pan(cardUnknown), statusTrouble, "ledger", "card", "show")
	c.run(cardUnknown.pan[:15]+"x\n", statusUsage, "ledger", "card", "show")
	c.run(cardUnknown.pan+"=4913x\n", statusUsage, "ledger", "card", "add", "--family", "7")
	c.run(cardUnknown.pan+"=4912\n"+canaryWrongPIN+"\n", statusUsage, "ledger", "card", "add", "--family", "7")
	c.run(hexText(canaryTPK)[:31]+"\n", statusUsage, "ledger", "terminal", "key", "60060060")
	c.run(pan(cardFiled), statusTrouble, "ledger", "card", "block", "--reason", "card "+cardUnknown.pan)
	c.run(pan(cardFiled), statusUsage, "ledger", "card", "block", "--reason", "lost", cardUnknown.pan)
	c.run("", statusTrouble, "ledger", "family", "rename", "7", "--name", "Ibu "+cardUnknown.pan, "--reason", "KTP")
	c.run("", statusTrouble, "ledger", "outlet", "set", "600600600600600", "--name", cardUnknown.pan, "--reason", "sign")
}

// terminalDay is every command of a terminal, with right and wrong cards.
func (c *canaryWorld) terminalDay() {
	edc := func(stdin string, status int, args ...string) {
		c.run(stdin, status, append([]string{"edc", args[0], "--profile", c.in("edc.json"), "--timeout", "10s"}, args[1:]...)...)
	}
	typed := func(track, pin string) string { return track + "\n" + pin + "\n" }
	edc("", 0, "logon")
	edc("", 0, "balance", "--json")
	for number := range 3 {
		edc("", 0, "purchase", "--card", strconv.Itoa(number), "--amount", "1500")
	}
	edc("", 0, "reverse", "--json")
	edc("", 0, "purchase", "--amount", "2500")
	edc("", 0, "void")
	edc("", 1, "cash", "--amount", "1000")
	edc("", 1, "advice", "--amount", "500")
	edc("", 1, "purchase", "--card", "5", "--amount", "1000")
	edc("", 1, "purchase", "--card", "6", "--amount", "1000")
	edc(typed(cardLong.track(), canaryPIN), 0, "purchase", "--type-card", "--amount", "700")
	edc(typed(cardLong.track(), canaryWrongPIN[:9]), 1, "balance", "--type-card")
	edc(typed(cardTyped.pan+"=49", canaryPIN), anyStatus, "balance", "--type-card")
	edc(typed(cardTyped.pan+"x4912", canaryPIN), 2, "balance", "--type-card")
	edc(typed(cardTyped.track(), "95173628x"), 2, "balance", "--type-card")
	edc("", 0, "journal", "--json")
	edc("", 0, "settle", "--lose", "1")
	edc("", 0, "day", "--json", "--amount", "1200")
	c.run(cardTyped.pan+"\n", anyStatus, "ledger", "card", "unblock", "--reason", "wrong PINs")
}

// switchDay is a bank's day over three kinds of links.
func (c *canaryWorld) switchDay() {
	c.input("zmk", hexText(canaryZMK))
	state := filepath.Join(c.evidence, "switch.json")
	c.run("", 0, "switch", "--connect", c.listening, "--state", state, "--zmk-file", c.in("zmk"), "--mac", "--probe", "--json")
	c.run("", 0, append([]string{"switch", "--connect", c.secured, "--state", state + ".secure", "--first-card", "40"}, c.certificates...)...)
	c.run("", anyStatus, "switch", "--connect", c.secured, "--ca", filepath.Join(c.dir, "ca.pem"), "--state", state+".nobody", "--timeout", "5s")
}

// load is the load test with everything that it can write. The terminals' card numbers are the second net's.
func (c *canaryWorld) load() {
	c.run("", 0, "loadtest", "--addr", c.edc, "--families", "60", "--outlets", "2", "--duration", "1s", "--warmup", "0s",
		"--workload", "realistic", "--json", "--report", filepath.Join(c.evidence, "loadtest.html"), "--admin", c.admin)
}

// demo is the program that people run first, with books of its own that it leaves behind.
func (c *canaryWorld) demo() {
	dir := filepath.Join(c.dir, "demo")
	c.inputs = append(c.inputs, filepath.Join(dir, "edc.json"), filepath.Join(dir, "keys", "master.key"))
	c.run("", 0, "demo", "--data-dir", dir, "--families", "60", "--outlets", "2", "--duration", "1s", "--warmup", "0s", "--json")
}

// pages keeps what the admin pages say. There is no page that shows memory.
func (c *canaryWorld) pages() {
	for _, page := range []string{"metrics", "healthz", "readyz"} {
		c.fetch(page, http.StatusOK)
	}
	for _, page := range []string{"debug/pprof/", "debug/pprof/heap", "debug/vars", "debug/pprof/cmdline"} {
		c.fetch(page, http.StatusNotFound)
	}
}

// reports is all that the books can say.
func (c *canaryWorld) reports() {
	for _, report := range []string{
		"realisation --period 202611", "untouched --period 202611", "outlets", "outlet 600600600600600", "family 7", "declines",
		"dormancy", "disbursements", "receivables", "exceptions", "flags",
	} {
		for _, format := range []string{"table", "json", "csv"} {
			c.run("", anyStatus, append(append([]string{"ledger", "report"}, strings.Fields(report)...), "--format", format)...)
		}
	}
	for _, command := range []string{
		"audit --json", "batch list", "batch show 1", "exceptions list", "family show 7", "terminal show 60060060", "link list", "size",
		"outlet show 600600600600600", "programme list",
	} {
		c.run("", 0, append([]string{"ledger"}, strings.Fields(command)...)...)
	}
}

// look reads everything that was left behind, but for the files that hold the secrets by their nature: what was typed
// in, the terminal's set-up, and the master key.
func (c *canaryWorld) look() {
	secrets := append(append(cardSecrets(), clearPINs()...), encryptedPINs(c.t)...)
	scanner := canary.NewScanner(canaryIssuers, append(secrets, keySecrets(c.t, filepath.Join(c.dir, "keys"))...)...)
	allowed := append(c.inputs, filepath.Join(c.dir, "keys", "master.key"))
	if err := scanner.Folder(c.dir, oneOf(allowed)); err != nil {
		c.t.Fatal(err)
	}
	for _, hit := range scanner.Hits[:min(len(scanner.Hits), 20)] {
		c.t.Error(hit)
	}
	if scanner.Places < 300 || scanner.Bytes < 30<<20 {
		c.t.Error("too little was read")
	}
	c.t.Logf("left behind: %v", scanner)
}

func oneOf(paths []string) func(string) bool {
	named := map[string]bool{}
	for _, p := range paths {
		named[p] = true
	}
	return func(path string) bool { return named[path] }
}

func hexText(key []byte) string { return fmt.Sprintf("%X\n", key) }
