package gateway

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bpnt/iso"
)

const leastLink = "[[link]]\nname = \"edc\"\nlisten = \"127.0.0.1:0\"\n[link.dialect]\namount_decimals = 2\npan_pad = \"left\"\n"

func TestLeastConfigIsTheDefault(t *testing.T) {
	got, err := ParseConfig([]byte(leastLink))
	if err != nil {
		t.Fatal(err)
	}
	want := DefaultConfig()
	want.Links[0].Listen = "127.0.0.1:0"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-default +file)\n%s", diff)
	}
	if m := DefaultConfig().mistakes(); len(m) > 0 {
		t.Errorf("the default has mistakes: %q", m)
	}
}

func TestExampleFiles(t *testing.T) {
	c, err := LoadConfig("../deploy/links-indonesia.toml")
	if err != nil {
		t.Fatal(err)
	}
	l := c.Links[0]
	if l.Dialect.TPDU != iso.TPDUEcho || l.PIN != PINOff || slices.Contains(l.Answers.Purchase, 38) {
		t.Errorf("links-indonesia.toml: %+v", l)
	}
	c, err = LoadConfig("../deploy/links.toml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(DefaultConfig(), c); diff != "" {
		t.Errorf("links.toml (-default +file)\n%s", diff)
	}
}

// TestExampleAccounts takes the comment signs off the accounts of links.toml.
func TestExampleAccounts(t *testing.T) {
	text, err := os.ReadFile("../deploy/links.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(regexp.MustCompile(`(?m)^# (\d\d = )`).ReplaceAll(text, []byte("$1")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Accounts{"10": "PKH", "60": "BPNT"}, c.Links[0].Accounts); diff != "" {
		t.Errorf("(-want +file)\n%s", diff)
	}
}

// TestExampleShowsTheDefaults takes the comment signs off the settings of links.toml: what it says is the default has to
// be the default.
func TestExampleShowsTheDefaults(t *testing.T) {
	text, err := os.ReadFile("../deploy/links.toml")
	if err != nil {
		t.Fatal(err)
	}
	open := regexp.MustCompile(`(?m)^# ([a-z_]+ +?= )`).ReplaceAllString(string(text), "$1")
	open = regexp.MustCompile(`(?m)^(reversal_unmatched|card_blocked) .*$`).ReplaceAllString(open, "")
	c, err := ParseConfig([]byte(open))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(DefaultConfig(), c); diff != "" {
		t.Errorf("(-default +example)\n%s", diff)
	}
	for limit := range reflect.TypeFor[Limits]().Fields() {
		if key := limit.Tag.Get("toml"); !strings.Contains(string(text), "# "+key+" = ") {
			t.Errorf("links.toml does not show limits.%s", key)
		}
	}
}

