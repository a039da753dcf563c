package localpg

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Exec runs SQL on a database through psql, one process a call, stopping at the first error: for what comes before
// there is a database to connect to. It returns what psql printed, without headings and alignment.
func (s *Server) Exec(ctx context.Context, database, sql string) (string, error) {
	cmd := s.Client(ctx, "psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
		"--set=ON_ERROR_STOP=1", "--dbname="+s.URL(database), "--file=-")
	cmd.Stdin = strings.NewReader(sql)
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("psql on database %s: %w: %s", database, err, lastLines(problems.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// Client prepares one of the installation's client programs (psql, pgbench), blind to the caller's PG… variables. Its
// arguments have to name the database, by URL.
func (s *Server) Client(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.binaries.path(program), args...)
	cmd.Env = cleanEnv()
	return cmd
}

// EnsureDatabase creates a database unless it is there.
func (s *Server) EnsureDatabase(ctx context.Context, name string) error {
	_, err := s.Exec(ctx, "postgres", fmt.Sprintf(
		`SELECT %s WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = %s) \gexec`,
		quoteLiteral("CREATE DATABASE "+QuoteIdentifier(name)), quoteLiteral(name)))
	return err
}

// QuoteIdentifier writes a name as SQL does.
func QuoteIdentifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteLiteral(text string) string { return `'` + strings.ReplaceAll(text, `'`, `''`) + `'` }
