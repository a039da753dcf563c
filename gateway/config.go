package gateway

import (
	"maps"
	"time"

	"bpnt/iso"
)

// Config is what a configuration file holds: the links and the limits that they share.
type Config struct {
	Links  []Link `toml:"link"`
	Limits Limits `toml:"limits"`
}

// Link is one way in: an address to listen on, or a peer to connect to, and everything in which who speaks there differs
// from others (DESIGN D10). Dialect.Form says whether terminals speak or a bank's switch. Empty settings have the values
// of DefaultLink or DefaultSwitch, except those that move money when they are wrong: address, decimals and padding have to
// be said in a configuration file.
type Link struct {
	Name   string `toml:"name"`   // the ledger keeps it with every message: never rename a link
	Listen string `toml:"listen"` // host:port; port 0 for any free one
	Dial   string `toml:"dial"`   // host:port of the peer, in the place of Listen
	// ReusePort lets several gateways listen on one address (SO_REUSEPORT); the kernel spreads new connections over them.
	// Only processes of one user may share. Where one stops, what waits in its queue goes to the others only with
	// net.ipv4.tcp_migrate_req = 1.
	ReusePort bool        `toml:"reuse_port"`
	TLS       *TLS        `toml:"tls"` // nil for a plain link
	Dialect   iso.Dialect `toml:"dialect"`
	Switch    Switch      `toml:"switch"` // of a switch only

	PIN PINPolicy `toml:"pin"`
	MAC MACPolicy `toml:"mac"`

	// Deadline is how long after its receipt a message is answered at all; the terminals' own timeout must be longer.
	Deadline Duration `toml:"deadline"`
	// ShedAfter is how long a new message may be expected to wait in its lane; one that would wait longer is refused at
	// once (patience.go). 0 for a quarter of Deadline.
	ShedAfter Duration `toml:"shed_after"`
	// IdentityWindow is how long an identity is remembered without a chip counter or a clock to confirm it (D5).
	IdentityWindow Duration `toml:"identity_window"`
	Programme      string   `toml:"programme"` // whose purse is spent where neither message nor card names another
	Accounts       Accounts `toml:"accounts"`  // programmes by the from-account in DE3
	Refund         bool     `toml:"refund"`    // whether outlets may give back part of a purchase, also of a closed batch
	TimeZone       string   `toml:"time_zone"` // of receipts and of DE12 and DE13
	ThanksLine     string   `toml:"thanks_line"`

	Answers       Answers           `toml:"answers"`
	ResponseCodes map[string]string `toml:"response_codes"` // DE39 by outcome, where it differs from the default
}

// Answers are the data elements of each kind of answer. An element without a value is left out, so that a decline
// has no approval code though the set of its kind has DE38.
type Answers struct {
	Logon    []int `toml:"logon"`   // 0810 to 0800 with a processing code
	Network  []int `toml:"network"` // 0810 to 0800 with DE70
	Purchase []int `toml:"purchase"`
	Inquiry  []int `toml:"inquiry"`
	Reversal []int `toml:"reversal"`
	Void     []int `toml:"void"`
	Refund   []int `toml:"refund"`
	Advice   []int `toml:"advice"`
	// Settlement is the answer to 0500 of a terminal, its trailer included; DE48 goes out where the batch was closed.
	Settlement     []int `toml:"settlement"`
	Upload         []int `toml:"upload"`
	Reconciliation []int `toml:"reconciliation"` // to 0500 and 0520 of a switch
	Refusal        []int `toml:"refusal"`        // to what this link does not serve or cannot read
}

// PINPolicy says what a link does with DE52.
type PINPolicy string

// The PIN policies.
const (
	PINRequired  PINPolicy = "required"   // a purchase or inquiry without a PIN is refused
	PINIfPresent PINPolicy = "if_present" // checked where it comes
	PINOff       PINPolicy = "off"        // ignored
)

// MACPolicy says what a link does with DE64.
type MACPolicy string

// The MAC policies.
const (
	MACOff       MACPolicy = "off"        // neither checked nor computed
	MACAllowZero MACPolicy = "allow_zero" // a missing or all-zero MAC passes, any other must be right
	MACRequired  MACPolicy = "required"   // every payment must carry a right one
)

// DefaultConfig is one link "edc" on the loopback address that suits the captured Indonesian terminals.
func DefaultConfig() Config {
	return Config{Links: []Link{DefaultLink()}, Limits: DefaultLimits()}
}

