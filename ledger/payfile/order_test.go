package payfile

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func testOrder() Order {
	return Order{
		ID: "BPNT-BNI-20181122", Created: time.Date(2018, 11, 23, 0, 5, 9, 0, time.FixedZone("WIB", 7*3600)),
		Pay: time.Date(2018, 11, 23, 0, 0, 0, 0, time.UTC), Bank: "009", Account: "9009", Holder: "DINSOS DKI & MITRA", Subject: "BPNT 2018-11-22",
		Payments: []Payment{
			{"BPNT-BNI-20181122-1", 1_375_000, "009", "0123456789", "E-WARONG \"MELATI\" <1>"},
			{"BPNT-BNI-20181122-253", 1, "009", "5550000001", strings.Repeat("é", 75)},
		},
	}
}

func written(t *testing.T, o Order) string {
	t.Helper()
	var text bytes.Buffer
	if err := WriteOrder(&text, o); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// flat lists a document's elements as path=text, and attributes as path@name=value, in the order in which they stand.
func flat(t *testing.T, text string) []string {
	t.Helper()
	var path, all []string
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.RawToken()
		if token == nil && err != nil {
			return all
		}
		switch v := token.(type) {
		case xml.StartElement:
			path = append(path, v.Name.Local)
			for _, a := range v.Attr {
				all = append(all, strings.Join(path, "/")+"@"+a.Name.Local+"="+a.Value)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(v)); s != "" {
				all = append(all, strings.Join(path, "/")+"="+s)
			}
		}
	}
}

// TestOrderFieldByField reads the file with a parser of its own, and wants every element in the schema's order.
func TestOrderFieldByField(t *testing.T) {
	got := strings.Join(flat(t, written(t, testOrder())), "\n")
	long := strings.Repeat("é", 70)
	want := strings.NewReplacer("H/", "Document/CstmrCdtTrfInitn/GrpHdr/", "T/", "Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/",
		"P/", "Document/CstmrCdtTrfInitn/PmtInf/").Replace(strings.TrimSpace(`
Document@xmlns=urn:iso:std:iso:20022:tech:xsd:pain.001.001.03
H/MsgId=BPNT-BNI-20181122
H/CreDtTm=2018-11-23T00:05:09+07:00
H/NbOfTxs=2
H/CtrlSum=1375001.00
H/InitgPty/Nm=DINSOS DKI & MITRA
P/PmtInfId=BPNT-BNI-20181122
P/PmtMtd=TRF
P/BtchBookg=false
P/NbOfTxs=2
P/CtrlSum=1375001.00
P/ReqdExctnDt=2018-11-23
P/Dbtr/Nm=DINSOS DKI & MITRA
P/DbtrAcct/Id/Othr/Id=9009
P/DbtrAcct/Ccy=IDR
P/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId=009
P/ChrgBr=DEBT
T/PmtId/EndToEndId=BPNT-BNI-20181122-1
T/Amt/InstdAmt@Ccy=IDR
T/Amt/InstdAmt=1375000.00
T/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId=009
T/Cdtr/Nm=E-WARONG "MELATI" <1>
T/CdtrAcct/Id/Othr/Id=0123456789
T/CdtrAcct/Ccy=IDR
T/RmtInf/Ustrd=BPNT 2018-11-22
T/PmtId/EndToEndId=BPNT-BNI-20181122-253
T/Amt/InstdAmt@Ccy=IDR
T/Amt/InstdAmt=1.00
T/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId=009
T/Cdtr/Nm=` + long + `
T/CdtrAcct/Id/Othr/Id=5550000001
T/CdtrAcct/Ccy=IDR
T/RmtInf/Ustrd=BPNT 2018-11-22`))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestOrderPatterns checks each text against its type in ISO 20022.
func TestOrderPatterns(t *testing.T) {
	types := map[string]string{
		"MsgId": `.{1,35}`, "PmtInfId": `.{1,35}`, "EndToEndId": `.{1,35}`, "MmbId": `.{1,35}`, "NbOfTxs": `[0-9]{1,15}`,
		"CtrlSum": `[0-9]{1,16}\.00`, "InstdAmt": `[0-9]{1,16}\.00`, "CreDtTm": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d`,
		"ReqdExctnDt": `\d{4}-\d\d-\d\d`, "Nm": `.{1,70}`, "Id": `[0-9A-Za-z]{1,34}`, "Ccy": `IDR`, "PmtMtd": `TRF`, "ChrgBr": `DEBT`,
		"BtchBookg": `true|false`, "Ustrd": `.{1,140}`,
	}
	for _, line := range flat(t, written(t, testOrder()))[1:] {
		path, text, _ := strings.Cut(line, "=")
		name := path[strings.LastIndexAny(path, "/@")+1:]
		if pattern, known := types[name]; !known || !regexp.MustCompile(`^(`+pattern+`)$`).MatchString(text) {
			t.Errorf("%s is not %q", line, pattern)
		}
	}
}

func TestOrderIsTheSameAgain(t *testing.T) {
	if first := written(t, testOrder()); first != written(t, testOrder()) || !strings.HasPrefix(first, xml.Header) || !strings.HasSuffix(first, "</Document>\n") {
		t.Error(first)
	}
	empty := testOrder()
	empty.Payments = nil
	if err := WriteOrder(&bytes.Buffer{}, empty); err == nil || !strings.Contains(err.Error(), "nothing to pay") {
		t.Error(err)
	}
}

// schemas names a folder with ISO 20022's published schemas. They are not here, since their licence is unclear; Debian's
// package tryton-modules-account-payment-sepa carries them among its tests.
const schemas = "BPNT_ISO20022_SCHEMAS"

// bySchema checks a document against a published schema, where there is one, and xmllint.
func bySchema(t *testing.T, schema, text string) {
	t.Helper()
	path := filepath.Join(os.Getenv(schemas), schema)
	if _, err := exec.LookPath("xmllint"); err != nil || os.Getenv(schemas) == "" {
		t.Skipf("needs xmllint, and %s to name a folder with %s", schemas, schema)
	}
	command := exec.CommandContext(t.Context(), "xmllint", "--noout", "--nonet", "--schema", path, "-")
	command.Stdin = strings.NewReader(text)
	if said, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

func TestOrderBySchema(t *testing.T) {
	bySchema(t, "pain.001.001.03.xsd", written(t, testOrder()))
}

func BenchmarkWriteOrder(b *testing.B) {
	o := testOrder()
	for i := range 10_000 {
		o.Payments = append(o.Payments, Payment{fmt.Sprint("BPNT-BNI-20181122-", i), int64(i + 1), "009", "123", "E-WARONG"})
	}
	for b.Loop() {
		var text bytes.Buffer
		if err := WriteOrder(&text, o); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(text.Len()))
	}
}
