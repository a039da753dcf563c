package iso_test

import (
	"bytes"
	"fmt"
	"time"

	"bpnt/iso"
)

// One purchase, from the terminal's bytes to its answer.
func Example() {
	codec, err := iso.NewCodec(iso.EDC())
	if err != nil {
		fmt.Println(err)
		return
	}
	card, _ := iso.ParseTrack2("9999120000000422D3112520") // synthetic
	terminal := iso.Terminal{TPDU: iso.TPDU{0x60, 0, 0x10, 0, 0x07}, NII: "0010", TID: "JKT00001", MID: "EWARONG00000001", EntryMode: "0051"}
	purchase := terminal.Purchase(36, card, 50_000, iso.PINBlock{}, "000036")
	sent, _ := codec.EncodeRequest(nil, &purchase)

	frames := iso.NewFrameReader(bytes.NewReader(sent), codec.Dialect().Framing())
	body, _ := frames.Next()
	request, err := codec.Decode(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	redeem := request.(*iso.Purchase)
	fmt.Println(redeem.MTI, redeem.TID, redeem.STAN, redeem.PAN, redeem.Amount)

	frame, _ := codec.Encode(nil, &iso.Response{
		Header: redeem.Header, Fields: iso.Fields(3, 4, 11, 37, 39, 41), ResponseCode: "00", RRN: "000000000036",
		Amount: redeem.Amount, HasAmount: true,
	})
	answer, _ := codec.DecodeResponse(frame[2:])
	fmt.Println(answer.MTI, answer.TPDU, answer.ResponseCode, answer.Fields)
	// Output:
	// 0200 JKT00001 36 999912XXXXXX0422 50000
	// 0210 6000070010 00 3,4,11,37,39,41
}

// A switch reverses what it forwarded: a message of its own that names the original in DE90.
func ExampleSwitch() {
	codec, err := iso.NewCodec(iso.SwitchDialect())
	if err != nil {
		fmt.Println(err)
		return
	}
	card, _ := iso.ParseTrack2("9999120000000422D3112520") // synthetic
	bank := iso.Switch{Acquirer: "503", Forwarder: "503", Channel: "6018", Currency: "360", Date: "1122"}
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.FixedZone("WIB", 7*3600))
	sale := bank.Purchase(iso.Forward{STAN: 52, At: at, RRN: "261122000052", TID: "JKT00001", MID: "EWARONG00000001", Card: card, Amount: 50_000})
	undo := bank.Reversal(53, at.Add(time.Minute), sale)
	sent, _ := codec.EncodeRequest(nil, &undo)
	fmt.Printf("%s\n", sent[:8])

	request, err := codec.Decode(sent[4:])
	if err != nil {
		fmt.Println(err)
		return
	}
	reversal := request.(*iso.Reversal)
	fmt.Println(reversal.STAN, reversal.Original.MTI, reversal.Original.STAN, reversal.Original.TransmissionTime, reversal.RRN)

	frame, _ := codec.Encode(nil, &iso.Response{Header: reversal.Header, Fields: iso.Fields(3, 7, 11, 32, 37, 39, 41), ResponseCode: "00"})
	fmt.Printf("%s\n", frame)
	// Output:
	// 02050400
	// 53 0200 52 1121200405 261122000052
	// 00690410222000010A80000000000011212005050000530350326112200005200JKT00001
}
