// Package hostile plays those who mean harm to a gateway, from the outside: it knows the wire (package iso) and nothing of
// the gateway. What honest terminals feel of it meanwhile is measured by package loadtest, in the same command
// (bpnt loadtest hostile), and what the books say afterwards is held by gateway/e2e.
//
//	Run ──► attacker 1 ──► line ──► TCP ──► gateway
//	  │     attacker 2 ──► line ──►
//	  │        …             │ connects, bytes, answers, closes
//	  └────── Tally ◄────────┘
//
// # The attacks
//
//	slowloris   a byte of a good frame every now and then, over as many connections as there are attackers
//	silent      a connection, and nothing more
//	headers     each of the 65,536 lengths of two bytes, and what is no length where four digits are expected
//	tlv         a purchase whose DE55 has hundreds of tags, nested ones, or one of them twice
//	bitmaps     bitmaps that name every field, one behind the other, up to the largest frame
//	garbage     random bytes, a TLS hello, HTTP, SMB
//	replay      frames of one who listened on the line, again and again (Config.Captured)
//	pins        wrong PINs for the same cards from many terminals at once (Config.Guesses)
//	crowd       connections from one address, eight for each attacker, held as long as the gateway lets them
//	churn       connect, close, connect
//	half        half a frame, then a reset
//	deaf        messages without an end, and no answer is ever read
//	pipeline    more messages at once than a connection may have unanswered
//
// # What is counted
//
// An action is a connection, a frame, or a byte of slowloris; Config.PerSecond bounds those of all attackers together, so
// that two runs are alike and the generator is not what is measured. Config.Seed fixes what each attacker says, in its
// order; how the attackers' sockets interleave is the kernel's business.
//
// Tally.Fault is what no gateway may do, whatever comes: approve a guessed PIN, answer a replay with other words than
// the original, answer what is no message.
//
// # Limits
//
// AttackersMax and PerSecondMax bound the attackers themselves, connectsOfCrowd the connections of one of the crowd,
// waitMax every wait for a gateway that says nothing, dialTimeout a connection.
package hostile
