package main

import (
	"context"
	"strings"
	"time"

	"bpnt/iso"
	"bpnt/ledger"
)

// switchCmd plays a bank's switch against a link of the gateway.
type switchCmd struct {
	switchLine
	switchTLS
	Redemptions  int           `default:"8" help:"Redemptions to forward."`
	Reversals    int           `default:"2" help:"The newest so many of them are reversed (0400), under STANs of their own."`
	Advices      int           `default:"1" help:"So many of those before are reversed by advice (0420), and each advice is repeated (0421)."`
	Amount       int64         `default:"5000" help:"Whole rupiah of each redemption."`
	FirstCard    int           `default:"0" help:"Number of the first card, from 0."`
	Cards        int           `default:"50" help:"So many cards take turns."`
	Seed         uint64        `default:"1" help:"What the synthetic area was made from (bpnt ledger seed): its cards and PINs are used."`
	TID          string        `name:"tid" default:"60180001" help:"Terminal of the switch's redemptions (DE41), which the books must know on this link."`
	MID          string        `name:"mid" default:"DKI000000000001" help:"Outlet of that terminal (DE42)."`
	Acquirer     string        `default:"503" help:"Number of the acquiring institution (DE32, DE33)."`
	CutOver      bool          `default:"true" negatable:"" help:"Cut over to the next business day, and reconcile the one that is over."`
	MissingDebit bool          `help:"Leave the last redemption out of the reconciliation, to see it out of balance (DE66 2)."`
	Probe        bool          `help:"Send also what must be refused: a redemption before the sign-on, a reversal of nothing, a cut-over twice, a key with a wrong check value."`
	ReadZMK      bool          `name:"read-zmk" help:"Exchange keys: ask for the zone's master key, 32 or 48 hex digits, at a prompt without echo or on stdin."`
	ZMKFile      string        `name:"zmk-file" help:"Exchange keys: read the zone's master key from this file."`
	MAC          bool          `name:"mac" help:"Exchange a MAC key too (ZPK, then ZAK), and sign and check every message with it."`
	State        string        `default:"data/switch.json" help:"What the switch remembers: its STAN, its business day and what it counted in it."`
	Date         string        `help:"Business day of a switch that remembers none, as 2018-11-22; today in --time-zone where not given."`
	TimeZone     string        `default:"Asia/Jakarta" help:"Zone of local times (DE12, DE13); DE7 is in GMT."`
	Timeout      time.Duration `default:"30s" help:"Patience with one answer, and with the gateway to connect to --listen."`
	JSON         bool          `help:"Print one JSON object."`
}

// switchLine is how the connection comes about and what its bytes look like.
type switchLine struct {
	Connect   string `help:"Connect to this link of the gateway, host:port."`
	Listen    string `help:"Wait here for the gateway to connect, host:port, where its link has dial."`
	Length    string `default:"ascii4" enum:"ascii4,binary" help:"Length in front of a message: four ASCII digits, or two bytes."`
	Bitmap    string `default:"hex" enum:"hex,binary" help:"Bitmaps, and with them PIN blocks and MACs."`
	TIDLength int    `default:"8" name:"tid-length" help:"Characters of DE41, 8 or 16."`
	Decimals  int    `default:"0" help:"Implied decimals of amounts, 0 or 2."`
}

func (switchCmd) Help() string {
	return `Signs on, asks for an echo, exchanges keys where it has a ZMK, forwards redemptions of the seeded families, reverses some, cuts
over, reconciles the day and signs off, and prints a line for each message. Without a ZMK its messages have no PIN: the
link needs pin = "if_present". The ledger must know the terminal on this link:

  bpnt ledger terminal add --link switch --tid 60180001 --mid DKI000000000001

The exit status is 1 where an answer is not what docs/protocol.md says it is, and 3 where none came.

  bpnt switch --connect 127.0.0.1:8587
  bpnt switch --connect 127.0.0.1:8587 --zmk-file zmk.txt --mac --probe
  bpnt switch --connect 127.0.0.1:8587 --ca gateway-ca.pem --cert switch.pem --key switch.key
  bpnt switch --listen 127.0.0.1:8588 --length binary --bitmap binary`
}

// Limits of what one run plays.
const (
	switchRedemptionsMax = 100_000
	switchTIDMax         = 16
)

func (c *switchCmd) check() error {
	switch {
	case (c.Connect == "") == (c.Listen == ""):
		return usage("give --connect with the address of the gateway's link, or --listen where the gateway connects to you")
	case c.Redemptions < 0 || c.Redemptions > switchRedemptionsMax:
		return usage("--redemptions must be 0 to %d", switchRedemptionsMax)
	case c.Reversals < 0 || c.Advices < 0 || c.Reversals+c.Advices > c.Redemptions:
		return usage("--reversals and --advices together must be 0 to --redemptions (%d)", c.Redemptions)
	case c.Amount < 1 || c.Amount > amountMax:
		return errAmount
	case c.FirstCard < 0 || c.Cards < 1:
		return usage("--first-card must be a number from 0, --cards one from 1")
	case c.TID == "" || len(c.TID) > switchTIDMax || len(c.TID) > c.TIDLength:
		return usage("--tid must be 1 to --tid-length (%d) characters", c.TIDLength)
	case !shortNumber(c.Acquirer):
		return usage("--acquirer must be 1 to 11 digits")
	case c.MAC && !c.ReadZMK && c.ZMKFile == "":
		return usage("--mac needs the zone's master key: --zmk-file or --read-zmk")
	case c.MissingDebit && (c.Redemptions == 0 || !c.CutOver):
		return usage("--missing-debit needs a redemption and a cut-over")
	case (c.Cert == "") != (c.Key == "") || c.Listen != "" && c.wanted() && c.Cert == "":
		return usage("TLS needs --cert and --key together, and both with --listen")
	case c.Timeout <= 0:
		return usage("--timeout must be longer than 0s")
	}
	return nil
}

// shortNumber tells whether text can stand in DE32.
func shortNumber(text string) bool {
	return text != "" && len(text) <= 11 && strings.Trim(text, "0123456789") == ""
}

func (c *switchCmd) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
	b, err := c.bank(s)
	if err != nil {
		return err
	}
	if err := b.connect(ctx); err != nil {
		return err
	}
	defer b.conn.Close()
	return b.run()
}

// bank makes everything ready but the connection.
func (c *switchCmd) bank(s *streams) (*bank, error) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return nil, usage("--time-zone: %w", err)
	}
	codec, err := iso.NewCodec(c.dialect())
	if err != nil {
		return nil, usage("the link's form: %w", err)
	}
	line, err := c.config(c.Connect)
	if err != nil {
		return nil, err
	}
	state, err := loadSwitchState(c.State, c.Date, time.Now().In(zone))
	if err != nil {
		return nil, err
	}
	b := &bank{switchCmd: c, streams: s, zone: zone, codec: codec, tls: line, state: state}
	b.zmk, err = c.masterKey(s)
	return b, err
}

func (c *switchCmd) dialect() iso.Dialect {
	d := iso.SwitchDialect()
	d.Length, d.Bitmap, d.TIDLength = iso.LengthForm(c.Length), iso.BitmapForm(c.Bitmap), c.TIDLength
	d.AmountDecimals, d.CheckLuhn = c.Decimals, false
	return d
}

// card is the card of the i-th redemption.
func (c *switchCmd) card(i int) ledger.JakartaCard {
	return ledger.NewJakarta(c.Seed).Card(c.FirstCard + i%c.Cards)
}
