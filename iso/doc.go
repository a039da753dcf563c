// Package iso turns bytes into messages and messages into bytes: frames, ISO 8583 as EDC terminals and as banks'
// switches speak it, typed requests and answers, and types for card data that mask themselves. It decides nothing,
// keeps nothing and knows neither the ledger nor a clock.
//
//	           FrameReader            Codec.Decode
//	socket ──► length, [TPDU] message ──► walk ──► check ──► *Purchase *Void *Reversal *Settlement … *Unsupported
//	                                      │         └──────► *DecodeError: answer 30 (Header) or close (nil)
//	                                      ▼
//	                                    layout ◄── compile ◄── edcSpec or switchSpec: moov's MessageSpec, as data
//	                                      ▲
//	socket ◄── one frame ◄── writer ──────┘◄── Codec.Encode(*Response), Codec.EncodeRequest(*Outgoing)
//
// # The two families
//
// A Dialect is a terminal's (form edc) or a switch's (form switch); one Codec serves one of them, and everything behind
// Decode is the same: numbers are numbers, and DE22, 24 and 70 have four digits in Go whatever the wire has.
//
//	              edc                                      switch
//	length        two bytes, big-endian                    the same, or four ASCII digits
//	in front      TPDU, type in two bytes                  type in four ASCII digits
//	bitmap        8 bytes or 16                            the same, or 16 or 32 upper-case hex digits
//	fields        those of captured terminals              all of ISO 8583:1987; what nobody reads is passed over
//	numbers       packed, n3 in two bytes                  ASCII digits
//	binary        bytes                                    bytes, or with a bitmap in hex two characters a byte
//	DE37          the original's, in void refund upload    the message's own
//	reversal      the original's STAN                      its own STAN, the original in DE90
//	MAC           DE64                                     DE64, DE128 where there are two bitmaps
//	DE60, DE62    batch and invoice                        private, not read
//
//	0200 00 01 30 31   Purchase, Inquiry                   Purchase, Inquiry
//	0200 02 20         Void, Refund                        Unsupported
//	0220               Advice                              Advice
//	0320               Upload                              Unsupported
//	0400 / 0420        Reversal / Unsupported              Reversal
//	0500, 0520         Settlement                          Reconciliation
//	0800               Network                             Network
//
// # The files
//
// frame.go and framing.go cut the stream. opening.go is what stands in front of the fields; spec*.go are the messages
// as tables; form*.go and prefix.go our encoders and lengths; walk.go cuts a body by that, tlv.go walks DE55.
// decode*.go makes requests, totals.go and original.go the fields that are made of several; response.go and writer*.go
// write answers; outgoing.go, terminal*.go, switch.go and answer.go are the other side. pan.go, track2.go, pinblock.go
// and veil.go are what must not be seen; receipt*.go and amounts.go are DE48 and DE54; describe*.go is what people may
// see. stock.go is what all this is measured against.
//
// # Ownership of bytes
//
// FrameReader.Next returns a slice of its own buffer, valid until the next Wait or Next. Decode and DecodeResponse copy
// what they keep, in one string for all texts, except the values of type Opaque (MAC, MACInput, Network.Text,
// Answer.Key) and what Answer.Field returns: those point into the body. So check a MAC before the next frame is read.
// The encoders append to the caller's buffer and keep nothing; ComputeMAC must not keep its input.
//
// # Strictness
//
// A message has exactly one spelling, or it is refused: lengths in BCD with a zero in the spare nibble (on a switch
// ASCII digits, no sign), one bitmap or two and the second not empty, decimal nibbles or digits, hex in upper case,
// nothing after the last field, tags of DE55 at most EMVTagsMax, none twice, lengths in their shortest form. The two
// freedoms that terminals take stay free and never reach a value: the pad nibble of track 2 may be F or 0, and that of
// an odd DE2 may be F on either side (a 0 is believed only on the side that Dialect.PANPad names, because a 0 on the
// other side is a digit, and the number another card). An answer, unlike a request, may repeat the issuer scripts 71
// and 72: the published purchase response does.
//
// Fields that a fleet adds and nobody reads (48, 57, 58, 59, 61, 63; on a switch all private and reserved ones) may
// hold any bytes. A wrong check digit refuses a purchase but never a reversal, which would be repeated for ever, nor an
// advice or an upload, whose food is gone. DE63 of a settlement is one, two, four or six pairs and nothing else
// (totals_form). A switch's reversal must have DE90, and may not ask for a part in DE95.
//
// A DecodeError has a Header when the answer would find its way: STAN and terminal could be read, and the message is a
// request. What is wrong inside a field does not stop the walk for that reason; what is wrong with a field's end does.
//
// # Limits
//
//	FrameBytesMax       2048  refused by the header; the largest published message has 541
//	FrameBytesMin         15  TPDU, type, one bitmap; on a switch 12, in hex 20
//	SwitchFrameBytesMax 8192  characters take more room; 16 KiB of buffer, and only while one that long comes
//	two bitmaps               a third is refused: 60 ns, where chained bitmaps cost moov 22 ms
//	EMVTagsMax            64  the published void has 22; no allocation, where 499 tags cost moov 309 KB
//	ReceiptBytesMax      999  what DE48 can carry; a receipt is cut at a line's end and never refused
//	DE4, DE54, DE63           12 digits in minor units; DE86 to 89 and 97 have 16, DE74 to 77 must fit an int32
//
// # Secrets
//
// PAN, Track2 and PINBlock print masked under every verb, in slog, JSON and text. Where fmt may not call a method (a
// value in somebody's unexported field) it prints the array, and that holds the digits under a veil of random bytes of
// this process, so that fails closed too. An Opaque has no veil, so that no unexported field may hold one, nor lead to
// one by a pointer: under a verb that does not suit it fmt follows that (Answer.field is a function). Errors are made
// of a field's number and a constant; none of moov's, which quote the message, ever leaves. Describe shows what is on a
// list of harmless fields and tags, and the length of all else. moov's own Describe shows tag 5A in clear.
//
// # Why moov's Message is not on the way of a message
//
// The message is moov's: spec, fields, encoding.Encoder and prefix.Prefixer are its types, and its Message works with
// them. But Message copies each field several times, into a map made anew for every message, and cannot be strict:
// it stops where the fields stop and does not tell how far that was. A strict walk over the same spec is needed
// anyway, and once it has found and checked each field there is nothing left for Message to do. So the walk and the
// writer use the spec directly, and Message is the referee: the tests and FuzzDecode let it read every message that
// the walk takes, and every field must come out the same.
//
// Measured with `go test -run xxx -bench Purchase ./iso` (a chip purchase of 240 bytes, and one of a switch of 477
// characters, decoded and encoded, on 2 busy cores; November 2026):
//
//	BenchmarkPurchase/ours           1.7 µs     452 B    3 allocations   typed, strict, DE55 walked
//	BenchmarkPurchase/moov           7.0 µs   4,464 B  135 allocations   Message on our encoders, fields only
//	BenchmarkPurchase/stock           98 µs  29,644 B  222 allocations   Message on moov's encoders, fields only
//	BenchmarkSwitchPurchase/ours     2.7 µs     624 B    5 allocations   PIN block and DE55 from hex
//	BenchmarkSwitchPurchase/moov      10 µs   7,872 B  225 allocations
//	BenchmarkSwitchPurchase/stock    9.4 µs   7,985 B  178 allocations   moov's ASCII has no hash table
//
// moov's BCD builds a hash table at every field, which is most of the third line. It has no encoding for track 2 at
// all: its BCD refuses the D, and its hex encodings count bytes where DE35 counts nibbles (moov-io/iso8583 #327, #379,
// #457); the stock spec of the benchmark joins two of its parts for that.
//
// There is no template that patches a STAN into ready bytes: EncodeRequest takes 0.4 µs and no allocation.
package iso
