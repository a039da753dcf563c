package gateway

// closeReason is why a connection ended. Each stands in the log and in a metric of its own, so that an operator can
// tell a radio that went away from a port scanner and from a fault of ours.
type closeReason uint8

const (
	closeNone closeReason = iota // still open

	// The peer's doing.
	closePeer        // it closed between two messages
	closePeerReset   // it reset the connection
	closeTruncated   // it closed in the middle of a frame
	closeReadError   // any other error of reading
	closeFirstFrame  // it said nothing within the first-frame time
	closeFrameTime   // a frame was begun and not finished in time
	closeIdle        // nothing for the idle time
	closeWriteTime   // it did not take our answers
	closeWriteError  // any other error of writing
	closeFrameLength // a length that no message can have
	closeHTTP        // a web browser or a probe
	closeTLS         // a TLS hello on a plain port
	closeGarbage     // a frame that is no message of this link
	closeAnswer      // it sent an answer; answering that could go on for ever
	closeMACFailures // too many wrong MACs in a row
	closeMalformed   // too many messages in a row that parse only in part

	// TLS.
	closePlain          // no TLS on a link that has it
	closeTLSVersion     // nothing above TLS 1.1
	closeTLSTime        // the handshake took too long, or waited too long for its turn
	closeCertificate    // the peer's certificate: expired, of another CA, for another name
	closeTLSHandshake   // any other failure of a handshake, a certificate that did not come among them
	closeCertificateTID // a message of a terminal that the certificate is not for

	// A switch.
	closeSignOn  // it refused our sign-on, or did not answer it
	closeEcho    // it did not answer our echo
	closeUnasked // too many answers in a row to nothing that we asked

	// Our limits.
	closeTooMany     // connections in all
	closeTooManyAddr // connections of one address

	// Our doing.
	closeDraining // the gateway stops
	closeForced   // the gateway stops and the time for it is over
	closePanic    // a fault of ours while serving this connection

	closeReasons = int(closePanic) + 1
)

var closeReasonNames = [closeReasons]string{
	"none", "peer_closed", "peer_reset", "truncated_frame", "read_error", "first_frame_timeout", "frame_timeout",
	"idle_timeout", "write_timeout", "write_error", "frame_length", "http_on_port", "tls_on_port", "garbage",
	"answer_received", "mac_failures", "malformed_messages",
	"plain_on_tls_port", "tls_version", "tls_handshake_timeout", "tls_certificate", "tls_handshake", "certificate_of_another_tid",
	"sign_on_failed", "echo_unanswered", "answers_unasked", "too_many_connections", "too_many_from_address",
	"draining", "shutdown_forced", "panic",
}

// String names the reason as the log and the metrics do.
func (r closeReason) String() string { return closeReasonNames[r] }

// hostile tells whether the reason may be logged only at a limited rate: a stranger can cause it at will.
func (r closeReason) hostile() bool {
	switch r {
	case closeNone, closePanic, closeForced:
		return false
	}
	return true
}

// ours tells whether the peer may still be reading and sending when we close: then the connection lingers.
func (r closeReason) ours() bool {
	switch r {
	case closeFrameLength, closeHTTP, closeTLS, closeGarbage, closeAnswer, closeMACFailures, closeMalformed, closeDraining,
		closeCertificateTID, closeUnasked:
		return true
	}
	return false
}
