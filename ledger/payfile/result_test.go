package payfile

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

const (
	camt54 = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>BNI-54-1</MsgId><CreDtTm>2018-11-23T10:00:00+07:00</CreDtTm></GrpHdr>
<Ntfctn><Id>1</Id><CreDtTm>2018-11-23T10:00:00+07:00</CreDtTm><Acct><Id><Othr><Id>9009</Id></Othr></Id></Acct>
%s</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
`
	paidEntry = `<Ntry><Amt Ccy="IDR">1375000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/>
<NtryDtls><TxDtls><Refs><EndToEndId>BPNT-BNI-20181122-1</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>`
	returnEntry = `<Ntry><Amt Ccy="IDR">500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/>
<NtryDtls><TxDtls><Refs><EndToEndId>BPNT-BNI-20181122-2</EndToEndId></Refs>
<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Rekening  ditutup</AddtlInf></RtrInf></TxDtls></NtryDtls></Ntry>`
	twoEntry = `<Ntry><Amt Ccy="IDR">300.00000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/>
<NtryDtls><TxDtls><Refs><EndToEndId>BPNT-BNI-20181122-3</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="IDR">100</Amt></TxAmt></AmtDtls></TxDtls>
<TxDtls><Refs><EndToEndId>BPNT-BNI-20181122-4</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy="IDR">200.00</Amt></TxAmt></AmtDtls></TxDtls>
</NtryDtls></Ntry>`
	feeEntry = `<Ntry><Amt Ccy="USD">2.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd/></Ntry>`
)

func camt(entries string) string { return fmt.Sprintf(camt54, entries) }

func TestReadNotification(t *testing.T) {
	text := camt(paidEntry + returnEntry + twoEntry + feeEntry + strings.Replace(paidEntry, "BOOK", "PDNG", 1))
	r, err := ReadResult(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := "[{BPNT-BNI-20181122-1 paid 1375000 } {BPNT-BNI-20181122-2 rejected 500 AC04 Rekening ditutup} " +
		"{BPNT-BNI-20181122-3 paid 100 } {BPNT-BNI-20181122-4 paid 200 }]"
	if fmt.Sprint(r.Entries) != want || r.ID != "BNI-54-1" || r.Others != 1 || r.Pending != 1 {
		t.Errorf("%+v", r)
	}
	other, err := ReadResult(strings.NewReader(text + " "))
	if err != nil || other.Digest == r.Digest {
		t.Error("the digest is not of the whole file", err)
	}
}

func TestNotificationBySchema(t *testing.T) {
	bySchema(t, "camt.054.001.02.xsd", camt(paidEntry+returnEntry+twoEntry+feeEntry))
}

// TestReadStatement reads camt.053 of a late version: the status is a choice, amounts stand beside the references.
func TestReadStatement(t *testing.T) {
	text := strings.NewReplacer("camt.054.001.02", "camt.053.001.08", "BkToCstmrDbtCdtNtfctn", "BkToCstmrStmt", "Ntfctn", "Stmt",
		"<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>", "<AmtDtls><TxAmt>", "", "</TxAmt></AmtDtls>", "").Replace(
		camt(paidEntry + twoEntry + strings.Replace(paidEntry, "DBIT</CdtDbtInd>", "CRDT</CdtDbtInd><RvslInd>true</RvslInd>", 1)))
	r, err := ReadResult(strings.NewReader("\ufeff" + text))
	want := "[{BPNT-BNI-20181122-1 paid 1375000 } {BPNT-BNI-20181122-3 paid 100 } {BPNT-BNI-20181122-4 paid 200 } {BPNT-BNI-20181122-1 rejected 1375000 }]"
	if err != nil || fmt.Sprint(r.Entries) != want {
		t.Errorf("%v %v", r.Entries, err)
	}
}

func TestReadResultCSV(t *testing.T) {
	r, err := ReadResult(strings.NewReader("bpnt,payout-result,1,BNI-1,2,300\nreference,status,amount,reason\nBPNT-BNI-20181122-1,paid,100,\nX,rejected,200,closed\n"))
	if err != nil || fmt.Sprint(r.Entries) != "[{BPNT-BNI-20181122-1 paid 100 } {X rejected 200 closed}]" || r.ID != "BNI-1" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestReadResultRefuses(t *testing.T) {
	csv := "bpnt,payout-result,1,BNI-1,1,100\nreference,status,amount,reason\n"
	for text, says := range map[string]string{
		"":                                "empty",
		"<a":                              "no XML document",
		"<Document/>":                     "neither camt.053 nor camt.054",
		camt("")[:300]:                    "unexpected EOF",
		camt(paidEntry) + "<x/>":          "follows the document",
		camt("<Ntfctn>"):                  "element <Ntfctn> closed by",
		camt(strings.Repeat("<x>", 40)):   "more than 32 deep",
		camt(strings.Repeat("x", 10_000)): "longer than 4096 bytes",
		"<!DOCTYPE a [<!ENTITY b \"c\">]>" + camt(""):                                                        "document type",
		strings.Replace(camt(""), "UTF-8", "UTF-16", 1):                                                      "not in UTF-8",
		strings.Replace(camt(""), "BNI-54-1", "", 1):                                                         "no MsgId",
		strings.Replace(camt(paidEntry), "1375000.00", "1375000.50", 1):                                      "entry 1: an amount is not of whole rupiah",
		strings.Replace(camt(paidEntry), "1375000.00", "-5", 1):                                              "negative",
		strings.Replace(camt(paidEntry), `Ccy="IDR"`, `Ccy="USD"`, 1):                                        "not in IDR",
		strings.Replace(camt(paidEntry), "DBIT", "BOTH", 1):                                                  "CRDT or DBIT",
		strings.Replace(camt(paidEntry), "</CdtDbtInd>", "</CdtDbtInd><RvslInd>1</RvslInd>", 1):              "for people to look at",
		strings.Replace(camt(twoEntry), "300.00000", "301", 1):                                               "it is of Rp 301, its payments come to Rp 300",
		strings.Replace(camt(twoEntry), `<AmtDtls><TxAmt><Amt Ccy="IDR">100</Amt></TxAmt></AmtDtls>`, "", 1): "one of them has no amount",
		camt("<Ntry><NtryDtls><Btch><PmtInfId>BPNT-BNI-20181122</PmtInfId></Btch></NtryDtls></Ntry>"):        "booked as one sum",
		csv + "BPNT-1,paid,100\n":                                                                            "line 3: 3 fields",
		csv + "BPNT-1,done,100,\n":                                                                           "line 3: the status must be paid or rejected",
		csv + "BPNT-1,paid,1.00,\n":                                                                          "decimals or separators",
		csv + ",paid,100,\n":                                                                                 "the reference is missing",
		csv + "BPNT-1,paid,99,\n":                                                                            "control total is 100, the lines come to 99",
		"bpnt,families,1,BNI-1,1,100\n":                                                                      `a file of "families"`,
	} {
		if _, err := ReadResult(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q: %v, want %q", text, err, says)
		}
	}
}

// blanks is a file that never ends.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestReadResultLimits(t *testing.T) {
	counted := &countedReader{in: blanks{}, bytes: FileBytesMax - 100}
	if n, err := io.Copy(io.Discard, io.LimitReader(counted, 100)); n != 100 || err != nil {
		t.Error("at the limit:", n, err)
	}
	if _, err := counted.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "longer than 256 MiB") {
		t.Error(err)
	}
	full := Result{Entries: make([]Entry, EntriesMax-1)}
	if err := full.add(Entry{}); err != nil {
		t.Error("at the limit:", err)
	}
	if err := full.add(Entry{}); err == nil {
		t.Error("one entry too many")
	}
}

// FuzzReadResult: whatever a bank sends, no panic, and every entry that is taken is whole.
func FuzzReadResult(f *testing.F) {
	f.Add(camt(paidEntry + returnEntry + twoEntry + feeEntry))
	f.Add("bpnt,payout-result,1,BNI-1,1,100\nreference,status,amount,reason\nBPNT-1,paid,100,\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadResult(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range r.Entries {
			if e.Reference == "" || e.AmountIDR <= 0 || e.Status != StatusPaid && e.Status != StatusRejected {
				t.Errorf("%+v", e)
			}
		}
	})
}
