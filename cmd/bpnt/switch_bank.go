package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
)

// bank is a switch that is switched on for one command.
type bank struct {
	*switchCmd
	streams *streams
	zone    *time.Location
	codec   *iso.Codec
	tls     *tls.Config // nil for a plain line
	state   *switchState
	conn    net.Conn
	frames  *iso.FrameReader
	zmk     *pin.TerminalKey // nil: no key exchange
	zpk     *pin.TerminalKey // nil: no PINs
	zak     *pin.TerminalKey // nil: no MACs
	report  switchReport
}

// connect dials, or waits until the gateway has dialled.
func (b *bank) connect(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	if b.Connect != "" {
		var dialer net.Dialer
		if b.conn, err = dialer.DialContext(ctx, "tcp", b.Connect); err != nil {
			return fmt.Errorf("no gateway answers at %s (bpnt serve --config … runs one with a switch link): %w", b.Connect, plain(err))
		}
	} else if b.conn, err = b.accept(ctx); err != nil {
		return err
	}
	if b.conn, err = b.secure(ctx, b.conn); err != nil {
		return err
	}
	b.frames = iso.NewFrameReader(b.conn, b.codec.Dialect().Framing())
	return nil
}

// accept takes the first connection.
func (b *bank) accept(ctx context.Context) (net.Conn, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", b.Listen)
	if err != nil {
		return nil, usage("--listen %s: %w", b.Listen, plain(err))
	}
	defer listener.Close()
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	b.streams.say("waiting on %s for the gateway", listener.Addr())
	conn, err := listener.Accept()
	if err != nil {
		return nil, fmt.Errorf("no gateway connected to %s in %s: the link needs dial = %q", b.Listen, b.Timeout, b.Listen)
	}
	return conn, nil
}

// speaker is who speaks in our messages of the open day.
func (b *bank) speaker() iso.Switch {
	s := iso.Switch{
		Acquirer: b.Acquirer, Forwarder: b.Acquirer, Channel: channelEDC, Currency: iso.CurrencyRupiah, Date: b.state.mmdd(),
	}
	if b.zak != nil {
		s.ComputeMAC = b.zak.MAC
	}
	return s
}

// channelEDC is DE18 of what comes from an EDC terminal.
const channelEDC = "6018"

// ask sends a message and waits for its answer. What the gateway asks meanwhile is answered. errSilence says that no
// answer came.
func (b *bank) ask(o *iso.Outgoing) (*iso.Answer, error) {
	frame, err := b.codec.EncodeRequest(nil, o)
	if err != nil {
		return nil, usage("the message cannot be made: %w", err)
	}
	if err := b.conn.SetDeadline(time.Now().Add(b.Timeout)); err != nil {
		return nil, err
	}
	if _, err := b.conn.Write(frame); err != nil {
		return nil, errSilence
	}
	return b.await(o.MTI.Response(), o.STAN)
}

func (b *bank) await(mti iso.MTI, stan int32) (*iso.Answer, error) {
	for {
		body, err := b.frames.Next()
		if err != nil {
			return nil, errSilence
		}
		a, err := b.codec.DecodeResponse(body)
		switch {
		case err != nil:
			if _, err := b.answer(body); err != nil {
				return nil, err
			}
		case a.MTI == mti && a.STAN == stan:
			return a, nil
		}
	}
}

// answer answers a network message of the gateway with 00 and tells its DE70; other frames are left aside.
func (b *bank) answer(body []byte) (code string, err error) {
	request, err := b.codec.Decode(body)
	if err != nil {
		return "", nil
	}
	n, ok := request.(*iso.Network)
	if !ok {
		return "", nil
	}
	frame, err := b.codec.Encode(nil, &iso.Response{
		Header: n.Header, Fields: iso.Fields(7, 11, 39, 70), ResponseCode: approvedCode, Code: n.Code,
		TransmissionAt: n.TransmissionTime,
	})
	if err != nil {
		return "", err
	}
	if _, err := b.conn.Write(frame); err != nil {
		return "", errSilence
	}
	b.report.add(row{
		What: "← " + networkName(n.Code), MTI: n.MTI.String(), STAN: n.STAN, Code: approvedCode, Meaning: "answered by us",
	}, b)
	return n.Code, nil
}

// awaitSignOn waits for the gateway's own sign-on, where it connected to us.
func (b *bank) awaitSignOn() error {
	if err := b.conn.SetDeadline(time.Now().Add(b.Timeout)); err != nil {
		return err
	}
	for {
		body, err := b.frames.Next()
		if err != nil {
			return &failure{statusUnknown, fmt.Errorf("the gateway connected and did not sign on in %s "+
				"(switch.sign_on = \"us\" makes it): %w", b.Timeout, errSilence)}
		}
		code, err := b.answer(body)
		if code == iso.NetworkSignOn || err != nil {
			return err
		}
	}
}

// networkNames are the words for DE70.
var networkNames = map[string]string{
	iso.NetworkSignOn: "sign-on", iso.NetworkSignOff: "sign-off", iso.NetworkEcho: "echo", iso.NetworkCutOver: "cut-over",
	iso.NetworkKey: "key exchange",
}

func networkName(code string) string {
	if name := networkNames[code]; name != "" {
		return name
	}
	return "network " + code
}
