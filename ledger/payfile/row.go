package payfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Row is one movement of a settlement as a switch's reconciliation lists it (DOMAIN D.4). Amounts are whole rupiah.
type Row struct {
	MTI            string
	ProcessingCode int32
	ResponseCode   string
	Approval       string
	MaskedPAN      string    // first six and last four digits
	At             time.Time // when the ledger decided, in its time zone
	STAN           int32
	RRN            string
	Acquirer       int16  // clearing code of the outlet's bank
	Issuer         int16  // clearing code of the card's bank
	Outlet         string // name and city
	MID            string
	LocalStamp     string // MMDDhhmmss by the terminal's clock; empty where it sent none
	AmountIDR      int64
	TID            string
	BusinessDate   time.Time
	Undone         bool   // it gives back: a reversal, a void, a refund
	Account        string // that the outlet is paid on; empty where nothing is paid
	Institution    string // code of the outlet's bank
}

// RowHead is what the first line says.
type RowHead struct {
	ID     string // of the settlement
	Rows   int64
	NetIDR int64
}

// rowColumns are those of DOMAIN D.4.
var rowColumns = []string{
	"mti", "processing_code", "response_code", "approval", "pan", "switch_date", "switch_time", "stan", "rrn",
	"acquirer_participant", "issuer_participant", "name_location", "acquirer_id", "local_date", "local_time", "currency",
	"amount", "terminal_id", "switch_business_date", "flag", "channel", "destination_participant", "destination_account",
	"destination_institution", "admin_fee", "biller_amount", "principal",
}

// channelEDC is what an Indonesian switch calls an EDC (DOMAIN B.5).
const channelEDC = "6018"

// currencyIDR is ISO 4217's number.
const currencyIDR = "360"

// RowWriter writes rows one by one, so that a day of millions needs no memory.
type RowWriter struct {
	csv  *csv.Writer
	head RowHead
	rows int64
	net  int64
}

// NewRowWriter writes the first line and the columns. Fields are parted by delimiter, a comma or a pipe.
func NewRowWriter(w io.Writer, delimiter rune, head RowHead) (*RowWriter, error) {
	if delimiter != ',' && delimiter != '|' {
		return nil, fmt.Errorf("fields are parted by a comma or a pipe, not by %q", delimiter)
	}
	r := &RowWriter{csv: csv.NewWriter(w), head: head}
	r.csv.Comma = delimiter
	first := []string{"bpnt", "settlement", "1", head.ID, strconv.FormatInt(head.Rows, 10), strconv.FormatInt(head.NetIDR, 10)}
	if err := r.csv.Write(first); err != nil {
		return nil, err
	}
	return r, r.csv.Write(rowColumns)
}

// Write adds a row.
func (w *RowWriter) Write(r Row) error {
	w.rows++
	flag := "D"
	if r.Undone {
		flag = "C"
		w.net -= r.AmountIDR
	} else {
		w.net += r.AmountIDR
	}
	localDate, localTime := split(r.LocalStamp)
	amount, acquirer := strconv.FormatInt(r.AmountIDR, 10), fmt.Sprintf("%03d", r.Acquirer)
	return w.csv.Write([]string{
		r.MTI, fmt.Sprintf("%06d", r.ProcessingCode), r.ResponseCode, r.Approval, r.MaskedPAN, r.At.Format("0102"), r.At.Format("150405"),
		fmt.Sprintf("%012d", r.STAN), r.RRN, acquirer, fmt.Sprintf("%03d", r.Issuer), cut(r.Outlet, 40), r.MID, localDate, localTime,
		currencyIDR, amount, r.TID, r.BusinessDate.Format("0102"), flag, channelEDC, acquirer, r.Account, r.Institution,
		"0", "0", "",
	})
}

// split parts MMDDhhmmss into its date and its time.
func split(stamp string) (date, clock string) {
	if len(stamp) != len("MMDDhhmmss") {
		return "", ""
	}
	return stamp[:4], stamp[4:]
}

// Close ends the file. It fails where the rows are not what the first line says.
func (w *RowWriter) Close() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	if w.rows != w.head.Rows || w.net != w.head.NetIDR {
		return fmt.Errorf("%s has %d rows with Rp %d net, the books gave %d with Rp %d",
			w.head.ID, w.head.Rows, w.head.NetIDR, w.rows, w.net)
	}
	return nil
}
