package payfile

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"
)

func testRow() Row {
	return Row{
		MTI: "0200", ResponseCode: "00", Approval: "ABC234", MaskedPAN: "999912******0001", STAN: 42, RRN: "010000000007",
		At:       time.Date(2018, 11, 22, 9, 30, 1, 0, time.FixedZone("WIB", 7*3600)),
		Acquirer: 9, Issuer: 2, Outlet: "E-WARONG MELATI, \"Jakarta\", " + strings.Repeat("x", 40), MID: "600600600600600", LocalStamp: "1122092958",
		AmountIDR: 50_000, TID: "60060060", BusinessDate: time.Date(2018, 11, 22, 0, 0, 0, 0, time.UTC), Account: "0123", Institution: "BNI",
	}
}

func TestRows(t *testing.T) {
	for _, delimiter := range ",|" {
		var text bytes.Buffer
		w, err := NewRowWriter(&text, delimiter, RowHead{ID: "BPNT-BNI-20181122", Rows: 2, NetIDR: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		back := testRow()
		back.MTI, back.Approval, back.Undone, back.AmountIDR, back.LocalStamp = "0400", "", true, 30_000, ""
		for _, row := range []Row{testRow(), back} {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(&text)
		r.Comma, r.FieldsPerRecord = delimiter, -1
		lines, err := r.ReadAll()
		if err != nil || len(lines) != 4 {
			t.Fatal(lines, err)
		}
		if got := strings.Join(lines[0], ","); got != "bpnt,settlement,1,BPNT-BNI-20181122,2,20000" {
			t.Error(got)
		}
		want := `0200|000000|00|ABC234|999912******0001|1122|093001|000000000042|010000000007|009|002|E-WARONG MELATI, "Jakarta", xxxxxxxxxxxx|` +
			`600600600600600|1122|092958|360|50000|60060060|1122|D|6018|009|0123|BNI|0|0|`
		if got := strings.Join(lines[2], "|"); got != want || len(lines[2]) != len(lines[1]) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := strings.Join(lines[3][13:20], "|"); got != "||360|30000|60060060|1122|C" {
			t.Error(got)
		}
	}
}

func TestRowsMustAgree(t *testing.T) {
	w, err := NewRowWriter(&bytes.Buffer{}, ',', RowHead{ID: "X", Rows: 2, NetIDR: 50_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(testRow()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "the books gave 1 with Rp 50000") {
		t.Error(err)
	}
	if _, err := NewRowWriter(&bytes.Buffer{}, ';', RowHead{}); err == nil {
		t.Error("a semicolon")
	}
}
