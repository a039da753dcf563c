package main

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bpnt/gateway/pin"
)

// readKey asks for a clear key, of so many hex digits, from a prompt without echo or from stdin.
func readKey(s *streams, what string, digits ...int) ([]byte, error) {
	lengths := strings.Trim(strings.ReplaceAll(fmt.Sprint(digits), " ", " or "), "[]")
	typed, err := s.secret(fmt.Sprintf("%s, %s hex digits", what, lengths))
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(typed)
	if err != nil || !slices.Contains(digits, len(typed)) {
		return nil, usage("the %s must be %s hex digits", what, lengths)
	}
	return key, nil
}

// sayKey tells the check value of a key that was entered, by which people compare keys without seeing them.
func sayKey(s *streams, what string, clear []byte) error {
	key, err := pin.ExpandTerminalKey(pin.UseTMK, clear)
	if err != nil {
		return err
	}
	s.say("%s entered, check value %s", what, key.KCV())
	return nil
}
