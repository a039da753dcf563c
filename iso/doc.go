// Package iso turns bytes into messages and messages into bytes: frames, ISO 8583 as EDC terminals speak it, typed
// requests and answers, and types for card data that mask themselves. It decides nothing, keeps nothing and knows
// neither the ledger nor a clock.
//
//	           FrameReader            Codec.Decode
//	socket ──► length, TPDU+message ──► walk ──► check ──► *Purchase *Inquiry *Reversal *Network *Unsupported
//	                                    │         └──────► *DecodeError: answer 30 (Header) or close (nil)
//	                                    ▼
//	                                  layout ◄── compile ◄── edcSpec: moov's MessageSpec, as data
//	                                    ▲
//	socket ◄── one frame ◄── writer ────┘◄── Codec.Encode(*Response), Codec.EncodeRequest(*Outgoing)
//
// # The files
//
// frame.go cuts the stream. spec.go is the message as a table; form*.go and prefix.go are our encoders and lengths,
// walk.go cuts a body by that table, tlv.go walks DE55. decode*.go makes requests, response.go and writer.go write
// answers; outgoing.go, terminal.go and answer.go are the terminal's side. pan.go, track2.go, pinblock.go and veil.go
// are what must not be seen; receipt*.go and amounts.go are DE48 and DE54; describe*.go is what people may see.
//
// # Ownership of bytes
//
// FrameReader.Next returns a slice of its own buffer, valid until the next Wait or Next. Decode and DecodeResponse
// copy what they keep, in one string for all texts, except the values of type Opaque (MAC, MACInput, Network.Text) and
// what Answer.Field returns: those point into the body. So check a MAC before the next frame is read. The encoders
// append to the caller's buffer and keep nothing; ComputeMAC must not keep its input.
//
// # Strictness
//
// A message has exactly one spelling, or it is refused: lengths in BCD with a zero in the spare nibble, one bitmap or
// two and the second not empty, decimal nibbles, nothing after the last field, tags of DE55 at most EMVTagsMax, none
// twice, lengths in their shortest form. The two freedoms that terminals take stay free and never reach a value: the
// pad nibble of track 2 may be F or 0, and that of an odd DE2 may be F on either side (a 0 is believed only on the side
// that Dialect.PANPad names, because a 0 on the other side is a digit, and the number another card). An answer, unlike
// a request, may repeat the issuer scripts 71 and 72: the published purchase response does.
//
// Fields that a fleet adds and nobody reads (48, 57, 58, 59, 61, 63) may hold any bytes. A wrong check digit refuses a
// purchase but never a reversal, which would be repeated for ever.
//
// A DecodeError has a Header when the answer would find its way: STAN and terminal could be read, and the message is a
// request. What is wrong inside a field does not stop the walk for that reason; what is wrong with a field's end does.
//
// # Limits
//
//	FrameBytesMax    2048  refused by the header; the largest published message has 541
//	FrameBytesMin      15  TPDU, type, one bitmap
//	two bitmaps            a third is refused: 60 ns, where chained bitmaps cost moov 22 ms
//	EMVTagsMax         64  the published void has 22; no allocation, where 499 tags cost moov 309 KB
//	ReceiptBytesMax   999  what DE48 can carry; a receipt is cut at a line's end and never refused
//	DE4, DE54              12 digits in minor units
//
// # Secrets
//
// PAN, Track2 and PINBlock print masked under every verb, in slog, JSON and text. Where fmt may not call a method (a
// value in somebody's unexported field) it prints the array, and that holds the digits under a veil of random bytes
// of this process, so that fails closed too. Errors are made of a field's number and a constant; none of moov's, which
// quote the message, ever leaves. Describe shows what is on a list of harmless fields and tags, and the length of all
// else. moov's own Describe shows tag 5A in clear.
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
// Measured with `go test -run xxx -bench Purchase ./iso` (a chip purchase of 240 bytes, decoded and encoded, on 2 busy
// cores; November 2026):
//
//	BenchmarkPurchase/ours     2.0 µs     356 B    3 allocations   typed, strict, DE55 walked
//	BenchmarkPurchase/moov     7.3 µs   4,480 B  142 allocations   Message on our encoders, fields only
//	BenchmarkPurchase/stock    114 µs  29,642 B  222 allocations   Message on moov's encoders, fields only
//
// moov's BCD builds a hash table at every field, which is most of the last line. It has no encoding for track 2 at all:
// its BCD refuses the D, and its hex encodings count bytes where DE35 counts nibbles (moov-io/iso8583 #327, #379,
// #457); the stock spec of the benchmark joins two of its parts for that.
//
// There is no template that patches a STAN into ready bytes: EncodeRequest takes 0.4 µs and no allocation.
package iso
