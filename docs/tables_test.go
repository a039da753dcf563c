package docs

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"bpnt/gateway"
)

var rewrite = flag.Bool("rewrite", false, "write the tables of protocol.md anew from the code")

var (
	stateRow = regexp.MustCompile(`(?m)^\t\{"([A-Za-z ]+)", "([a-z_* ]+)", (\d+)\},$`)
	codeRow  = regexp.MustCompile(`(?m)^\tverdict(?:\(ledger\.Outcome(\w+)\)|(\w+)): +"(\w\w)",`)
)

// TestProtocolTables: the tables of protocol.md are those of the code. go test ./docs -rewrite writes them anew.
func TestProtocolTables(t *testing.T) {
	text, err := os.ReadFile("protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	document := between(t, string(text), "<!-- state table -->", stateTable(t))
	document = between(t, document, "<!-- response codes -->", codeTable(t, nil))
	document = between(t, document, "<!-- response codes switch -->", codeTable(t, gateway.DefaultSwitch().ResponseCodes))
	document = between(t, document, "<!-- answers edc -->", answersTable(gateway.DefaultLink().Answers))
	document = between(t, document, "<!-- answers switch -->", answersTable(gateway.DefaultSwitch().Answers))
	document = between(t, document, "<!-- fields edc -->", fieldsTable(t, "../iso/spec.go", edcForms))
	document = between(t, document, "<!-- fields switch -->", fieldsTable(t, "../iso/spec_switch.go", switchForms))
	document = between(t, document, "<!-- examples -->", examples(t))
	if *rewrite {
		if err := os.WriteFile("protocol.md", []byte(document), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if document != string(text) {
		t.Error("a table of protocol.md is not the code's: go test ./docs -run Tables -rewrite")
	}
}

// between replaces what stands between a mark and the end mark after it.
func between(t *testing.T, document, mark, table string) string {
	t.Helper()
	head, rest, found := strings.Cut(document, mark+"\n")
	_, tail, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		t.Fatalf("protocol.md lacks %s", mark)
	}
	return head + mark + "\n" + table + "<!-- end -->" + tail
}

func stateTable(t *testing.T) string {
	t.Helper()
	source := read(t, "../ledger/statetable_test.go")
	table := "| comes, in this order | is answered | balance |\n|---|---|---|\n"
	for _, row := range stateRow.FindAllStringSubmatch(source, -1) {
		table += "| " + row[1] + " | " + strings.ReplaceAll(row[2], "*", "\\*") + " | " + row[3] + " |\n"
	}
	return table
}

// codeTable is the default table; own are a link's own codes, by the names of the setting.
func codeTable(t *testing.T, own map[string]string) string {
	t.Helper()
	source := read(t, "../gateway/responsecode.go")
	table := "| outcome | DE39 |\n|---|---|\n"
	for _, row := range codeRow.FindAllStringSubmatch(source, -1) {
		name, code := words(row[1]+row[2]), row[3]
		if its, ok := own[strings.ReplaceAll(strings.ToLower(name), " ", "_")]; ok {
			code = its
		}
		table += "| " + name + " | " + code + " |\n"
	}
	return table
}

// What the encoders and prefixes of the specs are called for vendors.
var (
	edcForms = map[string]string{
		"bcd": "digits, two in a byte", "n3": "digits, two in a byte, the first is 0", "pan": "digits, two in a byte, odd numbers filled with a nibble",
		"track2": "digits and D, two in a byte, odd ones with F behind", "text": "text", "raw": "bytes",
		"fixed": "fixed", "ll": "length in 1 byte BCD, at most", "lll": "length in 2 bytes BCD, at most",
	}
	switchForms = map[string]string{
		"digits": "digits", "text": "text", "raw": "text or bytes", "binary": "bytes, or hex where the bitmap is hex", "track2": "digits and D or =",
		"fixed": "fixed", "ll": "2 digits of length, at most", "lll": "3 digits of length, at most",
	}
	specRow = regexp.MustCompile(`(?m)^\t\t(\d+): +field\.New\w+\(field\.NewSpec\(([\w.]+), "([^"]+)", k\.(\w+), k\.(\w+)\)\),`)
	lengths = map[string]string{
		"panDigitsMax": "19", "pinBlockBytes": "8", "macBytes": "8", "tidLength": "8 or 16", "k.binaryLength": "8 bytes",
	}
)

// fieldsTable is a spec as a table; track 2 of an EDC stands in several lines there, and is added.
func fieldsTable(t *testing.T, spec string, forms map[string]string) string {
	t.Helper()
	source := strings.ReplaceAll(read(t, spec), edcTrack2, `35: field.NewString(field.NewSpec(37, "Track 2", k.track2, k.ll)),`)
	table := "| DE | what | form | length |\n|---|---|---|---|\n"
	for _, row := range specRow.FindAllStringSubmatch(source, -1) {
		length, form, prefix := row[2], forms[row[4]], forms[row[5]]
		if name, ok := lengths[length]; ok {
			length = name
		}
		if row[1] == "0" || row[1] == "1" {
			continue
		}
		if form == "" || prefix == "" {
			t.Errorf("%s: DE%s has a form without a name here", spec, row[1])
		}
		table += "| " + row[1] + " | " + row[3] + " | " + form + " | " + prefix + " " + length + " |\n"
	}
	return table
}

// edcTrack2 is how spec.go writes DE35.
const edcTrack2 = `35: field.NewString(&field.Spec{
			Length: track2DigitsMax, Description: "Track 2", Enc: k.track2, Pref: k.ll,
			Packer: k.track2Packer, Unpacker: k.track2Unpacker,
		}),`

// answersTable is the data elements of each answer.
func answersTable(a gateway.Answers) string {
	table := "| answer to | data elements |\n|---|---|\n"
	v := reflect.ValueOf(a)
	for i := range v.NumField() {
		table += "| " + v.Type().Field(i).Tag.Get("toml") + " | " + strings.Trim(fmt.Sprint(v.Field(i).Interface()), "[]") + " |\n"
	}
	return table
}

// words spells a Go name out: PINWrong is "PIN wrong".
func words(name string) string {
	spaced := regexp.MustCompile(`([a-z])([A-Z])|([A-Z])([A-Z][a-z])`).ReplaceAllString(name, "$1$3 $2$4")
	for _, word := range strings.Fields(spaced) {
		if word != strings.ToUpper(word) {
			spaced = strings.Replace(spaced, word, strings.ToLower(word), 1)
		}
	}
	return spaced
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocumentsNameWhatIsThere: every file and folder of ours that a document names exists.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	named := regexp.MustCompile("`((?:iso|ledger|gateway|loadtest|cmd|deploy|docs)/[a-zA-Z0-9_./-]*)`")
	for _, document := range []string{"../README.md", "operations.md", "protocol.md", "performance.md"} {
		for _, match := range named.FindAllStringSubmatch(read(t, document), -1) {
			if _, err := os.Stat("../" + match[1]); err != nil {
				t.Errorf("%s names %s, which is not there", document, match[1])
			}
		}
	}
}

// TestShellScripts: the scripts are read by the shell that runs them.
func TestShellScripts(t *testing.T) {
	for _, script := range []string{"../deploy/setup.sh"} {
		if out, err := exec.Command("sh", "-n", script).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}

// TestDocumentsNameMetricsThatAre: a metric that a document names is one of the gateway's.
func TestDocumentsNameMetricsThatAre(t *testing.T) {
	files, err := filepath.Glob("../gateway/metrics*.go")
	if err != nil {
		t.Fatal(err)
	}
	metrics := ""
	for _, file := range files {
		metrics += read(t, file)
	}
	for _, name := range regexp.MustCompile("`(bpnt_[a-z_]+)`").FindAllStringSubmatch(read(t, "operations.md"), -1) {
		if strings.HasPrefix(name[1], "bpnt_gateway") || strings.HasPrefix(name[1], "bpnt_operator") {
			continue // database roles
		}
		if !strings.Contains(metrics, `"`+name[1]+`"`) {
			t.Errorf("operations.md names %s, which the gateway does not show", name[1])
		}
	}
}
