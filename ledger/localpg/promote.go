package localpg

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// promoteSeconds is how long a promotion may take: it replays what the standby has received, and no more is coming.
const promoteSeconds = 60

// Promote makes a primary of a standby, on a timeline of its own. The former primary must be dead, and stay so: nothing
// here sees to that.
func (s *Server) Promote(ctx context.Context) error {
	done, err := s.Exec(ctx, "postgres", fmt.Sprintf(`SELECT pg_promote(true, %d)`, promoteSeconds))
	if err == nil && done != "t" {
		err = fmt.Errorf("the standby is not promoted after %d s: see its log", promoteSeconds)
	}
	return err
}

// WaitFor makes every commit of this primary wait until one of the named standbys has it on disk; without a name, for
// nobody. It holds from its return on, for sessions that are open already too, and over restarts.
func (s *Server) WaitFor(ctx context.Context, standbys ...string) error {
	names := ""
	if len(standbys) > 0 {
		names = `ANY 1 ("` + strings.Join(standbys, `", "`) + `")`
	}
	_, err := s.Exec(ctx, "postgres", `ALTER SYSTEM SET synchronous_commit = 'on';
		ALTER SYSTEM SET synchronous_standby_names = `+quoteLiteral(names)+`;
		SELECT pg_reload_conf()`)
	if err != nil {
		return err
	}
	if err := s.until(ctx, `SELECT current_setting('synchronous_standby_names') = `+quoteLiteral(names)); err != nil {
		return err
	}
	// The checkpointer tells the others whether to wait. It reads its settings before it does what it is asked for.
	_, err = s.Exec(ctx, "postgres", `CHECKPOINT`)
	return err
}

// AwaitStreaming returns when this primary sends its log to the standby as it is written, and waits for it where it was
// told to (WaitFor).
func (s *Server) AwaitStreaming(ctx context.Context, standby string) error {
	err := s.until(ctx, `SELECT state = 'streaming' AND (sync_state IN ('sync', 'quorum')
			OR position(application_name in current_setting('synchronous_standby_names')) = 0)
		FROM pg_stat_replication WHERE application_name = `+quoteLiteral(standby))
	if err != nil {
		return fmt.Errorf("wait for standby %s: %w", standby, err)
	}
	return nil
}

// until asks until the answer is true.
func (s *Server) until(ctx context.Context, question string) error {
	for {
		answer, err := s.Exec(ctx, "postgres", question)
		if err != nil || answer == "t" {
			return err
		}
		if err := pause(ctx); err != nil {
			return errors.Join(err, fmt.Errorf("the last answer was %q", answer))
		}
	}
}
