package payfile

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Order asks a bank to pay outlets.
type Order struct {
	ID       string    // up to 35 characters; the file is known by it
	Created  time.Time // when the day was closed; in the ledger's time zone
	Pay      time.Time // the date on which the bank is to pay
	Bank     string    // clearing code, three digits
	Account  string    // that is debited
	Holder   string
	Subject  string // what the payments are for, up to 140 characters
	Payments []Payment
}

// Payment is what one outlet gets.
type Payment struct {
	Reference string // EndToEndId, up to 35 characters
	AmountIDR int64
	Bank      string // clearing code, three digits
	Account   string
	Holder    string
}

// Limits of ISO 20022's Max70Text and Max140Text, in characters.
const (
	holderMax  = 70
	subjectMax = 140
)

// The elements of pain.001.001.03, in the order of its schema. What bpnt never writes is left out.
type (
	painDocument struct {
		XMLName    xml.Name       `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03 Document"`
		Initiation painInitiation `xml:"CstmrCdtTrfInitn"`
	}
	painInitiation struct {
		Header painHeader `xml:"GrpHdr"`
		Block  painBlock  `xml:"PmtInf"`
	}
	painHeader struct {
		ID        string    `xml:"MsgId"`
		Created   string    `xml:"CreDtTm"`
		Count     string    `xml:"NbOfTxs"`
		Sum       string    `xml:"CtrlSum"`
		Initiator painParty `xml:"InitgPty"`
	}
	painBlock struct {
		ID      string        `xml:"PmtInfId"`
		Method  string        `xml:"PmtMtd"`
		Booking bool          `xml:"BtchBookg"`
		Count   string        `xml:"NbOfTxs"`
		Sum     string        `xml:"CtrlSum"`
		Pay     string        `xml:"ReqdExctnDt"`
		Debtor  painParty     `xml:"Dbtr"`
		Account painAccount   `xml:"DbtrAcct"`
		Agent   painAgent     `xml:"DbtrAgt"`
		Charges string        `xml:"ChrgBr"`
		Each    []painPayment `xml:"CdtTrfTxInf"`
	}
	painPayment struct {
		Reference string      `xml:"PmtId>EndToEndId"`
		Amount    painAmount  `xml:"Amt>InstdAmt"`
		Agent     painAgent   `xml:"CdtrAgt"`
		Creditor  painParty   `xml:"Cdtr"`
		Account   painAccount `xml:"CdtrAcct"`
		Subject   string      `xml:"RmtInf>Ustrd,omitempty"`
	}
	painParty struct {
		Name string `xml:"Nm"`
	}
	painAccount struct {
		Number   string `xml:"Id>Othr>Id"`
		Currency string `xml:"Ccy"`
	}
	painAgent struct {
		Member string `xml:"FinInstnId>ClrSysMmbId>MmbId"`
	}
	painAmount struct {
		Currency string `xml:"Ccy,attr"`
		Amount   string `xml:",chardata"`
	}
)

// WriteOrder writes an order as pain.001.001.03. An order without payments is none: the schema asks for one at least.
func WriteOrder(w io.Writer, o Order) error {
	if len(o.Payments) == 0 {
		return fmt.Errorf("%s has nothing to pay", o.ID)
	}
	var text bytes.Buffer
	text.WriteString(xml.Header)
	e := xml.NewEncoder(&text)
	e.Indent("", " ")
	if err := e.Encode(o.document()); err != nil {
		return err
	}
	text.WriteByte('\n')
	_, err := w.Write(text.Bytes())
	return err
}

func (o Order) document() painDocument {
	count, sum := strconv.Itoa(len(o.Payments)), rupiah(o.total())
	holder := cut(o.Holder, holderMax)
	return painDocument{Initiation: painInitiation{
		Header: painHeader{
			ID: o.ID, Created: o.Created.Format("2006-01-02T15:04:05-07:00"), Count: count, Sum: sum, Initiator: painParty{holder},
		},
		Block: painBlock{
			ID: o.ID, Method: "TRF", Booking: false, Count: count, Sum: sum, Pay: o.Pay.Format(time.DateOnly),
			Debtor: painParty{holder}, Account: painAccount{o.Account, "IDR"}, Agent: painAgent{o.Bank},
			Charges: "DEBT", // MDR is zero: the outlet gets all of it (DOMAIN A.9)
			Each:    o.each(),
		},
	}}
}

func (o Order) total() (sum int64) {
	for _, p := range o.Payments {
		sum += p.AmountIDR
	}
	return sum
}

func (o Order) each() []painPayment {
	each := make([]painPayment, len(o.Payments))
	for i, p := range o.Payments {
		each[i] = painPayment{
			Reference: p.Reference, Amount: painAmount{"IDR", rupiah(p.AmountIDR)}, Agent: painAgent{p.Bank},
			Creditor: painParty{cut(p.Holder, holderMax)}, Account: painAccount{p.Account, "IDR"}, Subject: cut(o.Subject, subjectMax),
		}
	}
	return each
}

// rupiah writes an amount with the two decimals of ISO 4217.
func rupiah(amount int64) string { return strconv.FormatInt(amount, 10) + ".00" }

// cut takes the first characters of a text.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
