package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// edcTerminal is a terminal that is switched on for one command.
type edcTerminal struct {
	streams *streams
	profile *profile
	flags   *edcFlags
	state   *edcState
	codec   *iso.Codec
	speaker iso.Terminal
	tpk     *pin.TerminalKey // nil for a terminal that sends no PIN
	takKCV  string           // check value of the MAC key; empty where there is none
	conn    net.Conn         // nil where there is none
	reader  *iso.FrameReader
	day     *edcDay // collects slips for bpnt edc day --json; else nil
}

func newEDCTerminal(s *streams, p *profile, f *edcFlags) (*edcTerminal, error) {
	state, err := loadState(f.Profile, p.FirstSTAN)
	if err != nil {
		return nil, err
	}
	dialect := iso.EDC()
	dialect.AmountDecimals, dialect.PANPad, dialect.CheckLuhn = p.AmountDecimals, p.PANPad, false
	codec, err := iso.NewCodec(dialect)
	if err != nil {
		return nil, usage("the profile's dialect: %w", err)
	}
	t := &edcTerminal{
		streams: s, profile: p, flags: f, state: state, codec: codec,
		speaker: iso.Terminal{TPDU: p.TPDU, NII: p.NII, TID: p.TID, MID: p.MID, Batch: state.Batch, EntryMode: "0022"},
	}
	return t, t.openKeys()
}

// edcCard is a card in the reader, and the PIN that was typed.
type edcCard struct {
	track2 iso.Track2
	pin    iso.PINBlock
}

// card reads the profile's card, or asks for one where the number is typedCard.
func (t *edcTerminal) card(number int) (edcCard, error) {
	if number >= len(t.profile.Cards) {
		return edcCard{}, usage("--card %d: the profile has %d cards, numbered from 0", number, len(t.profile.Cards))
	}
	if number != typedCard {
		c := t.profile.Cards[number]
		return t.swipe(c.Track2, c.PIN)
	}
	track, err := t.streams.secret("track 2, or PAN=YYMM")
	if err != nil {
		return edcCard{}, err
	}
	digits, err := t.streams.secret("PIN (empty for none)")
	if err != nil {
		return edcCard{}, err
	}
	return t.swipe(track, digits)
}

// swipe is the card reader and the PIN pad. Errors never quote what was given.
func (t *edcTerminal) swipe(track, digits string) (edcCard, error) {
	track2, err := iso.ParseTrack2(strings.TrimSpace(track))
	if err != nil {
		return edcCard{}, usage("the card: %w", err)
	}
	if digits == "" || t.tpk == nil {
		return edcCard{track2: track2}, nil
	}
	block, err := t.tpk.Encrypt([]byte(digits), track2.PAN().Digits())
	if err != nil {
		return edcCard{}, usage("the PIN must be 4 to 12 digits: %w", err)
	}
	return edcCard{track2, iso.NewPINBlock(block)}, nil
}

// errSilence says that the message may have arrived and that no answer did.
var errSilence = errors.New("no answer")

// ask sends one message and waits for its answer. An error that is not errSilence means that nothing was sent.
func (t *edcTerminal) ask(o *iso.Outgoing) (*iso.Answer, error) {
	frame, err := t.codec.EncodeRequest(nil, o)
	if err != nil {
		return nil, usage("the message cannot be made (is the profile right?): %w", err)
	}
	deadline := time.Now().Add(t.flags.Timeout)
	if err := t.dial(); err != nil {
		return nil, err
	}
	if err := t.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if _, err := t.conn.Write(frame); err != nil {
		t.hangUp()
		return nil, errSilence
	}
	return t.await(o)
}

// dial connects where there is no connection: one serves all messages of a command.
func (t *edcTerminal) dial() error {
	if t.conn != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", t.profile.Addr, t.flags.Timeout)
	if err != nil {
		return fmt.Errorf("no gateway answers at %s (bpnt serve or bpnt demo --stay runs one, --addr names another): %w",
			t.profile.Addr, plain(err))
	}
	t.conn, t.reader = conn, iso.NewFrameReader(conn, t.codec.Dialect().Framing())
	return nil
}

func (t *edcTerminal) hangUp() {
	if t.conn != nil {
		t.conn.Close()
		t.conn = nil
	}
}

// await reads until the answer to o comes; others are left aside, as a terminal does.
func (t *edcTerminal) await(o *iso.Outgoing) (*iso.Answer, error) {
	for {
		body, err := t.reader.Next()
		if err != nil {
			t.hangUp()
			return nil, errSilence
		}
		a, err := t.codec.DecodeResponse(body)
		if err == nil && a.MTI == o.MTI.Response() && a.STAN == o.STAN {
			return a, nil
		}
	}
}

// plain is the innermost error of a dial: "connection refused" without addresses and layers.
func plain(err error) error {
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}
