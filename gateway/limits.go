package gateway

import (
	"fmt"
	"time"

	"bpnt/ledger"
)

// Duration is a time.Duration that configuration files write as "10s" or "5m".
type Duration struct{ time.Duration }

// UnmarshalText reads a duration with its unit.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 10s or 5m", text)
	}
	d.Duration = v
	return nil
}

// MarshalText writes the duration with its unit.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func seconds(n int) Duration { return Duration{time.Duration(n) * time.Second} }

// Limits bound everything that a peer, a slow database or a busy day could make grow (DESIGN D13). The size of a
// frame is not among them: it is iso.FrameBytesMax, because the frame buffer is made for it.
type Limits struct {
	// Connections in all; each costs about 6 kB at rest. Beyond it a connection is closed at once.
	Connections int `toml:"connections"`
	// ConnectionsPerAddress is wide: a whole city's terminals may come through one address of a mobile network (F27). Of
	// version 6 a network of 64 bits counts as one address, here and in fair.go.
	ConnectionsPerAddress int `toml:"connections_per_address"`
	// AcceptPerSecond spreads the storm when all terminals come back after an outage (F25); the rest wait in the
	// kernel's queue.
	AcceptPerSecond int `toml:"accept_per_second"`

	// FirstFrame is how long a new connection may say nothing (F18).
	FirstFrame Duration `toml:"first_frame"`
	// Frame is how long one frame may take from its first byte to its last (F18).
	Frame Duration `toml:"frame"`
	// Handshake is how long a peer may take for TLS, its wait for a turn included; for the connection itself, too, where
	// we dial.
	Handshake Duration `toml:"handshake"`
	// Handshakes is how many are worked on at once, those apart that wait for their peer. Each costs about a millisecond of
	// a core, so one at a time is about a thousand a second, and the other cores go on trading: while 1,500 terminals came
	// back at once to two cores, the median answer to the others took 2 ms with one turn, 0.1 s with two, 0.6 s and more
	// without a limit.
	Handshakes int `toml:"handshakes"`
	// Call is how long a switch may take to answer a network message of ours.
	Call Duration `toml:"call"`
	// RedialMin and RedialMax bound the pause before a connection that we lost is made again (dial.go).
	RedialMin Duration `toml:"redial_min"`
	RedialMax Duration `toml:"redial_max"`
	// Idle is how long a connection may rest between two messages.
	Idle Duration `toml:"idle"`
	// Write is how long a peer may refuse to take our answers (F20).
	Write Duration `toml:"write"`
	// Unanswered is how long bytes of ours may stay unacknowledged before the kernel gives the peer up (F19).
	Unanswered Duration `toml:"unanswered"`

	// InFlight is how many messages of one connection may be unanswered; then it is not read from. A terminal has one,
	// a concentrator many.
	InFlight int `toml:"in_flight"`
	// UnderWay is how many messages of all connections may be undecided, those of dead connections among them; each
	// costs about 2 kB. Beyond it a message is refused with 91.
	UnderWay int `toml:"under_way"`
	// PendingBytes is how many bytes of encoded answers are gathered for one write. With InFlight it bounds what a
	// connection that does not read can hold.
	PendingBytes int `toml:"pending_bytes"`
	// MACFailures in a row end a connection (F50).
	MACFailures int `toml:"mac_failures"`
	// Malformed messages in a row end a connection.
	Malformed int `toml:"malformed"`

	// WrongPINsTerminal and WrongPINsOutlet are how many wrong PINs an hour may come in the name of a terminal, and of an
	// outlet with all of its terminals (velocity.go). An outlet's busiest hour is about a hundred families, of whom one in
	// ten mistypes; an outlet of a city has one terminal or two.
	WrongPINsTerminal int `toml:"wrong_pins_terminal"`
	WrongPINsOutlet   int `toml:"wrong_pins_outlet"`
	// ErrandsTerminal is how many settlements and uploaded sales an hour may come of a terminal. A batch has 999 sales at
	// the most, and an outlet settles a few times a day; five times all of that is for one that has to begin again.
	ErrandsTerminal int `toml:"errands_terminal"`

	// LaneDepth is how many requests may wait for one bucket: at 20,000 a second about half a second's work.
	LaneDepth int `toml:"lane_depth"`
	// BatchMax is the largest batch: beyond 500 a batch gains little and the first of it waits for the last (D1).
	BatchMax int `toml:"batch_max"`
	// Attempt is how long the ledger may take for one batch before its outcome counts as unknown.
	Attempt Duration `toml:"attempt"`
	// Lookup is how long the ledger may take for a terminal's keys or an outlet's name.
	Lookup Duration `toml:"lookup"`

	// Clerks is how many calls of the ledger are made at once that are no batch of payments: settlements, uploads, new
	// keys. A settlement takes each bucket's lock for a moment, so more of them are no faster.
	Clerks int `toml:"clerks"`
	// ClerkDepth is how many of those may wait, of every terminal one: at night a whole city settles at once. It is what the
	// clerks do in about ten seconds, half of the time that a terminal waits.
	ClerkDepth int `toml:"clerk_depth"`

	// Terminals is how many terminals' keys are kept in memory.
	Terminals int `toml:"terminals"`
	// TerminalFresh is how long a terminal's keys are believed before they are read again.
	TerminalFresh Duration `toml:"terminal_fresh"`
	// TerminalAbsent is how long an unknown terminal is believed to be unknown.
	TerminalAbsent Duration `toml:"terminal_absent"`
	// Mastheads is how many outlets' names are kept in memory.
	Mastheads int `toml:"mastheads"`
	// SeenMax and SeenTurn bound the memory of purchases passed on: two sets of so many, turned over at least so often.
	SeenMax  int      `toml:"seen_max"`
	SeenTurn Duration `toml:"seen_turn"`
	// DeclinedMax and DeclinedFor bound the memory of declines that copies are answered from under pressure (declined.go):
	// a minute at the most.
	DeclinedMax int      `toml:"declined_max"`
	DeclinedFor Duration `toml:"declined_for"`

	// Shutdown is how long the gateway finishes what it has begun before it closes everything.
	Shutdown Duration `toml:"shutdown"`
	// LastCall is how long a connection without a message may still begin one when the gateway stops: about what a request
	// takes over a mobile network (lastcall.go).
	LastCall Duration `toml:"last_call"`
	// Linger is how long a connection that we close is drained, so that the kernel does not answer unread bytes with a
	// reset that destroys our last answer on its way (F24).
	Linger Duration `toml:"linger"`
}

