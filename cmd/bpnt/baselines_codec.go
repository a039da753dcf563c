package main

import (
	"context"
	"encoding/hex"
	"errors"
	"runtime"
	"time"

	"bpnt/iso"
)

// codecPair is one purchase with chip data, for our codec and for moov's message on its stock BCD.
type codecPair struct {
	ours  *iso.Codec
	stock *iso.Stock
	out   iso.Outgoing
	body  []byte
}

// codecChip is what a chip adds to a purchase; the values mean nothing.
const codecChip = "5F2A0203605F34010182025400950500800080009A032611229C01009F02060000050000009F03060000000000009F100701010102030405" +
	"9F1A0203609F1E0831323334353637389F260811223344556677889F2701809F3303E0F8C89F34030200009F3501229F360202CC9F370401020304" +
	"9F4104000000368407A0000006021010"

// codecShare is the part of a measurement's time that each of the two codecs gets.
const codecShare = 10

func (w *baselineWorld) makeCodec(context.Context) error {
	card, t := w.jakarta.Card(0), w.jakarta.Terminal(0)
	track2, err := iso.ParseTrack2(track2Of(card))
	if err != nil {
		return err
	}
	chip, err := hex.DecodeString(codecChip)
	if err != nil {
		return err
	}
	who := iso.Terminal{TPDU: iso.TPDU{0x60, 0, 1, 0, 0}, NII: "0001", TID: t.TID, MID: t.MID, Batch: "000001", EntryMode: "0051"}
	w.codec = &codecPair{stock: iso.NewStock(), out: who.Purchase(36, track2, 50_000, iso.NewPINBlock([8]byte{1}), "000036")}
	w.codec.out.Chip = chip
	if w.codec.ours, err = iso.NewCodec(iso.EDC()); err != nil {
		return err
	}
	frame, err := w.codec.ours.EncodeRequest(nil, &w.codec.out)
	if err != nil {
		return err
	}
	w.codec.body = frame[2:] // behind the length
	return nil
}

// codecs measures both, one after the other.
func (w *baselineWorld) codecs(context.Context) (figures, error) {
	buffer := make([]byte, 0, iso.FrameBytesMax)
	each := w.cmd.Duration / codecShare
	ours, oursMemory, err := repeat(each, func() error {
		_, err := w.codec.ours.Decode(w.codec.body)
		_, trouble := w.codec.ours.EncodeRequest(buffer, &w.codec.out)
		return errors.Join(err, trouble)
	})
	if err != nil {
		return nil, err
	}
	stock, stockMemory, err := repeat(each, func() error {
		_, err := w.codec.stock.Rewrite(w.codec.body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return figures{
		oursNanos: ours, stockNanos: stock, codecRatio: stock / ours, oursAllocs: oursMemory, stockAllocs: stockMemory,
	}, nil
}

// repeat calls work again and again, and returns µs and allocations a call.
func repeat(d time.Duration, work func() error) (each, allocations float64, err error) {
	const between = 64 // calls for one look at the clock
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, calls := time.Now(), int64(0)
	for time.Since(start) < d || calls == 0 {
		for range between {
			if err := work(); err != nil {
				return 0, 0, err
			}
		}
		calls += between
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return micros(took, calls), float64(after.Mallocs-before.Mallocs) / float64(calls), nil
}
