// Package payfile writes the files of a bank's business day, and reads what the bank answers. It knows no SQL.
//
//	                    ┌─ WriteOrder ───► pain.001.001.03   pay each outlet
//	settlement (ledger) ┤
//	                    └─ RowWriter ────► CSV               each redemption, for the switch's reconciliation
//
//	ReadResult ◄── camt.053, camt.054 or CSV   what became of each payout ──► ledger
//
// # Identity and totals
//
// A settlement is known by its name (BPNT-BNI-20181122) for ever. It is the MsgId and PmtInfId of the payout order and
// the identity in the first line of the CSV; a payout's EndToEndId is that name and the outlet's number. The order has
// NbOfTxs and CtrlSum twice, for the message and for its one block; the CSV has its number of lines and the net amount in
// the first line, in the form of package intake. A file has nothing of the moment it was written: the same settlement
// gives the same bytes.
//
// # Amounts
//
// In the ledger and in CSV an amount is whole rupiah. In XML it is written with two decimals ("150000.00"): ISO 4217 gives
// IDR two minor digits, and the upload forms of Indonesian banks ask for 18 digits, a point and two. What a bank writes
// may have up to five decimals (ISO 20022), which must all be zero.
//
// # Reading
//
// A file with any fault is refused as a whole, with a sentence: nobody should guess about payments that were made. An
// entry counts as paid where the bank booked a debit, and as rejected where it booked a credit that returns one, or
// reversed the debit (RvslInd). What is pending or only information (Sts PDNG, INFO) is left for the statement to come.
// Entries without one of our references, such as fees, are counted and left alone.
//
// # Limits
//
//	FileBytesMax   256 MiB of a bank's file
//	EntriesMax     1,000,000 entries in it
//	depthMax       32 elements, one inside the other
//	text           4,096 bytes an element or line
//
// # Decisions
//
//   - Names of elements and their order are structs for encoding/xml, in the order of the published schema. The schema is
//     not here: its licence is unclear. TestOrderBySchema checks against a copy where there is one.
//   - The creditor's and the debtor's agent are named by their clearing code (ClrSysMmbId): that is what the ledger knows
//     of a bank. Accounts are no IBAN in Indonesia, so they stand in Othr.
//   - One payment block (PmtInf) a file, whose payments are booked one by one (BtchBookg false), so that the payer's
//     statement says what became of each. A bank that books them as one sum must send the details (camt.054).
package payfile
