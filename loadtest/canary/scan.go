package canary

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Hit is a secret that was found.
type Hit struct {
	Place  string // where, as a file's name
	Offset int64  // of its last byte
	Secret string // its name
	Form   string // how it was written
}

func (h Hit) String() string {
	return fmt.Sprintf("%s, byte %d: %s as %s", h.Place, h.Offset, h.Secret, h.Form)
}

// Scanner reads everything that was left behind, and counts. It is used by one goroutine.
type Scanner struct {
	Places  int
	Bytes   int64
	Hits    []Hit // the first hitsMax
	Found   int64 // all
	Secrets int
	Forms   int

	forms     []form
	automaton *automaton
	issuers   []string
	buffer    []byte
}

// hitsMax bounds what is remembered of a disaster.
const hitsMax = 1000

// readBytes is how much is read at once.
const readBytes = 1 << 18

// NewScanner looks for these secrets, and for card numbers of these issuers (first digits; none for no second net).
func NewScanner(issuers []string, secrets ...Secret) *Scanner {
	s := &Scanner{Secrets: len(secrets), issuers: issuers, buffer: make([]byte, readBytes)}
	for _, secret := range secrets {
		s.forms = append(s.forms, secret.forms()...)
	}
	s.Forms = len(s.forms)
	s.automaton = newAutomaton(s.forms)
	return s
}

// Read looks through one place to its end.
func (s *Scanner) Read(place string, r io.Reader) error {
	s.Places++
	state, offset, cards := int32(0), int64(0), net{issuers: s.issuers}
	for {
		n, err := r.Read(s.buffer)
		for _, c := range s.buffer[:n] {
			state = s.automaton.next[state][c]
			for _, i := range s.automaton.ends[state] {
				s.hit(Hit{place, offset, s.forms[i].secret, s.forms[i].name})
			}
			if cards.take(c) {
				s.hit(Hit{place, offset, "a card number", "digits"})
			}
			offset++
		}
		s.Bytes += int64(n)
		if err != nil {
			if cards.take('\n') {
				s.hit(Hit{place, offset, "a card number", "digits"})
			}
			return ended(err)
		}
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *Scanner) hit(h Hit) {
	if s.Found++; len(s.Hits) < hitsMax {
		s.Hits = append(s.Hits, h)
	}
}

// Folder reads every regular file below a folder, but for those that skip names.
func (s *Scanner) Folder(root string, skip func(path string) bool) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || skip(path) {
			return err
		}
		return s.file(path)
	})
}

func (s *Scanner) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.Read(path, f)
}

// String is what was read, in figures.
func (s *Scanner) String() string {
	return fmt.Sprintf("%d bytes in %d places, %d secrets in %d forms: %d hits",
		s.Bytes, s.Places, s.Secrets, s.Forms, s.Found)
}
