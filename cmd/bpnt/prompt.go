package main

import (
	"errors"
	"io"
	"strings"

	"golang.org/x/term"
)

// secret reads a line that must not be seen: without echo from a terminal, else the next line of stdin.
func (s *streams) secret(question string) (string, error) {
	if s.fdIn < 0 {
		line, err := s.in.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || line == "") {
			return "", usage("%s is expected on stdin, one line", question)
		}
		return strings.TrimSpace(line), nil
	}
	_, _ = io.WriteString(s.err, question+": ")
	line, err := term.ReadPassword(s.fdIn)
	s.say("")
	if err != nil {
		return "", usage("%s could not be read: %w", question, err)
	}
	return strings.TrimSpace(string(line)), nil
}
