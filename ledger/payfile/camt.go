package payfile

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"bpnt/ledger/intake"
)

// The elements of camt.053 and camt.054 that matter, of all versions: what a later version renamed stands beside it.
type (
	camtEntry struct {
		Amount   camtAmount   `xml:"Amt"`
		Side     string       `xml:"CdtDbtInd"`
		Reversal bool         `xml:"RvslInd"`
		Status   camtStatus   `xml:"Sts"`
		Batch    string       `xml:"NtryDtls>Btch>PmtInfId"`
		Details  []camtDetail `xml:"NtryDtls>TxDtls"`
	}
	camtStatus struct {
		Text string `xml:",chardata"` // up to version 07
		Code string `xml:"Cd"`        // from 08 on
	}
	camtDetail struct {
		Reference string      `xml:"Refs>EndToEndId"`
		Amount    *camtAmount `xml:"Amt"`               // from version 03 on
		Before    *camtAmount `xml:"AmtDtls>TxAmt>Amt"` // in 02
		Side      string      `xml:"CdtDbtInd"`
		Code      string      `xml:"RtrInf>Rsn>Cd"`
		Own       string      `xml:"RtrInf>Rsn>Prtry"`
		Text      []string    `xml:"RtrInf>AddtlInf"`
	}
	camtAmount struct {
		Currency string `xml:"Ccy,attr"`
		Amount   string `xml:",chardata"`
	}
)

// referencePrefix begins every reference of ours.
const referencePrefix = "BPNT-"

// camtReader goes through a file from element to element, so that a long statement needs no memory.
type camtReader struct {
	xml    *xml.Decoder
	result Result
	number int // of the entry at hand
}

// readCamt reads a statement (camt.053) or notification (camt.054) of any version.
func readCamt(in io.Reader) (Result, error) {
	r := camtReader{xml: xml.NewTokenDecoder(newStrictTokens(in))}
	if err := r.root(); err != nil {
		return r.result, err
	}
	for {
		token, err := r.xml.Token()
		if errors.Is(err, io.EOF) {
			return r.result, r.complete()
		}
		if err == nil {
			err = r.take(token)
		}
		if err != nil {
			return r.result, err
		}
	}
}

// root looks for the document and refuses other messages.
func (r *camtReader) root() error {
	for {
		token, err := r.xml.Token()
		if err != nil {
			return errors.Join(errors.New("it is no XML document"), notEOF(err))
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		message, isISO := strings.CutPrefix(start.Name.Space, "urn:iso:std:iso:20022:tech:xsd:")
		known := strings.HasPrefix(message, "camt.053.001.") || strings.HasPrefix(message, "camt.054.001.")
		if !isISO || start.Name.Local != "Document" || !known {
			return errors.New("it is neither camt.053 nor camt.054, nor CSV of the kind payout-result")
		}
		return nil
	}
}

// take looks at an element that may have a meaning for us.
func (r *camtReader) take(token xml.Token) error {
	start, ok := token.(xml.StartElement)
	if !ok {
		return nil
	}
	switch start.Name.Local {
	case "MsgId":
		return r.xml.DecodeElement(&r.result.ID, &start)
	case "Ntry":
		var e camtEntry
		r.number++
		if err := r.xml.DecodeElement(&e, &start); err != nil {
			return fmt.Errorf("entry %d: %w", r.number, err)
		}
		if err := r.entry(e); err != nil {
			return fmt.Errorf("entry %d: %w", r.number, err)
		}
	}
	return nil
}

func (r *camtReader) complete() error {
	if r.result.ID == "" || len(r.result.ID) > 35 {
		return errors.New("it has no MsgId of 1 to 35 characters")
	}
	return nil
}

// entry takes one line of the account, which may be of several payments.
func (r *camtReader) entry(e camtEntry) error {
	if len(e.Details) == 0 && strings.HasPrefix(e.Batch, referencePrefix) {
		return fmt.Errorf("%s is booked as one sum: ask the bank for its details (camt.054)", e.Batch)
	}
	if !slices.ContainsFunc(e.Details, camtDetail.ours) {
		r.result.Others++
		return nil
	}
	if err := e.sums(); err != nil {
		return err
	}
	for _, d := range e.Details {
		if err := r.detail(e, d); err != nil {
			return err
		}
	}
	return nil
}

func (r *camtReader) detail(e camtEntry, d camtDetail) error {
	switch {
	case !d.ours():
		r.result.Others++
		return nil
	case !e.Status.booked():
		r.result.Pending++
		return nil
	}
	amount, err := d.amount(e).rupiah()
	if err != nil {
		return err
	}
	status, err := e.outcome(d)
	if err != nil {
		return err
	}
	entry := Entry{Reference: strings.TrimSpace(d.Reference), Status: status, AmountIDR: amount}
	if status == StatusRejected {
		entry.Reason = d.reason()
	}
	return r.result.add(entry)
}

// sums compares an entry with its details, where they have amounts of their own.
func (e camtEntry) sums() error {
	var sum int64
	for _, d := range e.Details {
		if len(e.Details) > 1 && d.Amount == nil && d.Before == nil {
			return errors.New("it is of several payments, and one of them has no amount")
		}
		amount, err := d.amount(e).rupiah()
		if err != nil {
			return err
		}
		sum += amount
	}
	total, err := e.Amount.rupiah()
	if err == nil && total != sum {
		err = fmt.Errorf("it is of Rp %d, its payments come to Rp %d", total, sum)
	}
	return err
}

// outcome tells what a booked line says: the account is the payer's.
func (e camtEntry) outcome(d camtDetail) (string, error) {
	side := strings.TrimSpace(d.Side)
	if side == "" {
		side = strings.TrimSpace(e.Side)
	}
	switch {
	case side == "DBIT" && !e.Reversal:
		return StatusPaid, nil
	case side == "CRDT":
		return StatusRejected, nil
	case side == "DBIT":
		return "", errors.New("it takes back a credit with a reference of ours: that is for people to look at")
	}
	return "", errors.New("CdtDbtInd must be CRDT or DBIT")
}

func (s camtStatus) booked() bool {
	return s.Code == "BOOK" || strings.TrimSpace(s.Text) == "BOOK"
}

func (d camtDetail) ours() bool {
	return strings.HasPrefix(strings.TrimSpace(d.Reference), referencePrefix)
}

func (d camtDetail) amount(e camtEntry) camtAmount {
	switch {
	case d.Amount != nil:
		return *d.Amount
	case d.Before != nil:
		return *d.Before
	}
	return e.Amount
}

func (d camtDetail) reason() string {
	text := strings.Join(append([]string{d.Code, d.Own}, d.Text...), " ")
	return cut(strings.Join(strings.Fields(text), " "), subjectMax)
}

// rupiah reads an amount of whole rupiah with decimals that are zero.
func (a camtAmount) rupiah() (int64, error) {
	if a.Currency != "IDR" {
		return 0, errors.New("an amount is not in IDR")
	}
	whole, decimals, _ := strings.Cut(strings.TrimSpace(a.Amount), ".")
	if strings.Trim(decimals, "0") != "" || len(decimals) > 5 {
		return 0, errors.New("an amount is not of whole rupiah")
	}
	return intake.Rupiah(whole)
}
