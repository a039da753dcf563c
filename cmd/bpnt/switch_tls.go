package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

// switchTLS is TLS as the switch's side of a link that has it.
type switchTLS struct {
	TLS        bool   `name:"tls" help:"Speak TLS; the flags below turn it on too."`
	CA         string `name:"ca" help:"PEM file of who signed the gateway's certificate; with --listen, who must have signed its client's."`
	Cert       string `help:"PEM file of the switch's own certificate; needed with --listen, and where the link is mTLS."`
	Key        string `help:"PEM file of that certificate's key."`
	ServerName string `help:"Name in the gateway's certificate; the host of --connect where not given."`
}

func (c *switchTLS) wanted() bool { return c.TLS || c.CA != "" || c.Cert != "" || c.ServerName != "" }

// config is nil where the line is plain. The gateway at an address must show that host's certificate, or the name's.
func (c *switchTLS) config(address string) (*tls.Config, error) {
	if !c.wanted() {
		return nil, nil
	}
	host, _, _ := net.SplitHostPort(address) // the dial finds what is wrong with it
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: cmp.Or(c.ServerName, host)}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, usage("the file of --ca cannot be read: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, usage("--ca %s has no certificate in it", c.CA)
		}
		config.ClientCAs, config.ClientAuth = config.RootCAs, tls.RequireAndVerifyClientCert
	}
	if c.Cert == "" {
		return config, nil
	}
	own, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, usage("--cert and --key: %w", err)
	}
	config.Certificates = []tls.Certificate{own}
	return config, nil
}

// secure is conn with TLS on it where that is wanted; conn is closed where the handshake fails.
func (b *bank) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if b.tls == nil {
		return conn, nil
	}
	secured := tls.Server(conn, b.tls)
	if b.Connect != "" {
		secured = tls.Client(conn, b.tls)
	}
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("the TLS handshake with the gateway failed (--ca, --cert, --key, --server-name): %w", err)
	}
	return secured, nil
}
