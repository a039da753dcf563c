package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Limits of the log of a gateway. It is no place for money, so the gateway never waits for it.
const (
	logLines = 4096            // some seconds of trouble at its worst, about 1 MB
	logGrace = 2 * time.Second // at the end, for what is still to be written
)

// patientLog hands lines to a writer that may fail or stand still: a full disk, a journal that hangs, a pipe whose
// reader died. Lines that find no room are dropped and counted, and the log says so once it moves again.
type patientLog struct {
	lines   chan []byte
	to      io.Writer
	written chan struct{} // closed when all is written

	mu      sync.Mutex
	dropped int64
	closed  bool
}

func newPatientLog(to io.Writer) *patientLog {
	l := &patientLog{lines: make(chan []byte, logLines), to: to, written: make(chan struct{})}
	go l.write()
	return l
}

// Write never waits and never fails: there is nobody to tell.
func (l *patientLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return len(line), nil
	}
	select {
	case l.lines <- append([]byte(nil), line...):
	default:
		l.dropped++
	}
	return len(line), nil
}

func (l *patientLog) write() {
	defer close(l.written)
	for line := range l.lines {
		if n := l.lost(); n > 0 {
			fmt.Fprintf(l.to, "%d lines of the log were dropped: nobody took them\n", n)
		}
		_, _ = l.to.Write(line)
	}
}

// lost is how many lines were dropped since it was asked last.
func (l *patientLog) lost() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, l.dropped = l.dropped, 0
	return n
}

// close waits until all is written, but not for ever.
func (l *patientLog) close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.lines)
	}
	l.mu.Unlock()
	grace := time.NewTimer(logGrace)
	defer grace.Stop()
	select {
	case <-l.written:
	case <-grace.C:
	}
}
