package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"bpnt/iso"
)

// Mistakes is everything that is wrong with a configuration, one sentence each.
type Mistakes []string

func (m Mistakes) Error() string { return strings.Join(m, "\n") }

// LoadConfig reads a TOML file. The error is Mistakes, all of them at once, where the file could be read.
func LoadConfig(path string) (Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("the links' configuration cannot be read: %w", err)
	}
	return ParseConfig(text)
}

// ParseConfig reads TOML, fills in the defaults and checks the result.
func ParseConfig(text []byte) (Config, error) {
	c := Config{Limits: DefaultLimits()}
	decoder := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	mistakes, err := decodeMistakes(decoder.Decode(&c))
	if err != nil {
		return Config{}, Mistakes{err.Error()}
	}
	mistakes = append(mistakes, unsaid(text)...)
	for i := range c.Links {
		c.Links[i] = c.Links[i].withDefaults()
	}
	mistakes = append(mistakes, c.mistakes()...)
	if len(mistakes) > 0 {
		return Config{}, Mistakes(mistakes)
	}
	return c, nil
}

// decodeMistakes turns unknown keys into sentences; any other error of the decoder ends the reading.
func decodeMistakes(err error) ([]string, error) {
	var unknown *toml.StrictMissingError
	var at *toml.DecodeError
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &unknown):
		var found []string
		for _, e := range unknown.Errors {
			row, _ := e.Position()
			found = append(found, fmt.Sprintf("line %d: there is no setting %q", row, strings.Join(e.Key(), ".")))
		}
		return found, nil
	case errors.As(err, &at):
		row, column := at.Position()
		return nil, fmt.Errorf("line %d, column %d: %s", row, column, strings.TrimPrefix(at.Error(), "toml: "))
	}
	return nil, errors.New(strings.TrimPrefix(err.Error(), "toml: "))
}

// unsaid finds links that leave out a setting whose default could move money: zero decimals are a setting, so only
// the text itself tells a forgotten one.
func unsaid(text []byte) (found []string) {
	var file struct {
		Link []struct {
			Name    string         `toml:"name"`
			Dialect map[string]any `toml:"dialect"`
		} `toml:"link"`
	}
	if toml.Unmarshal(text, &file) != nil {
		return nil // the strict reading has said why
	}
	for _, l := range file.Link {
		if _, said := l.Dialect["amount_decimals"]; !said {
			found = append(found, fmt.Sprintf("link %q: dialect.amount_decimals must be said: 2 on EDC links, 0 on a switch", l.Name))
		}
	}
	return found
}

// mistakes checks a complete configuration.
func (c Config) mistakes() (found []string) {
	if len(c.Links) == 0 {
		found = append(found, "there is no [[link]]: the gateway would listen nowhere")
	}
	names, addresses := map[string]bool{}, map[string]bool{}
	for _, l := range c.Links {
		if names[l.Name] {
			found = append(found, fmt.Sprintf("link %q: the name is used twice", l.Name))
		}
		if addresses[l.Listen] && !strings.HasSuffix(l.Listen, ":0") {
			found = append(found, fmt.Sprintf("link %q: another link listens on %s", l.Name, l.Listen))
		}
		names[l.Name], addresses[l.Listen] = true, l.Listen != ""
		if c.Limits.Attempt.Duration >= l.Deadline.Duration {
			found = append(found, fmt.Sprintf("link %q: deadline must be longer than limits.attempt (%v), or nothing unknown is resolved in time",
				l.Name, c.Limits.Attempt.Duration))
		}
		for _, m := range l.mistakes() {
			found = append(found, fmt.Sprintf("link %q: %s", l.Name, m))
		}
	}
	limits := c.Limits.mistakes()
	slices.Sort(limits)
	return append(found, limits...)
}

// patience is how long terminals wait before they reverse (DESIGN D10): an answer must come before.
const patience = 30 * time.Second

// mistakes checks one link; the sentences begin with the key.
func (l Link) mistakes() (found []string) {
	check := func(ok bool, format string, args ...any) {
		if !ok {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	check(l.Name != "", "name is missing")
	_, err := iso.NewCodec(l.Dialect)
	check(err == nil, "dialect: %s", reason(err, fmt.Sprintf("link %q: ", l.Name)))
	check(l.PIN == PINRequired || l.PIN == PINIfPresent || l.PIN == PINOff, "pin must be required, if_present or off, not %q", l.PIN)
	check(l.MAC == MACOff || l.MAC == MACAllowZero || l.MAC == MACRequired, "mac must be off, allow_zero or required, not %q", l.MAC)
	check(l.Deadline.Duration > 0 && l.Deadline.Duration < patience, "deadline must be longer than 0s and shorter than a terminal's patience of %v", patience)
	check(l.ShedAfter.Duration >= 0 && l.ShedAfter.Duration <= l.Deadline.Duration,
		"shed_after must not be longer than deadline (%v): what waits longer is not answered", l.Deadline)
	check(l.IdentityWindow.Duration > 24*time.Hour, "identity_window must be longer than a day")
	_, err = time.LoadLocation(l.TimeZone)
	check(err == nil, "time_zone: %q is not known here", l.TimeZone)
	_, codes := newCodeTable(l.ResponseCodes)
	return slices.Concat(l.lineMistakes(), found, l.Accounts.mistakes(), codes, l.Answers.mistakes())
}

func hostPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	return err == nil && port != ""
}

func (a Answers) mistakes() (found []string) {
	sets := []struct {
		key  string
		list []int
	}{
		{"logon", a.Logon},
		{"network", a.Network},
		{"purchase", a.Purchase},
		{"inquiry", a.Inquiry},
		{"reversal", a.Reversal},
		{"void", a.Void},
		{"refund", a.Refund},
		{"advice", a.Advice},
		{"settlement", a.Settlement},
		{"upload", a.Upload},
		{"reconciliation", a.Reconciliation},
		{"refusal", a.Refusal},
	}
	for _, set := range sets {
		for _, de := range set.list {
			if de < 2 || de > 128 {
				found = append(found, fmt.Sprintf("answers.%s: %d is not a data element (2 to 128)", set.key, de))
			}
		}
		for _, de := range answerNeeds(set.key) {
			if !slices.Contains(set.list, de) {
				found = append(found, fmt.Sprintf("answers.%s must have DE%d", set.key, de))
			}
		}
	}
	return found
}

// answerNeeds are the data elements without which a terminal cannot tell what is answered to which of its messages. A
// network message may come without a terminal.
func answerNeeds(key string) []int {
	if key == "network" || key == "reconciliation" {
		return []int{11, 39}
	}
	return []int{11, 39, 41}
}

func reason(err error, prefix string) string {
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), prefix)
}
