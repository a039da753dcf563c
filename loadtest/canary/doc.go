// Package canary looks for secrets where none may be: in logs, pages of metrics, dumps and data files of the database,
// reports, memory. A test sends known card numbers, tracks, PINs and keys (the canaries) through the programs, collects
// what they left behind, and has it read here; RELIABILITY F53 to F55, and I13, ask for 0 hits. It knows nothing of
// bpnt, so that integrators may point it at their own host's leavings.
//
//	secrets ──► forms of each (forms.go) ──► one automaton (automaton.go) ──► Scanner.Read: every byte once
//	what was left: files, output, memory ──────────────────────────────────────┘  └─► net (net.go): other card numbers
//
// # Forms
//
//	text      the digits or the hex of the bytes, in lower and in upper case
//	bcd, raw  two digits a byte, and the same one nibble further (a field that begins in the middle of a byte)
//	hex       the hex of the text, as %x prints a string
//	base64    of text and of bytes, at each of the three places where a group of three bytes may begin; both alphabets
//	utf16     of the text, in both byte orders
//	list      decimal numbers, as Go's %v prints a slice of bytes
//
// A form shorter than seven bytes is left out: by chance alone it would be found in a gigabyte of data files. A PIN of
// six digits is therefore looked for as its PIN blocks, which are eight bytes, and PINs of eight and twelve digits as
// text too.
//
// # Second net
//
// What a test did not think of as a canary may leak as well. Runs of digits that hold a number of 13 to 19 digits with
// a right check digit (ISO/IEC 7812-1 annex B), under one of the issuers that the tests use, are hits too. Masked
// numbers are none: they are no run of digits.
//
// # Limits
//
// Compressed, encrypted and salted copies are not seen, nor a secret that is split over two rows or two packets of a
// log. The automaton takes 1 kB for each byte of all forms; it reads some hundred megabytes a second.
package canary
