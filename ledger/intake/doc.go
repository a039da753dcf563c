// Package intake reads the files that banks and offices send: disbursements, families, cards, outlets, terminals.
//
// # Form
//
//	bpnt,disbursement,1,BNI-DKI-202611-01,2,800000     kind, version, identity, lines, control total
//	family,programme,period,amount                     the columns, in this order
//	3171000000001,BPNT,202611,200000                   a line for each row
//	3171000000002,BPNT,202609-202611,600000
//
// A file is CSV in UTF-8 without a byte order mark, with one kind of line end (LF, or CR LF) and no blank lines. A field
// that holds a comma or a quote stands in quotes (RFC 4180); a field never holds a line end. The identity is the
// sender's, 1 to 64 letters, digits, dots, dashes and underscores: a file is known by it for ever, and another file must
// not use it. The control total is the sum of the amounts in whole rupiah, 0 for files without money. Both totals are
// what guards against a file that was cut off or sent twice, so neither may be left out.
//
// # Manners
//
// What is wrong with the file as a whole (header, columns, byte order mark) is one error and ends the reading. What is
// wrong with a line is a Fault with its number, and the reading goes on, so that the sender gets the whole list at once:
// Rejects writes it to a file. Nothing here touches the books: who reads a file to its end without a fault and whose
// totals agree may carry it out.
//
// # Limits
//
//	line                4,096 bytes
//	memory              constant, whatever the length of the file
//
// # Decisions
//
//   - Our own splitting of lines instead of encoding/csv: that one reads mixed line ends, bare quotes and records over
//     several lines without a word, and a file with one of these is a file that somebody opened in a spreadsheet. A line
//     with quotes is given to encoding/csv alone.
package intake
