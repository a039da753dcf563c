package localpg

import (
	"os"
	"strings"
)

// openLog opens the log for one start and says where that start's lines begin.
func (s *starter) openLog() (log *os.File, offset int64, err error) {
	if info, err := os.Stat(s.logPath()); err == nil && info.Size() > logBytesMax {
		if err := os.Rename(s.logPath(), s.logPath()+".1"); err != nil {
			return nil, 0, err
		}
	}
	log, err = os.OpenFile(s.logPath(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, 0, err
	}
	info, err := log.Stat()
	if err != nil {
		_ = log.Close() // nothing was written
		return nil, 0, err
	}
	return log, info.Size(), nil
}

// logSince is what Postgres said since the offset, "" where it cannot be read.
func (s *starter) logSince(offset int64) string {
	text, err := os.ReadFile(s.logPath())
	if err != nil || int64(len(text)) < offset {
		return ""
	}
	return string(text[offset:])
}

// lastLines keeps the end of a program's output, where the reason stands, for an error of one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " | ")
}
