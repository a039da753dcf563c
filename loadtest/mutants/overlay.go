package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Overlay writes the edited files into dir, and the JSON by which go's -overlay puts them over those of the tree at root.
// It returns the path of the JSON.
func (m Mutant) Overlay(root, dir string) (string, error) {
	texts, err := m.texts(root)
	if err != nil {
		return "", err
	}
	replace := make(map[string]string)
	for file, text := range texts {
		copied := filepath.Join(dir, fmt.Sprintf("%d_%s", len(replace), filepath.Base(file)))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[file] = copied
	}
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, content, 0o600)
}

// texts are the edited files by their absolute paths.
func (m Mutant) texts(root string) (map[string]string, error) {
	texts := make(map[string]string)
	for _, e := range m.Edits {
		path, err := filepath.Abs(filepath.Join(root, e.File))
		if err != nil {
			return nil, err
		}
		if _, read := texts[path]; !read {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			texts[path] = string(content)
		}
		if texts[path], err = e.in(texts[path]); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return texts, nil
}

// in makes the edit in a file's text.
func (e Edit) in(text string) (string, error) {
	if n := strings.Count(text, e.Old); n != 1 {
		return "", fmt.Errorf("%s has this %d times, and it must stand there once: %q", e.File, n, e.Old)
	}
	if e.Old == e.New {
		return "", fmt.Errorf("%s: the edit changes nothing", e.File)
	}
	return strings.Replace(text, e.Old, e.New, 1), nil
}
