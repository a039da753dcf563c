package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// commandLine is what was typed, less what may hold a password.
func commandLine(args []string) string {
	words := []string{filepath.Base(args[0])}
	hide := false
	for _, word := range args[1:] {
		if name, _, ok := strings.Cut(word, "="); ok && secretFlag(name) {
			word = name + "=…"
		} else if hide {
			word = "…"
		}
		hide = secretFlag(word)
		words = append(words, quoteWord(word))
	}
	return strings.Join(words, " ")
}

func secretFlag(word string) bool { return word == "--database-url" }

// quoteWord makes a word safe to paste into a shell.
func quoteWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;!#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// writePage writes a report as a page. A file of that name is replaced only by a whole page.
func writePage(path string, write func(io.Writer) error) (err error) {
	if path == "" {
		return nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*.html")
	if err != nil {
		return usage("the page cannot be written (--report names a file): %w", plain(err))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("the page cannot be written: %w", err)
	}
	return os.Rename(file.Name(), path)
}

// checkPage refuses a page that could not be written, before a run is made for it.
func checkPage(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return usage("--report %s: there is no such folder", path)
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return usage("--report %s is a folder: name a file in it", path)
	}
	file, opened := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644) // an hour's run must not end here
	if opened != nil {
		return usage("--report %s cannot be written: %w", path, plain(opened))
	}
	if err != nil {
		_ = os.Remove(path) // it was not there
	}
	return file.Close()
}
