package docs

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// house is which packages of ours each package may import. A folder not listed here may import none: add a line when
// you add a room.
var house = map[string][]string{
	"bpnt/iso":                   {},
	"bpnt/ledger":                {"bpnt/ledger/intake", "bpnt/ledger/payfile"},
	"bpnt/ledger/baseline":       {},
	"bpnt/ledger/disturb":        {},
	"bpnt/ledger/intake":         {},
	"bpnt/ledger/payfile":        {"bpnt/ledger/intake"},
	"bpnt/ledger/localpg":        {},
	"bpnt/ledger/localpg/pgtest": {"bpnt/ledger/localpg"},
	"bpnt/gateway/lane":          {},
	"bpnt/gateway/pin":           {},
	"bpnt/gateway":               {"bpnt/iso", "bpnt/ledger", "bpnt/gateway/lane", "bpnt/gateway/pin"},
	"bpnt/gateway/e2e":           {},
	"bpnt/loadtest":              {"bpnt/iso"},
	"bpnt/loadtest/canary":       {},
	"bpnt/loadtest/chaos":        {},
	"bpnt/loadtest/faults":       {"bpnt/iso"},
	"bpnt/loadtest/linear":       {"bpnt/iso", "bpnt/loadtest"},
	"bpnt/loadtest/hostile":      {"bpnt/iso"},
	"bpnt/loadtest/mutants":      {},
	"bpnt/docs":                  {},
	"bpnt/deploy":                {},
	"bpnt/cmd/bpnt": {
		"bpnt/deploy", "bpnt/iso", "bpnt/ledger", "bpnt/ledger/baseline", "bpnt/ledger/disturb", "bpnt/ledger/intake", "bpnt/ledger/payfile", "bpnt/ledger/localpg", "bpnt/gateway", "bpnt/gateway/pin", "bpnt/loadtest", "bpnt/loadtest/hostile", "bpnt/loadtest/chaos", "bpnt/loadtest/faults", "bpnt/loadtest/linear",
	},
}

// doors are the only packages that may import a module directly.
var doors = map[string][]string{
	"github.com/moov-io/":     {"bpnt/iso"},
	"github.com/jackc/":       {"bpnt/ledger", "bpnt/ledger/baseline", "bpnt/ledger/disturb"},
	"github.com/prometheus/":  {"bpnt/gateway", "bpnt/cmd/bpnt"},
	"github.com/anishathalye": {"bpnt/loadtest/linear"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

// TestHouse keeps the imports pointing one way (DESIGN section 2).
func TestHouse(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "bpnt/") && !slices.Contains(house[p.ImportPath], imported) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
			for module, allowed := range doors {
				if strings.HasPrefix(imported, module) && !slices.Contains(allowed, p.ImportPath) {
					t.Errorf("%s imports %s, whose door is %v", p.ImportPath, imported, allowed)
				}
			}
		}
		if _, ok := house[p.ImportPath]; !ok {
			t.Errorf("%s is a room that the plan of the house does not show", p.ImportPath)
		}
	}
}

func packages(t *testing.T) (all []goPackage) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "bpnt/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
