package hostile

import (
	"net"
	"sync"
	"time"
)

// slowloris sends a good frame, one byte a turn, until the gateway has had enough.
func slowloris(a *attacker, l *line) {
	frame := a.echo()
	for i := range len(frame) - 1 { // never whole
		if !l.send(frame[i:i+1]) || !a.turn() {
			return
		}
	}
	l.untilClosed(waitMax)
}

// silent waits for the gateway to close.
func silent(_ *attacker, l *line) { l.untilClosed(waitMax) }

// crowd holds as many connections as it gets.
func crowd(a *attacker, l *line) {
	var held sync.WaitGroup
	for n := 1; n < connectsOfCrowd && a.turn(); n++ {
		if other := a.dial(); other != nil {
			held.Go(func() {
				other.untilClosed(waitMax)
				other.end()
			})
		}
	}
	l.untilClosed(waitMax)
	held.Wait()
}

// churn goes at once.
func churn(_ *attacker, _ *line) {}

// half leaves a frame unfinished and resets the connection.
func half(a *attacker, l *line) {
	frame := a.echo()
	l.send(frame[:1+a.random.IntN(len(frame)-1)])
	_ = l.sock.(*net.TCPConn).SetLinger(0)
}

// deaf sends and never reads, until the gateway reads no more either and then closes.
func deaf(a *attacker, l *line) {
	_ = l.sock.(*net.TCPConn).SetReadBuffer(4 << 10)
	for frame := a.echo(); a.turn(); {
		_ = l.sock.SetWriteDeadline(time.Now().Add(waitMax))
		if !l.send(frame) {
			return
		}
	}
}

// burst is how many messages of a pipeline go out at once, four times what a connection may have unanswered by default.
const burst = 256

// pipeline sends a burst in one write and reads all of its answers.
func pipeline(a *attacker, l *line) {
	var frames []byte
	for range burst {
		frames = append(frames, a.echo()...)
	}
	for a.turnFor(burst) && l.send(frames) {
		for range burst {
			if body, _ := l.next(waitMax); body == nil {
				return
			}
		}
	}
}