func TestMistakesAreSentences(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "there is no [[link]]: the gateway would listen nowhere"},
		{leastLink + "colour = 1", `line 7: there is no setting "link.dialect.colour"`},
		{"[limits]\nspeed = 1\n" + leastLink, `line 2: there is no setting "limits.speed"`},
		{strings.Replace(leastLink, "amount_decimals = 2", "", 1), `link "edc": dialect.amount_decimals must be said: 2 on EDC links, 0 on a switch`},
		{strings.Replace(leastLink, "= 2", "= 3", 1), `link "edc": dialect: amount_decimals must be 0 or 2`},
		{strings.Replace(leastLink, `"left"`, `"up"`, 1), `link "edc": dialect: pan_pad must be left or right`},
		{strings.Replace(leastLink, `name = "edc"`, "", 1), `link "": name is missing`},
		{strings.Replace(leastLink, ":0", "", 1), `link "edc": listen must be host:port, not "127.0.0.1"`},
		{leastLink + leastLink, `link "edc": the name is used twice`},
		{"[limits]\nin_flight = 0\n" + leastLink, "limits.in_flight must be at least 1"},
		{"[limits]\nidle = \"0s\"\n" + leastLink, "limits.idle must be longer than 0s"},
		{"[limits]\nidle = \"soon\"\n" + leastLink, `"soon" is not a duration such as 10s or 5m`},
		{linkWith(`pin = "perhaps"`), `link "edc": pin must be required, if_present or off, not "perhaps"`},
		{linkWith(`mac = "perhaps"`), `link "edc": mac must be off, allow_zero or required, not "perhaps"`},
		{linkWith(`deadline = "-1s"`), `link "edc": deadline must be longer than 0s`},
		{linkWith(`shed_after = "21s"`), `link "edc": shed_after must not be longer than deadline (20s)`},
		{"[limits]\ndeclined_for = \"61s\"\n" + leastLink, "limits.declined_for must be at most 1m"},
		{linkWith(`identity_window = "3h"`), `link "edc": identity_window must be longer than a day`},
		{linkWith(`time_zone = "Asia/Batavia"`), `link "edc": time_zone: "Asia/Batavia" is not known here`},
		{leastLink + "[link.answers]\nlogon = [1, 39]", `link "edc": answers.logon: 1 is not a data element (2 to 128)`},
		{leastLink + "[link.answers]\ninquiry = [3]", `link "edc": answers.inquiry must have DE39`},
		{leastLink + "[link.answers]\npurchase = [39, 41]", `link "edc": answers.purchase must have DE11`},
		{leastLink + "[link.answers]\nrefusal = [11, 39]", `link "edc": answers.refusal must have DE41`},
		{leastLink + "[link.answers]\nnetwork = [39]", `link "edc": answers.network must have DE11`},
		{leastLink + "[link.accounts]\n1 = \"PKH\"", `link "edc": accounts: "1" is not two digits`},
		{leastLink + "[link.accounts]\nPK = \"PKH\"", `link "edc": accounts: "PK" is not two digits`},
		{leastLink + "[link.accounts]\n00 = \"BPNT\"", `link "edc": accounts: 00 names no account`},
		{leastLink + "[link.accounts]\n10 = \"\"", `link "edc": accounts.10: the programme is missing`},
		{leastLink + "[link.accounts]\n10 = 2", `line 8, column 6`},
		{leastLink + "[link.response_codes]\nlucky = \"00\"", `link "edc": response_codes: there is no outcome "lucky"`},
		{leastLink + "[link.response_codes]\nmac = \"630\"", `link "edc": response_codes.mac: "630" is not two letters or digits`},
		{"[[link]", "line 1, column"},
	} {
		_, err := ParseConfig([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}

func linkWith(setting string) string {
	return strings.Replace(leastLink, "[link.dialect]", setting+"\n[link.dialect]", 1)
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := ParseConfig([]byte(linkWith("pin = \"a\"\nmac = \"b\"") + "x = 1\n[limits]\nframe = \"0s\"\nbatch_max = 0"))
	mistakes, ok := err.(Mistakes)
	if !ok || len(mistakes) != 5 {
		t.Errorf("%d mistakes, want 5: %v", len(mistakes), err)
	}
}

func TestNoFile(t *testing.T) {
	if _, err := LoadConfig("no-such-file.toml"); err == nil || !strings.Contains(err.Error(), "no-such-file.toml") {
		t.Errorf("error %v", err)
	}
}

func TestResponseCodes(t *testing.T) {
	table, mistakes := newCodeTable(map[string]string{"card_blocked": "07"})
	if len(mistakes) > 0 || table[33] != "07" || table[51] != "51" {
		t.Errorf("table %v, mistakes %q", table, mistakes)
	}
}

func TestDurationText(t *testing.T) {
	var d Duration
	text, _ := Duration{90 * time.Second}.MarshalText()
	if err := d.UnmarshalText(text); err != nil || d.Duration != 90*time.Second {
		t.Errorf("%s gives %v, %v", text, d, err)
	}
}

// TestDangerousConfigurationIsRefused: settings that would turn refusals into food or debits into refusals, or that
// leave no time to resolve what is unknown.
func TestDangerousConfigurationIsRefused(t *testing.T) {
	for sentence, change := range map[string]func(*Config){
		"insufficient_funds: 00 is an approval": func(c *Config) {
			c.Links[0].ResponseCodes = map[string]string{"insufficient_funds": "00"}
		},
		"unavailable: 08 is an approval": func(c *Config) { c.Links[0].ResponseCodes = map[string]string{"unavailable": "08"} },
		"approved: 51 is no approval":    func(c *Config) { c.Links[0].ResponseCodes = map[string]string{"approved": "51"} },
		"shorter than a terminal":        func(c *Config) { c.Links[0].Deadline = Duration{time.Minute} },
		"longer than limits.attempt":     func(c *Config) { c.Limits.Attempt = Duration{25 * time.Second} },
		"batch_max must be at most 1000": func(c *Config) { c.Limits.BatchMax = 1001 },
	} {
		c := testConfig(change)
		if got := strings.Join(c.mistakes(), "\n"); !strings.Contains(got, sentence) {
			t.Errorf("%s: %q", sentence, got)
		}
	}
	c := testConfig(func(c *Config) { c.Links[0].ResponseCodes = map[string]string{"reversal_unmatched": "25"} })
	if found := c.mistakes(); len(found) > 0 {
		t.Errorf("25 for an unmatched reversal is a link's own business: %v", found)
	}
}
