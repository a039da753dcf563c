package ledger

import (
	"errors"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestFate: only what the server rolled back by its own word, or what was never sent, is known to be nothing.
func TestFate(t *testing.T) {
	server := func(severity, code string) error {
		return &pgconn.PgError{Severity: "localized", SeverityUnlocalized: severity, Code: code, Detail: "SECRET"}
	}
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"deadlock", server("ERROR", "40P01"), ErrBusy},
		{"lock timeout", server("ERROR", "55P03"), ErrBusy},
		{"cancelled statement", server("ERROR", "57014"), ErrBusy},
		{"stale plan", server("ERROR", "0A000"), ErrBusy},
		{"disk full", server("ERROR", "53100"), ErrUnavailable},
		{"read only", server("ERROR", "25006"), ErrUnavailable},
		{"a row that cannot be", server("ERROR", "23514"), ErrRejected},
		{"terminated, perhaps while it committed", server("FATAL", "57P01"), ErrIndeterminate},
		{"crash of another backend", server("PANIC", "57P02"), ErrIndeterminate},
		{"end of the connection", io.ErrUnexpectedEOF, ErrIndeterminate},
	}
	for _, test := range tests {
		got := fate(test.err)
		if !errors.Is(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if text := got.Error(); len(text) > 100 || errors.Is(got, test.err) {
			t.Errorf("%s: says too much: %s", test.name, text)
		}
	}
}
