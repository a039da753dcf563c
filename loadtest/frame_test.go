package loadtest

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"bpnt/iso"
)

// TestFramesAreThoseOfTheCodec holds our quick frames against what the codec makes of the same message.
func TestFramesAreThoseOfTheCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := testConfig("")
		cfg.Dialect.AmountDecimals = rapid.SampledFrom([]int{0, 2}).Draw(t, "decimals")
		cfg.Dialect.CheckLuhn = false
		codec, err := iso.NewCodec(cfg.Dialect)
		if err != nil {
			t.Fatal(err)
		}
		number := rapid.StringMatching(`9{4}[0-9]{8,15}`).Draw(t, "card")
		track2, err := iso.ParseTrack2(number + "=4912" + rapid.StringMatching(`[0-9]{0,12}`).Draw(t, "rest"))
		if err != nil {
			t.Fatal(err)
		}
		pin := iso.NewPINBlock([8]byte{8, 7, 6, 5, 4, 3, 2, 1})
		card, err := NewCard(1, track2, pin)
		if err != nil {
			t.Fatal(err)
		}
		m := message{
			mti: mtiPurchase, stan: rapid.Int32Range(1, stanMax).Draw(t, "stan"),
			amount: rapid.Int64Range(1, 9_999_999).Draw(t, "amount"),
		}
		outlet := Outlet{TID: "JKT00001", MID: "DKI1", Cards: []Card{card}}
		own := testTerminal(cfg, &outlet)
		theirs := iso.Terminal{
			TPDU: iso.TPDU{0x60, 0x00, 0x01, 0x00, 0x00}, NII: "0001", TID: "JKT00001", MID: "DKI1",
			Batch: "000001", EntryMode: "0022",
		}
		purchase := theirs.Purchase(m.stan, track2, m.amount, pin, fmt.Sprintf("%06d", m.stan))
		inquiry, reversal := m, m
		inquiry.code, reversal.mti = codeInquiry, mtiReversal
		repeat, reversalRepeat := m, m
		repeat.mti, reversalRepeat.mti = mtiPurchaseRepeat, mtiReversalRepeat
		stan2, rrn := rapid.Int32Range(1, stanMax).Draw(t, "second STAN"), rapid.StringMatching(`[0-9]{12}`).Draw(t, "RRN")
		void := message{mti: mtiPurchase, code: codeVoid, stan: stan2, amount: m.amount, original: m.stan}
		copy(void.rrn[:], rrn)
		voidReversal, upload := void, void
		voidReversal.mti, upload.mti, upload.code = mtiReversal, mtiUpload, codePurchase
		more := upload
		more.code = moreFollow
		settlement := message{mti: mtiSettlement, code: codeSettlement, stan: stan2, totals: totals{
			rapid.Int64Range(0, batchSales).Draw(t, "sales"), rapid.Int64Range(0, 9_999_999_999).Draw(t, "rupiah"),
		}}
		trailer := settlement
		trailer.code = codeTrailer
		claim := iso.TotalsOf(iso.Total{Count: int32(settlement.totals.count), Amount: settlement.totals.amount}, iso.Total{})
		for _, pair := range []struct {
			name string
			own  message
			want iso.Outgoing
		}{
			{"purchase", m, purchase},
			{"repeat", repeat, purchase.Repeat()},
			{"inquiry", inquiry, theirs.Inquiry(m.stan, track2, pin)},
			{"reversal", reversal, theirs.Reversal(purchase)},
			{"reversal repeat", reversalRepeat, theirs.Reversal(purchase).Repeat()},
			{"void", void, theirs.Void(stan2, purchase, rrn)},
			{"void reversal", voidReversal, theirs.VoidReversal(theirs.Void(stan2, purchase, rrn))},
			{"upload", upload, theirs.Upload(stan2, purchase, rrn, false)},
			{"upload, more follow", more, theirs.Upload(stan2, purchase, rrn, true)},
			{"settlement", settlement, theirs.Settlement(stan2, claim)},
			{"trailer", trailer, theirs.Trailer(stan2, claim)},
		} {
			want, err := codec.EncodeRequest(nil, &pair.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := own.appendFrame(nil, pair.own, &card); !bytes.Equal(got, want) {
				t.Fatalf("%s: %d bytes, the codec makes %d others", pair.name, len(got), len(want))
			}
		}
	})
}

// TestChipData: the codec reads amount and counter from the DE55 that we send.
func TestChipData(t *testing.T) {
	cfg := testConfig("")
	cfg.Chip, cfg.Dialect.CheckLuhn = true, false
	codec, err := iso.NewCodec(cfg.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	fleet := testFleet(t, 1, 1)
	m := message{mti: mtiPurchase, stan: 77, amount: 25_000, atc: 513}
	frame := testTerminal(cfg, &fleet[0]).appendFrame(nil, m, &fleet[0].Cards[0])
	request, err := codec.Decode(frame[2:])
	if err != nil {
		t.Fatal(err)
	}
	p, ok := request.(*iso.Purchase)
	if !ok || p.ATC != 513 || p.ChipAmount != 2_500_000 || p.Amount != 25_000 || p.EntryMode != "0051" {
		t.Errorf("read back as %+v", request)
	}
}
