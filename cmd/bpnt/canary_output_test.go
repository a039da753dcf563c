//go:build canary

package main

import (
	"os"
	"testing"

	"bpnt/loadtest/canary"
)

// TestCanaryOutput reads what all tests printed, for make canary: BPNT_TEST_OUTPUT names the file. No card of any test
// may stand in it otherwise than masked.
func TestCanaryOutput(t *testing.T) {
	path := os.Getenv("BPNT_TEST_OUTPUT")
	info, err := os.Stat(path)
	if err != nil || info.Size() < 1<<10 {
		t.Fatalf("BPNT_TEST_OUTPUT must name the output of go test -v ./...: %v", err)
	}
	secrets := append(cardSecrets(), clearPINs()...)
	for _, pan := range []string{"9999120000000004", "4863990000001423", "4863990000001902"} { // without a right check digit, too
		secrets = append(secrets, canary.Digits("PAN of the tests", pan))
	}
	scanner := canary.NewScanner([]string{"999912", "999977", "486399"}, secrets...)
	if err := scanner.Folder(path, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	for _, hit := range scanner.Hits[:min(len(scanner.Hits), 20)] {
		t.Error(hit)
	}
	t.Logf("output of the tests: %v", scanner)
}