// DefaultLimits suit one small machine and a few thousand terminals.
func DefaultLimits() Limits {
	return Limits{
		Connections: 20_000, ConnectionsPerAddress: 5_000, AcceptPerSecond: 5_000,
		Handshake: seconds(10), Handshakes: 1, Call: seconds(15), RedialMin: seconds(1), RedialMax: seconds(60),
		FirstFrame: seconds(10), Frame: seconds(5), Idle: seconds(600), Write: seconds(10), Unanswered: seconds(60),
		InFlight: 64, UnderWay: 100_000, PendingBytes: 16 << 10, MACFailures: 3, Malformed: 10,
		WrongPINsTerminal: 60, WrongPINsOutlet: 240, ErrandsTerminal: 5_000,
		LaneDepth: 8_192, BatchMax: 500, Attempt: seconds(5), Lookup: seconds(2),
		Clerks: 4, ClerkDepth: 4_096,
		Terminals: 65_536, TerminalFresh: seconds(30), TerminalAbsent: seconds(1), Mastheads: 65_536,
		SeenMax: 1 << 20, SeenTurn: seconds(600), DeclinedMax: 4_096, DeclinedFor: seconds(30),
		Shutdown: seconds(30), LastCall: Duration{250 * time.Millisecond}, Linger: seconds(1),
	}
}

// mistakes lists what is wrong with the limits, one sentence each.
func (l Limits) mistakes() (found []string) {
	counts := map[string]int{
		"connections": l.Connections, "connections_per_address": l.ConnectionsPerAddress,
		"accept_per_second": l.AcceptPerSecond, "handshakes": l.Handshakes,
		"in_flight": l.InFlight, "under_way": l.UnderWay, "pending_bytes": l.PendingBytes,
		"wrong_pins_terminal": l.WrongPINsTerminal, "wrong_pins_outlet": l.WrongPINsOutlet, "errands_terminal": l.ErrandsTerminal,
		"mac_failures": l.MACFailures, "malformed": l.Malformed, "lane_depth": l.LaneDepth, "batch_max": l.BatchMax,
		"clerks": l.Clerks, "clerk_depth": l.ClerkDepth,
		"terminals": l.Terminals, "mastheads": l.Mastheads, "seen_max": l.SeenMax,
		"declined_max": l.DeclinedMax,
	}
	times := map[string]Duration{
		"handshake": l.Handshake, "call": l.Call, "redial_min": l.RedialMin, "redial_max": l.RedialMax,
		"first_frame": l.FirstFrame, "frame": l.Frame, "idle": l.Idle, "write": l.Write, "unanswered": l.Unanswered,
		"attempt": l.Attempt, "lookup": l.Lookup, "terminal_fresh": l.TerminalFresh,
		"terminal_absent": l.TerminalAbsent, "seen_turn": l.SeenTurn, "declined_for": l.DeclinedFor, "shutdown": l.Shutdown, "linger": l.Linger,
		"last_call": l.LastCall,
	}
	if l.BatchMax > ledger.BatchMax {
		found = append(found, fmt.Sprintf("limits.batch_max must be at most %d: the ledger takes no more in one call", ledger.BatchMax))
	}
	if l.DeclinedFor.Duration > time.Minute {
		found = append(found, "limits.declined_for must be at most 1m: a terminal may be reset, and its messages are new ones then")
	}
	if l.RedialMax.Duration < l.RedialMin.Duration {
		found = append(found, "limits.redial_max must not be shorter than limits.redial_min")
	}
	for key, n := range counts {
		if n < 1 {
			found = append(found, fmt.Sprintf("limits.%s must be at least 1", key))
		}
	}
	for key, d := range times {
		if d.Duration <= 0 {
			found = append(found, fmt.Sprintf("limits.%s must be longer than 0s", key))
		}
	}
	return found
}
