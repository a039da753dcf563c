package gateway

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bpnt/iso"
)

// TestEveryExampleLoads: what an operator starts from has no mistakes.
func TestEveryExampleLoads(t *testing.T) {
	files, err := filepath.Glob("../deploy/*.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d example files, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := LoadConfig(file); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestExampleSwitch(t *testing.T) {
	c, err := LoadConfig("../deploy/links-switch.toml")
	if err != nil {
		t.Fatal(err)
	}
	first, second := c.Links[0], c.Links[1]
	if first.dials() || first.Switch.SignOn != SignOnThem || first.TLS.Bind != BindNames || first.Dialect.Length != iso.LengthASCII4 {
		t.Errorf("the first link: %+v", first)
	}
	if !second.dials() || second.Switch.SignOn != SignOnUs || second.Switch.Echo.Duration != time.Minute || second.Dialect.TIDLength != 16 {
		t.Errorf("the second link: %+v", second)
	}
	for _, l := range c.Links {
		if l.ResponseCodes["reversal_unmatched"] != "25" || slices.Contains(l.Answers.Purchase, 48) {
			t.Errorf("link %s does not have the defaults of a switch", l.Name)
		}
	}
}

const leastSwitch = `[[link]]
name = "switch"
listen = "127.0.0.1:0"
[link.dialect]
form = "switch"
length = "ascii4"
bitmap = "hex"
amount_decimals = 0
`

func TestLeastSwitchIsTheDefault(t *testing.T) {
	c, err := ParseConfig([]byte(leastSwitch))
	if err != nil {
		t.Fatal(err)
	}
	l := c.Links[0]
	if l.Switch != DefaultSwitch().Switch || !slices.Equal(l.Answers.Reversal, DefaultSwitch().Answers.Reversal) || l.Dialect.TIDLength != 8 {
		t.Errorf("%+v", l)
	}
}

func TestMistakesOfLines(t *testing.T) {
	listens := `listen = "127.0.0.1:0"`
	tls := func(settings string) string { return leastSwitch + "[link.tls]\n" + settings }
	files := "cert = \"c\"\nkey = \"k\"\n"
	for _, c := range []struct{ text, want string }{
		{strings.Replace(leastSwitch, `length = "ascii4"`, "", 1), `link "switch": dialect: length must be binary or ascii4`},
		{strings.Replace(leastSwitch, `bitmap = "hex"`, "", 1), `link "switch": dialect: bitmap must be binary or hex`},
		{strings.Replace(leastSwitch, `amount_decimals = 0`, "", 1), `link "switch": dialect.amount_decimals must be said`},
		{strings.Replace(leastSwitch, `"switch"`+"\nlength", `"swich"`+"\nlength", 1), `dialect: form must be edc or switch`},
		{strings.Replace(leastSwitch, listens, listens+"\ndial = \"bank:1\"", 1), `link "switch": listen and dial exclude each other`},
		{strings.Replace(leastSwitch, listens, `dial = "bank"`, 1), `link "switch": dial must be host:port, not "bank"`},
		{strings.Replace(leastSwitch, listens, "", 1), `link "switch": listen must be host:port, not ""`},
		{strings.Replace(leastLink, listens, `dial = "bank:1"`, 1), `link "edc": dial is for a switch`},
		{leastLink + "[link.switch]\nsign_on = \"us\"", `link "edc": [link.switch] is for a switch`},
		{leastSwitch + "[link.switch]\nsign_on = \"me\"", `link "switch": switch.sign_on must be us, them or none, not "me"`},
		{leastSwitch + "[link.switch]\nsign_on = \"us\"\nsign_on_shared = true", `link "switch": switch.sign_on_shared is for sign_on = "them"`},
		{leastSwitch + "[link.switch]\necho = \"-1s\"", `link "switch": switch.echo must be longer than deadline (20s)`},
		{leastSwitch + "[link.switch]\nexchanged_key = \"tpk\"", `link "switch": switch.exchanged_key must be zpk or zak, not "tpk"`},
		{leastSwitch + "[link.switch]\ninstitution = \"BNI\"", `link "switch": switch.institution must be up to 11 digits, not "BNI"`},
		{tls(""), `link "switch": tls.cert is missing`},
		{tls(`cert = "c"`), `link "switch": tls.cert and tls.key go together`},
		{tls(files + `bind = "names"`), `link "switch": tls.bind needs tls.ca`},
		{tls(files + `ca = "a"`), `link "switch": tls.bind must be tid, names or none`},
		{tls(files + "ca = \"a\"\nbind = \"tid\""), `link "switch": tls.bind = "tid" is for EDC links`},
		{tls(files + "ca = \"a\"\nbind = \"names\""), `link "switch": tls.names is empty`},
		{tls(files + "ca = \"a\"\nbind = \"none\"\nnames = [\"x\"]"), `link "switch": tls.names means something only with`},
		{tls(files + `server_name = "x"`), `link "switch": tls.server_name is for links that dial`},
		{strings.Replace(tls(`bind = "none"`), listens, `dial = "bank:1"`, 1), `link "switch": tls.bind is for links that listen`},
		{"[limits]\nredial_min = \"2m\"\n" + leastSwitch, "limits.redial_max must not be shorter than limits.redial_min"},
		{"[limits]\nhandshakes = 0\n" + leastSwitch, "limits.handshakes must be at least 1"},
	} {
		_, err := ParseConfig([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}

// TestMistakesOfManyLinks are told in one go.
func TestMistakesOfManyLinks(t *testing.T) {
	text := strings.Replace(leastSwitch, "amount_decimals = 0", "", 1) + "[link.tls]\n" +
		strings.Replace(leastLink, "pan_pad", "tpdu = \"x\"\npan_pad", 1) + "[[link]]\nname = \"edc\"\ndial = \"nowhere\"\n"
	_, err := ParseConfig([]byte(text))
	mistakes, ok := err.(Mistakes)
	if !ok || len(mistakes) < 7 {
		t.Errorf("%d mistakes: %v", len(mistakes), err)
	}
	for _, of := range []string{"switch", "edc"} {
		if !slices.ContainsFunc(mistakes, func(m string) bool { return strings.HasPrefix(m, `link "`+of+`"`) }) {
			t.Errorf("nothing of link %q in %v", of, mistakes)
		}
	}
}
