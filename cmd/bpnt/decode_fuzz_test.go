package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzDecode: whatever is given to bpnt decode, it is described under each form or refused with a sentence that quotes
// nothing of it.
func FuzzDecode(f *testing.F) {
	forms := []string{"auto", "edc", "switch"}
	for form, pattern := range []string{"*.hex", "switch/*.hex"} {
		files, err := filepath.Glob("../../iso/testdata/" + pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no golden messages: %v", err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text), false, uint8(form))
		}
	}
	f.Fuzz(func(t *testing.T, text string, characters bool, which uint8) {
		c := decodeCmd{Text: characters, Form: forms[int(which)%len(forms)], JSON: which >= 128}
		decodeFuzzed(t, c, text)
	})
}

func decodeFuzzed(t *testing.T, c decodeCmd, text string) {
	t.Helper()
	var out bytes.Buffer
	err := c.Run(&streams{in: bufio.NewReader(strings.NewReader(text)), out: &out, err: io.Discard, fdIn: -1})
	switch {
	case err == nil && out.Len() == 0:
		t.Error("nothing was said")
	case err != nil && len(text) > 40 && strings.Contains(err.Error(), text[:40]):
		t.Error("the refusal quotes the message")
	}
}