// DefaultLink answers with the fields of the published host (vectors/pos_hpdh_indonesia.json), and DE38, DE54 and
// DE62 besides, which terminals use where they are there.
func DefaultLink() Link {
	return Link{
		Name: "edc", Listen: "127.0.0.1:8583", Dialect: defaultDialect(), PIN: PINRequired, MAC: MACAllowZero,
		Deadline: seconds(20), IdentityWindow: Duration{30 * 24 * time.Hour}, Programme: "BPNT",
		TimeZone: "Asia/Jakarta", ThanksLine: "TERIMA KASIH",
		Answers: Answers{
			Logon:    []int{3, 11, 12, 13, 24, 39, 41, 62},
			Network:  []int{7, 11, 39, 48, 70},
			Purchase: []int{3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 54, 60, 62, 64},
			Inquiry:  []int{3, 11, 12, 13, 24, 37, 39, 41, 48, 54, 64},
			Reversal: []int{3, 4, 11, 12, 13, 24, 37, 39, 41, 64},
			Void:     []int{3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 60, 62, 64},
			Refund:   []int{3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 60, 62, 64},
			Advice:   []int{3, 4, 11, 12, 13, 24, 37, 38, 39, 41, 48, 60, 62, 64},
			// The published answers (vectors/pos_hpdh_indonesia.json); a MAC is added where the request had one.
			Settlement:     []int{3, 11, 12, 13, 24, 39, 41, 42, 48, 63, 64},
			Upload:         []int{3, 11, 12, 13, 24, 37, 39, 41, 64},
			Reconciliation: []int{7, 11, 15, 39, 66, 99},
			Refusal:        []int{3, 11, 12, 13, 24, 39, 41},
		},
	}
}

// defaultDialect does not check the Luhn digit: published samples have their digits zeroed, and the ledger knows
// its cards anyway.
func defaultDialect() iso.Dialect {
	d := iso.EDC()
	d.CheckLuhn = false
	return d
}

// withDefaults fills what the file left out.
func (l Link) withDefaults() Link {
	def := DefaultLink()
	if l.bySwitch() {
		def = DefaultSwitch()
		l.Switch = l.Switch.withDefaults(l.dials())
		l.ResponseCodes = withCodes(l.ResponseCodes, def.ResponseCodes)
	}
	l.Dialect.Name = l.Name
	l.Dialect = dialectDefaults(l.Dialect, def.Dialect)
	orText(&l.PIN, def.PIN)
	orText(&l.MAC, def.MAC)
	orText(&l.Programme, def.Programme)
	orText(&l.TimeZone, def.TimeZone)
	orText(&l.ThanksLine, def.ThanksLine)
	orTime(&l.Deadline, def.Deadline)
	orTime(&l.IdentityWindow, def.IdentityWindow)
	l.Answers = l.Answers.withDefaults(def.Answers)
	return l
}

// dialectDefaults leaves out what has to be said: decimals, padding, and a switch's length and bitmap.
func dialectDefaults(d, def iso.Dialect) iso.Dialect {
	orText(&d.Form, def.Form)
	orText(&d.TPDU, def.TPDU)
	if d.TIDLength == 0 {
		d.TIDLength = def.TIDLength
	}
	if d.Form == iso.FormEDC {
		orText(&d.Length, def.Length)
		orText(&d.Bitmap, def.Bitmap)
	}
	return d
}

// withCodes are a link's own response codes and the defaults of its kind.
func withCodes(own, def map[string]string) map[string]string {
	all := maps.Clone(def)
	maps.Copy(all, own)
	return all
}

func (a Answers) withDefaults(def Answers) Answers {
	orList(&a.Logon, def.Logon)
	orList(&a.Network, def.Network)
	orList(&a.Purchase, def.Purchase)
	orList(&a.Inquiry, def.Inquiry)
	orList(&a.Reversal, def.Reversal)
	orList(&a.Void, def.Void)
	orList(&a.Refund, def.Refund)
	orList(&a.Advice, def.Advice)
	orList(&a.Settlement, def.Settlement)
	orList(&a.Upload, def.Upload)
	orList(&a.Reconciliation, def.Reconciliation)
	orList(&a.Refusal, def.Refusal)
	return a
}

func orText[T ~string](v *T, def T) {
	if *v == "" {
		*v = def
	}
}

func orTime(v *Duration, def Duration) {
	if v.Duration == 0 {
		*v = def
	}
}

func orList(v *[]int, def []int) {
	if *v == nil {
		*v = def
	}
}
