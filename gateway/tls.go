package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// TLS is [link.tls]; a link without it is plain. The files are PEM. They may be replaced while the gateway runs: new
// connections get what stands there then, those that live keep what they have (tlsfiles.go).
type TLS struct {
	Cert string `toml:"cert"` // our certificate and what leads from it to its CA
	Key  string `toml:"key"`
	// CA signs the peers' certificates. Where we listen it makes the link mTLS; where we dial it is who may have signed
	// the server's, instead of those that the machine trusts.
	CA string `toml:"ca"`
	// Bind says what a client's certificate speaks for. Where there is a CA it has to be said.
	Bind  TLSBind  `toml:"bind"`
	Names []string `toml:"names"` // of Bind "names"
	// ServerName is whom the server's certificate must be for where we dial; empty for the host that is dialled.
	ServerName string `toml:"server_name"`
}

// TLSBind is what a client's certificate is held against: its common name and its DNS names.
type TLSBind string

// The bindings.
const (
	BindNone  TLSBind = "none"  // any certificate of the CA may say anything
	BindTID   TLSBind = "tid"   // every message's DE41 must be one of its names; a concentrator's has several
	BindNames TLSBind = "names" // one of its names must be one of the link's Names: the certificate of a bank's switch
)

// cipherSuites are those of TLS 1.2 that authenticate what they encrypt; those of 1.3 all do.
var cipherSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// mistakes checks the settings of a link that listens or dials; the files are read at the start.
func (t *TLS) mistakes(dials, bySwitch bool) (found []string) {
	check := func(ok bool, text string, args ...any) {
		if !ok {
			found = append(found, "tls."+fmt.Sprintf(text, args...))
		}
	}
	check((t.Cert == "") == (t.Key == ""), "cert and tls.key go together")
	check(t.Bind != BindNames || len(t.Names) > 0, "names is empty: name those whose certificates may connect")
	check(t.Bind == BindNames || len(t.Names) == 0, "names means something only with tls.bind = \"names\"")
	if dials {
		check(t.Bind == "",
			"bind is for links that listen: where we dial, the server's certificate must be for tls.server_name")
		return found
	}
	check(t.Cert != "", "cert is missing: who listens needs a certificate")
	check(t.ServerName == "", "server_name is for links that dial")
	check(t.CA != "" || t.Bind == "" || t.Bind == BindNone, "bind needs tls.ca: without it no certificate is asked for")
	check(t.CA == "" || slices.Contains([]TLSBind{BindNone, BindTID, BindNames}, t.Bind),
		"bind must be tid, names or none: whom a client's certificate speaks for has to be said")
	check(t.Bind != BindTID || !bySwitch,
		"bind = \"tid\" is for EDC links: a switch speaks for many terminals, bind its certificate to names")
	return found
}

// listening is the configuration of a server, made of the files as they are now.
func (t *TLS) listening() (*tls.Config, error) {
	c, err := t.common()
	if err != nil || t.CA == "" {
		return c, err
	}
	if c.ClientCAs, err = authorities(t.CA); err != nil {
		return nil, err
	}
	c.ClientAuth = tls.RequireAndVerifyClientCert
	if t.Bind == BindNames {
		c.VerifyConnection = t.namesOneOfUs
	}
	return c, nil
}

// dialling is the configuration of a client.
func (t *TLS) dialling() (*tls.Config, error) {
	c, err := t.common()
	if err != nil || t.CA == "" {
		return c, err
	}
	c.RootCAs, err = authorities(t.CA)
	return c, err
}

// common is what both sides have. There are no session tickets: a session that is resumed would be judged by the CA
// of the day on which it began, and terminals keep their connections.
func (t *TLS) common() (*tls.Config, error) {
	c := &tls.Config{
		MinVersion: tls.VersionTLS12, CipherSuites: cipherSuites, ServerName: t.ServerName, SessionTicketsDisabled: true,
	}
	if t.Cert == "" {
		return c, nil
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return nil, fmt.Errorf("tls.cert %s with tls.key %s: %w", t.Cert, t.Key, err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}

func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("tls.ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("tls.ca %s holds no certificate in PEM", path)
	}
	return pool, nil
}

var errNotNamed = errors.New("the client's certificate is for none of tls.names")

func (t *TLS) namesOneOfUs(state tls.ConnectionState) error {
	for _, name := range certificateNames(state) {
		if slices.Contains(t.Names, name) {
			return nil
		}
	}
	return errNotNamed
}

// certificateNames are the peer's common name and DNS names.
func certificateNames(state tls.ConnectionState) []string {
	if len(state.PeerCertificates) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	return append(slices.Clone(leaf.DNSNames), strings.TrimSpace(leaf.Subject.CommonName))
}
