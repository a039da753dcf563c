package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"bpnt/gateway/pin"
	"bpnt/iso"
	"bpnt/ledger"
	"bpnt/loadtest/hostile"
)

// hands is what attackers have in hand: the area's last terminals and the cards of the families that shop there.
type hands struct {
	jakarta   ledger.Jakarta
	first     int // the first of these terminals
	keys      []*pin.TerminalKey
	firstSTAN int32
}

// handsCards is how many cards are guessed for, and how many sales are listened to.
const handsCards = 64

func (c *hostileCmd) hands(j ledger.Jakarta, first int, firstSTAN int32) (*hands, error) {
	h := &hands{jakarta: j, first: first, firstSTAN: firstSTAN}
	for k := first; k < j.TerminalCount(); k++ {
		t := j.Terminal(k)
		key, err := pin.ExpandTerminalKey(pin.UsePIN, t.TPK[:])
		if err != nil {
			return nil, err
		}
		h.keys = append(h.keys, key)
	}
	return h, nil
}

// family is the n-th family that shops at one of these terminals, or false where there are not so many.
func (h *hands) family(n int) (i int, ok bool) {
	i = n/len(h.keys)*h.jakarta.TerminalCount() + h.first + n%len(h.keys)
	return i, i < h.jakarta.Families
}

// purchase is a sale of the least amount at the k-th of these terminals; wrong makes it another PIN than the family's.
func (h *hands) purchase(k, family int, stan int32, wrong bool) (iso.Outgoing, error) {
	card, t := h.jakarta.Card(family), h.jakarta.Terminal(h.first+k)
	digits := card.PIN
	if wrong {
		digits[len(digits)-1] = '0' + (digits[len(digits)-1]-'0'+1)%10
	}
	track, err := iso.ParseTrack2(track2Of(card))
	if err != nil {
		return iso.Outgoing{}, err
	}
	block, err := h.keys[k].Encrypt(digits[:], card.PAN[:])
	if err != nil {
		return iso.Outgoing{}, err
	}
	return handSpeaker(t.TID, t.MID).Purchase(stan, track, leastPurchase, iso.NewPINBlock(block), fmt.Sprintf("%06d", stan)), nil
}

// guesses are for each of the first cards, at each of the terminals.
func (h *hands) guesses() (all []hostile.Guess, err error) {
	for n := range handsCards {
		family, ok := h.family(n)
		if !ok {
			break
		}
		for k := range h.keys {
			o, err := h.purchase(k, family, h.firstSTAN, true)
			if err != nil {
				return nil, err
			}
			all = append(all, hostile.Guess{Purchase: o, FirstSTAN: h.firstSTAN + handsCards})
		}
	}
	if len(all) == 0 {
		return nil, usage("no family shops at the last terminals: --families must be more")
	}
	return all, nil
}

// captureTimeout is for one sale that is listened to.
const captureTimeout = 10 * time.Second

// capture makes sales with the next cards, as the families would, and keeps their frames: replay sends them again.
func (w *siege) capture(ctx context.Context) (frames [][]byte, err error) {
	tap, err := w.tap(ctx)
	if err != nil {
		return nil, err
	}
	defer tap.Close()
	for n := range handsCards {
		family, ok := w.hands.family(handsCards + n)
		if !ok {
			break
		}
		o, err := w.hands.purchase(n%len(w.hands.keys), family, w.hands.firstSTAN+int32(n), false)
		if err != nil {
			return nil, err
		}
		frame, err := tap.listen(&o)
		if err != nil {
			return nil, err
		}
		frames = append(frames, frame)
	}
	return frames, nil
}

// tap is the line that is listened to.
type tap struct {
	net.Conn
	answers *iso.FrameReader
	codec   *iso.Codec
}

func (w *siege) tap(ctx context.Context) (*tap, error) {
	codec, err := iso.NewCodec(w.attack.Dialect)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: captureTimeout}
	sock, err := dialer.DialContext(ctx, "tcp", w.c.Addr)
	if err != nil {
		return nil, fmt.Errorf("no gateway at %s: bpnt serve runs one, --addr names another: %w", w.c.Addr, err)
	}
	return &tap{sock, iso.NewFrameReader(sock, w.attack.Dialect.Framing()), codec}, nil
}

// listen sends a sale, takes its answer and gives back what was sent; a decline is as good to replay as an approval.
func (t *tap) listen(o *iso.Outgoing) ([]byte, error) {
	frame, err := t.codec.EncodeRequest(nil, o)
	if err != nil {
		return nil, err
	}
	_ = t.SetDeadline(time.Now().Add(captureTimeout))
	if _, err := t.Write(frame); err != nil {
		return nil, fmt.Errorf("the gateway took no sale: %w", err)
	}
	body, err := t.answers.Next()
	if err == nil {
		_, err = t.codec.DecodeResponse(body)
	}
	if err != nil {
		return nil, fmt.Errorf("a sale was not answered: %w", err)
	}
	return frame, nil
}
