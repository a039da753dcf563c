package iso_test

import (
	"bytes"
	"fmt"

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

	frames := iso.NewFrameReader(bytes.NewReader(sent))
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
