package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"
	"strings"

	"bpnt/iso"
)

// secure puts TLS on a new connection of a link that has it. Nothing is sent yet.
func (c *conn) secure(raw net.Conn) net.Conn {
	if c.link.tls == nil {
		return raw
	}
	c.turn = &turnstile{Conn: raw, turns: c.gateway.handshakes}
	if c.link.dials() {
		return tls.Client(c.turn, c.link.tls.current())
	}
	return tls.Server(c.turn, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		c.outdated = len(hello.SupportedVersions) > 0 && slices.Max(hello.SupportedVersions) < tls.VersionTLS12
		return c.link.tls.current(), nil
	}})
}

// handshake agrees on keys with the peer within its time, which runs from the connection's beginning. A stranger costs us
// no more than that.
func (c *conn) handshake() closeReason {
	sock, ok := c.sock.(*tls.Conn)
	if !ok {
		return closeNone
	}
	ctx, cancel := context.WithTimeout(c.gateway.background, c.gateway.limits.Handshake.Duration)
	defer cancel()
	if err := c.turn.enter(ctx); err != nil {
		return c.handshakeReason(err)
	}
	defer c.turn.leave()
	if err := sock.HandshakeContext(ctx); err != nil {
		c.logHostile("TLS handshake failed", "error", err)
		return c.handshakeReason(err)
	}
	if t := c.link.TLS; t.Bind == BindTID {
		c.speaksFor = certificateNames(sock.ConnectionState())
	}
	return closeNone
}

// handshakeReason names why there is no TLS: each is another telephone call.
func (c *conn) handshakeReason(err error) closeReason {
	var plain tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	switch {
	case c.draining.Load() || c.gateway.background.Err() != nil:
		return closeDraining
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded):
		return closeTLSTime
	case errors.As(err, &plain):
		return closePlain
	case c.outdated:
		return closeTLSVersion
	case errors.As(err, &certificate) || errors.Is(err, errNotNamed):
		return closeCertificate
	}
	return closeTLSHandshake
}

// impostor tells whether a message names a terminal that the connection's certificate is not for. A network message
// may come without one.
func (c *conn) impostor(h *iso.Header) bool {
	if c.speaksFor == nil || h.TID == "" && h.MTI.Class() == iso.MTINetwork.Class() {
		return false
	}
	if slices.Contains(c.speaksFor, strings.TrimRight(h.TID, " ")) {
		return false
	}
	c.logHostile("a message of another terminal than the certificate's", "tid", h.TID)
	return true
}
