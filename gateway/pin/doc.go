// Package pin is the security boundary: the only code that ever holds a clear PIN or a clear key. It knows PIN blocks,
// the keys of terminals, message authentication and the values that stand in the ledger instead of a PIN and a PAN. It
// imports nothing of bpnt, so that its reader needs no other package, and it takes digits as []byte ('0' to '9'), which
// can be overwritten, never as string.
//
//	           outside                 │            this package              │        outside
//	                                   │                                      │
//	DE52, encrypted PIN block  ────────┼─► TPK opens ─► PIN ─► PVK ───────────┼─► verification value, int32
//	PAN digits                 ────────┼─► HMAC-SHA-256 under the PAN key ────┼─► PANKey, 16 bytes
//	bytes of a message, DE64   ────────┼─► X9.19 under the TAK ───────────────┼─► true or false
//	wrapped key of a terminal  ────────┼─► master key opens ─► expanded key ──┼─► *TerminalKey, opaque and masked
//
// # Keys
//
//	master.key   AES-256, 32 bytes in hex, mode 0600. Keep a copy elsewhere; back it up apart from the database.
//	    │ AES-256-GCM; what a key is for, and its id or TID, are authenticated with it
//	    ├── keys.json   PAN key            HMAC-SHA-256, 32 bytes   finds cards        lost: no card is ever found again
//	    │               verification key   TDES, 16 bytes           PIN -> value       lost: every card needs a new PIN
//	    ├── the ledger  ZMK, ZPK, ZAK of a switch's zone            what TMK, TPK and TAK are to a terminal (zone.go)
//	    └── the ledger  TMK of a terminal  DES or TDES              brings the others  lost: inject a new one
//	                    TPK of a terminal  DES or TDES              opens PIN blocks   lost: load one, or log on
//	                    TAK of a terminal  DES or TDES              DE64               lost: load one, or log on
//
// A terminal with a master key (TMK) gets its working keys over the line: KeyBlock puts them under it, each with its check
// value (keyblock.go), and OpenKeyBlock is the terminal's side. Their clear form exists only inside those two calls.
//
// Every key has a check value: for a DES key the first three bytes of its encryption of zeros (KCV, as payment people
// compare it by telephone), for the others the first three bytes of an HMAC over a fixed text. Keystore.Fingerprint
// is made of ids, methods and check values; the ledger stores it, so that a gateway with another keystore is refused
// at its start instead of finding no card.
//
// A terminal key is wrapped as
//
//	version 1 | check value of the master key 3 | nonce 12 | ciphertext 8, 16 or 24 | tag 16
//
// and both the use and the TID are authenticated: a key that was copied to another terminal's row does not open.
//
// # The verification value
//
// The ledger compares two int32 and counts tries in the transaction that debits (DESIGN D9). The method stands in
// keys.json beside the verification key:
//
//   - ibm3624, the default. The offset of the whole PIN, digit by digit modulo ten, against the natural PIN, which is
//     the card's last sixteen PAN digits encrypted under the verification key and made decimal. The value is ten to the
//     power of the PIN's length plus the offset. For one card it is one to one: no two PINs share a value.
//   - pvv, Visa's. Its value is 10000 plus the PVV. It covers the first four digits of a PIN only, so 123456 and
//     123499 are one PIN, and two PINs of four digits may collide: that is why it is not the default. It is here
//     because banks use it. The key is one of ours all the same: bringing a bank's own in is not possible yet. The id
//     of the key is its PVKI, 1 to 6.
//
// A value alone reveals nothing without the verification key; with it, a value is the PIN. To choose pvv, edit
// "method" in keys.json before the first card is added; the fingerprint covers it.
//
// # Limits
//
// PINs of 4 to 8 digits can be given to a card (the value must fit int32). One of 9 to 12 that arrives in a PIN block
// is well formed, so it counts as a wrong PIN, with the value 1 that no card has (pvv looks at its first four
// digits). Only ISO 9564 format 0. PANs of 8 to 19 digits. Keys of 8, 16 or 24 bytes; parity bits are ignored, as
// published keys have wrong ones.
//
// # Decisions
//
//   - A PIN block that does not decode is ErrPINBlock, a key out of step and not a wrong PIN: it burns no try, as in a
//     payShield's error 20 against its 01.
//   - The decimalisation table is a constant and so is the choice of validation data. Attacks that find a PIN in some
//     fifteen guesses let the caller choose them (Bond and Zielinski 2003).
//   - The first four bytes of a MAC with four zero bytes are accepted for a whole one: fleets in the field send that
//     (DOMAIN C.3). It leaves 2^-32 for a guess. Eight zero bytes are no MAC; whether a link allows them is the
//     gateway's policy, and never a question to VerifyMAC.
//   - Only DES here is old: the terminals' PIN pads speak it. What we chose ourselves is AES-256-GCM and HMAC-SHA-256.
//   - Clear PINs are overwritten after use, in pooled memory that is never part of a string. Go cannot promise that
//     no copy stays on a stack; the claim is that nothing keeps or prints one.
//   - Rotation: keys.json holds a list for each use, one of them active, and each key has an id. A new PAN key means
//     that every card is keyed anew, which needs the PANs: that is the bank's file, not this package.
//
// # Where an HSM goes
//
// The gateway asks for a verification value and hands it to the ledger: mode Derive. An HSM that can derive (a
// payShield with BK or DU for offsets, FW or CU for PVVs) replaces VerificationValue one to one. One that only
// verifies (DA, DC) needs the card's stored value: mode Verify reserves a try in the ledger, asks, and posts with the
// verdict. Both seams lie with the consumer, in gateway; PANKey and VerifyMAC have the same shape there. A fault of
// the HSM is an error, like ErrPINBlock; a wrong PIN never is.
package pin
