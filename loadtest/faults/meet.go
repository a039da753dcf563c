package faults

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// errEnded says that a fault ended the connection.
var errEnded = errors.New("ended by a fault")

// meet lets a frame meet its fault, or pass.
func (s *stream) meet(frame []byte) error {
	if s.strange || s.tunnel.dark.Load() {
		return s.flush(frame)
	}
	step := s.decide(len(frame))
	s.frames++
	if step.Kind != "" {
		s.tunnel.proxy.inject(s.tunnel, step)
	}
	if s.side == Answers { // before the terminal has it, or what it does next might be what lets go
		s.tunnel.proxy.crowd.answered(s.tunnel)
	}
	if err := s.suffer(frame, step); err != nil || s.side == Answers {
		return err
	}
	return s.takeAlong()
}

func (s *stream) decide(bytes int) Step {
	if s.tunnel.scripted {
		return s.tunnel.script.at(s.side, s.frames)
	}
	step := s.dice.roll(s.tunnel.proxy.plan.Load(), s.side, bytes)
	step.Side, step.Frame = s.side, s.frames
	return step
}

// inject counts a fault. The log has where it happened, and nothing of what the frame said.
func (p *Proxy) inject(t *tunnel, step Step) {
	p.counts[step.Kind].Add(1)
	p.config.Log.LogAttrs(context.Background(), slog.LevelDebug, "fault", slog.String("kind", string(step.Kind)),
		slog.Uint64("connection", t.number), slog.String("side", step.Side.String()), slog.Int("frame", step.Frame),
		slog.Int("bytes", step.Bytes), slog.Int("away", step.Away), slog.Duration("for", step.For))
}

// suffer is what each kind does to a frame.
func (s *stream) suffer(frame []byte, step Step) error {
	t := s.tunnel
	switch step.Kind {
	case Cut:
		return s.cutOff(frame, step.Bytes)
	case Stall:
		pause(t.done, step.For)
	case Split:
		return s.split(frame, step.Bytes)
	case Coalesce:
		s.waiting, s.patience = append(s.waiting, frame...), time.Now().Add(step.For)
		return nil
	case Duplicate:
		return s.duplicate(frame, step.Away)
	case Reorder:
		t.proxy.crowd.hold(t.done, t, step.For)
	case Drop:
		return nil
	case Slow:
		s.slow = time.Now().Add(step.For)
		_ = s.from.SetReadBuffer(slowWindow)
	case HalfOpen:
		t.vanish(step.For)
	case Reset:
		t.end(atOnce)
		return errEnded
	}
	return s.flush(frame)
}

// takeAlong sends the copies that wait for a request of another connection than their own.
func (s *stream) takeAlong() error {
	for _, frame := range s.tunnel.proxy.crowd.take(s.tunnel) {
		if err := s.flush(frame); err != nil {
			return err
		}
	}
	return nil
}

// cutOff lets n bytes pass and closes both ends. Nothing else passes meanwhile, such as the answer to a request of which
// all bytes did.
func (s *stream) cutOff(frame []byte, n int) error {
	s.tunnel.dark.Store(true)
	_, err := s.to.Write(append(s.waiting, frame[:min(n, len(frame))]...))
	s.tunnel.end(gently)
	return errors.Join(errEnded, err)
}

// split writes n bytes at a time.
func (s *stream) split(frame []byte, n int) error {
	n = max(1, n)
	for ; len(frame) > n; frame = frame[n:] {
		if err := s.flush(frame[:n]); err != nil {
			return err
		}
	}
	return s.flush(frame)
}

// duplicate sends a frame twice, or once and leaves a copy for others to send.
func (s *stream) duplicate(frame []byte, away int) error {
	t := s.tunnel
	if away == 0 || !t.proxy.crowd.send(errand{from: t, frame: frame, away: away}) {
		frame = append(frame, frame...)
	}
	return s.flush(frame)
}
