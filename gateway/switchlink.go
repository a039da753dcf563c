package gateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bpnt/iso"
)

// Switch is [link.switch]: how a bank's switch signs on and exchanges keys.
type Switch struct {
	// SignOn is who signs on with 0800/001. Before that all traffic is refused with 01.
	SignOn SignOn `toml:"sign_on"`
	// SignOnShared lets one sign-on hold for every connection of the link, until the last of them has gone or one signs
	// off. Otherwise each connection signs on for itself, and one that was lost signs on again.
	SignOnShared bool `toml:"sign_on_shared"`
	// Echo is how long the line may be quiet before we ask with 0800/301 whether the peer is there; 0 for never.
	Echo Duration `toml:"echo"`
	// Institution is our own identifier at the switch, up to 11 digits: DE32 of the network messages that we send. Left out
	// where it is empty.
	Institution string `toml:"institution"`
	// ExchangedKey is which key a key exchange (0800/101) with a single key in DE48 is about. Two keys are always the
	// ZPK and then the ZAK.
	ExchangedKey ExchangedKey `toml:"exchanged_key"`
}

// SignOn is who signs on.
type SignOn string

// Who signs on. Where we dial it is us by default, else them.
const (
	SignOnUs   SignOn = "us"
	SignOnThem SignOn = "them"
	SignOnNone SignOn = "none" // nobody has to
)

// ExchangedKey is one of a zone's two working keys.
type ExchangedKey string

// The working keys of a zone.
const (
	ExchangedZPK ExchangedKey = "zpk" // for PIN blocks
	ExchangedZAK ExchangedKey = "zak" // for MACs
)

// dialEcho is how long a connection that we made may be quiet: nobody else finds out that the bank is away.
const dialEcho = time.Minute

// DefaultSwitch answers with the fields of an Indonesian switch (DOMAIN B.5). It has no address, decimals, length and
// bitmap: those have to be said.
func DefaultSwitch() Link {
	l := DefaultLink()
	l.Name, l.Listen, l.Dialect = "", "", iso.SwitchDialect()
	l.Dialect.CheckLuhn = false
	l.Switch = Switch{}.withDefaults(false)
	payment := []int{2, 3, 4, 7, 11, 12, 13, 15, 18, 32, 33, 37, 38, 39, 41, 42, 49, 64}
	l.Answers = Answers{
		Logon: []int{3, 7, 11, 39, 41}, Network: []int{7, 11, 15, 33, 39, 70},
		Purchase: payment, Inquiry: append(slices.Clone(payment), 54), Reversal: append(slices.Clone(payment), 90),
		Void: payment, Refund: payment, Advice: payment,
		Settlement: []int{7, 11, 39, 41}, Upload: []int{7, 11, 37, 39, 41},
		Reconciliation: []int{7, 11, 15, 32, 33, 39, 64, 66, 74, 75, 76, 77, 86, 87, 88, 89, 97, 99},
		Refusal:        []int{2, 3, 4, 7, 11, 12, 13, 18, 32, 33, 37, 39, 41, 49},
	}
	l.ResponseCodes = map[string]string{"reversal_unmatched": "25"}
	return l
}

func (s Switch) withDefaults(dials bool) Switch {
	who := SignOnThem
	if dials {
		who = SignOnUs
		orTime(&s.Echo, Duration{dialEcho})
	}
	orText(&s.SignOn, who)
	orText(&s.ExchangedKey, ExchangedZPK)
	return s
}

func (l *Link) bySwitch() bool { return l.Dialect.Form == iso.FormSwitch }

// dials tells whether we make the connection.
func (l *Link) dials() bool { return l.Dial != "" }

// converses tells whether we ask something of the peer.
func (l *Link) converses() bool {
	return l.bySwitch() && (l.Switch.SignOn == SignOnUs || l.Switch.Echo.Duration > 0)
}

// lineMistakes checks how connections of a link come about.
func (l Link) lineMistakes() (found []string) {
	check := func(ok bool, text string, args ...any) {
		if !ok {
			found = append(found, fmt.Sprintf(text, args...))
		}
	}
	switch {
	case l.dials():
		check(l.Listen == "", "listen and dial exclude each other: the link of a switch may be made by us or by it")
		check(hostPort(l.Dial), "dial must be host:port, not %q", l.Dial)
		check(l.bySwitch(), "dial is for a switch (dialect.form = \"switch\"): terminals connect to us")
	default:
		check(hostPort(l.Listen), "listen must be host:port, not %q", l.Listen)
	}
	if l.bySwitch() {
		found = append(found, l.Switch.mistakes()...)
		check(l.Switch.Echo.Duration == 0 || l.Switch.Echo.Duration > l.Deadline.Duration,
			"switch.echo must be longer than deadline (%v): a busy line may rest for that long", l.Deadline)
	} else {
		check(l.Switch == Switch{}, "[link.switch] is for a switch (dialect.form = \"switch\")")
	}
	if l.TLS != nil {
		found = append(found, l.TLS.mistakes(l.dials(), l.bySwitch())...)
	}
	return found
}

func (s Switch) mistakes() (found []string) {
	if !slices.Contains([]SignOn{SignOnUs, SignOnThem, SignOnNone}, s.SignOn) {
		found = append(found, fmt.Sprintf("switch.sign_on must be us, them or none, not %q", s.SignOn))
	}
	if s.SignOnShared && s.SignOn != SignOnThem {
		found = append(found, "switch.sign_on_shared is for sign_on = \"them\": where we sign on we do so on every connection")
	}
	if len(s.Institution) > 11 || strings.Trim(s.Institution, "0123456789") != "" {
		found = append(found, fmt.Sprintf("switch.institution must be up to 11 digits, not %q", s.Institution))
	}
	if s.ExchangedKey != ExchangedZPK && s.ExchangedKey != ExchangedZAK {
		found = append(found, fmt.Sprintf("switch.exchanged_key must be zpk or zak, not %q", s.ExchangedKey))
	}
	return found
}
