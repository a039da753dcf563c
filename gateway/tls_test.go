package gateway

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

const ourTID = "60060060" // of purchase()

// secured runs a gateway whose link "edc" has TLS with files of the authority.
func secured(t testing.TB, a *authority, change func(*Config)) *Gateway {
	t.Helper()
	a.issue("gateway", "gateway", time.Hour)
	return start(t, testConfig(func(c *Config) {
		c.Links[0].TLS = &TLS{Cert: a.path("gateway.pem"), Key: a.path("gateway.key")}
		if change != nil {
			change(c)
		}
	}), newPoster(), keystore(t))
}

// mutual asks for certificates of the authority that are bound to terminals.
func mutual(a *authority) func(*Config) {
	return func(c *Config) { c.Links[0].TLS.CA, c.Links[0].TLS.Bind = a.path("ca.pem"), BindTID }
}

// tlsTerminal connects with TLS. The handshake of a client may seem good to it before the server has refused it.
func tlsTerminal(t *testing.T, g *Gateway, config *tls.Config) (*terminal, error) {
	t.Helper()
	sock, err := tls.Dial("tcp", g.Addr("edc").String(), config)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = sock.Close() })
	return newTerminal(t, sock), nil
}

func mustTLS(t *testing.T, g *Gateway, config *tls.Config) *terminal {
	t.Helper()
	e, err := tlsTerminal(t, g, config)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPurchaseOverTLS(t *testing.T) {
	a := newAuthority(t)
	g := secured(t, a, nil)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := a.trust()
		config.MaxVersion = version
		if code := mustTLS(t, g, config).ask(purchase(int32(version))).ResponseCode; code != "00" {
			t.Errorf("version %04X: DE39 %s", version, code)
		}
	}
}

// TestTLSRefusals: each stranger is closed by a name of its own, and the honest terminal beside them is not disturbed.
func TestTLSRefusals(t *testing.T) {
	a, other := newAuthority(t), newAuthority(t)
	g := secured(t, a, mutual(a))
	mine := a.issue(ourTID, ourTID, time.Hour)
	honest := mustTLS(t, g, a.trust(mine))
	honest.wantEcho()
	old := a.trust(mine)
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	weak := a.trust(mine)
	weak.MaxVersion, weak.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	for _, c := range []struct {
		name   string
		config *tls.Config
		why    closeReason
	}{
		{"TLS 1.1", old, closeTLSVersion},
		{"a cipher that does not authenticate", weak, closeTLSHandshake},
		{"no certificate", a.trust(), closeTLSHandshake},
		{"an expired one", a.trust(a.issue("late", ourTID, -time.Minute)), closeCertificate},
		{"one of another CA", a.trust(other.issue(ourTID, ourTID, time.Hour)), closeCertificate},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := figure(t, g, `bpnt_connections_closed_total{reason="`+c.why.String()+`"}`)
			if e, err := tlsTerminal(t, g, c.config); err == nil {
				e.wantClosed()
			}
			wantReason(t, g, c.why, before+1)
		})
	}
	if code := honest.ask(purchase(1)).ResponseCode; code != "00" {
		t.Errorf("the honest terminal: DE39 %s", code)
	}
}

func TestPlainBytesOnATLSPort(t *testing.T) {
	g := secured(t, newAuthority(t), nil)
	e := dial(t, g)
	e.send(e.frame(purchase(1)))
	_ = e.SetReadDeadline(time.Now().Add(10 * time.Second))
	alert, err := io.ReadAll(e) // a plain peer may be told so in TLS's own way
	if errors.Is(err, os.ErrDeadlineExceeded) || len(alert) > 16 {
		t.Errorf("%d bytes, %v", len(alert), err)
	}
	wantReason(t, g, closePlain, 1)
}

// TestSwappedCertificate: a terminal with the certificate of another cannot speak for itself, and nothing of what it says
// reaches the books.
func TestSwappedCertificate(t *testing.T) {
	a := newAuthority(t)
	books := newPoster()
	a.issue("gateway", "gateway", time.Hour)
	g := start(t, testConfig(func(c *Config) {
		c.Links[0].TLS = &TLS{Cert: a.path("gateway.pem"), Key: a.path("gateway.key")}
		mutual(a)(c)
	}), books, keystore(t))
	e := mustTLS(t, g, a.trust(a.issue("other", "60060061", time.Hour)))
	e.send(e.frame(purchase(1)))
	e.wantClosed()
	wantReason(t, g, closeCertificateTID, 1)
	if n := len(books.posted()); n > 0 {
		t.Errorf("%d messages were posted", n)
	}
	if code := mustTLS(t, g, a.trust(a.issue("own", ourTID, time.Hour))).ask(purchase(2)).ResponseCode; code != "00" {
		t.Errorf("its own certificate: DE39 %s", code)
	}
}

// TestHandshakeTime: peers that say nothing, or begin TLS and do not go on, are closed in time, and keep nobody waiting.
func TestHandshakeTime(t *testing.T) {
	a := newAuthority(t)
	g := secured(t, a, func(c *Config) { c.Limits.Handshake, c.Limits.Handshakes = Duration{time.Second}, 1 })
	first, second := dial(t, g), dial(t, g)
	first.send([]byte{0x16, 0x03, 0x01})
	if code := mustTLS(t, g, a.trust()).ask(purchase(1)).ResponseCode; code != "00" {
		t.Errorf("beside them: DE39 %s", code)
	}
	wantReason(t, g, closeTLSTime, 0)
	first.wantClosed()
	second.wantClosed()
	wantReason(t, g, closeTLSTime, 2)
}

// TestHandshakesTakeTurns: where all turns are taken a handshake waits, and is given up in time.
func TestHandshakesTakeTurns(t *testing.T) {
	a := newAuthority(t)
	g := secured(t, a, func(c *Config) { c.Limits.Handshake, c.Limits.Handshakes = Duration{300 * time.Millisecond}, 1 })
	g.handshakes <- struct{}{}
	if _, err := tlsTerminal(t, g, a.trust()); err == nil {
		t.Error("a handshake without a turn")
	}
	wantReason(t, g, closeTLSTime, 1)
	<-g.handshakes
	mustTLS(t, g, a.trust()).wantEcho()
}

func TestTLSReload(t *testing.T) {
	a := newAuthority(t)
	g := secured(t, a, nil)
	living := mustTLS(t, g, a.trust())
	living.wantEcho()
	serial := func() string {
		e := mustTLS(t, g, a.trust())
		return e.Conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	first := serial()
	if left := figure(t, g, `bpnt_tls_certificate_expiry_seconds{link="edc"}`); left < 3500 || left > 3600 {
		t.Errorf("the certificate is good for %v s", left)
	}

	key, err := os.ReadFile(a.path("gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	a.issue("gateway", "gateway", 2*time.Hour)
	next, err := os.ReadFile(a.path("gateway.key"))
	if err != nil {
		t.Fatal(err)
	}
	rewind := func() { // as if a second had gone by since the files were looked at
		files := g.links[0].tls
		files.mu.Lock()
		defer files.mu.Unlock()
		files.looked = time.Time{}
	}
	replace := func(text []byte) {
		if err := os.WriteFile(a.path("gateway.key"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		rewind()
	}
	replace(key) // the certificate is new and its key not yet
	if serial() != first {
		t.Error("half of a pair was taken")
	}
	replace(next)
	if serial() == first {
		t.Error("the new certificate was not taken")
	}
	if left := figure(t, g, `bpnt_tls_certificate_expiry_seconds{link="edc"}`); left < 7000 {
		t.Errorf("the new certificate is good for %v s", left)
	}
	if code := living.ask(purchase(1)).ResponseCode; code != "00" {
		t.Errorf("the connection that lived through it: DE39 %s", code)
	}
}

// TestTLSFilesAreCheckedAtTheStart tells of every link's files at once.
func TestTLSFilesAreCheckedAtTheStart(t *testing.T) {
	a := newAuthority(t)
	a.issue("gateway", "gateway", time.Hour)
	c := testConfig(func(c *Config) {
		c.Links[0].TLS = &TLS{Cert: a.path("gateway.pem"), Key: a.path("ca.pem")}
		other := c.Links[0]
		other.Name, other.TLS = "other", &TLS{Cert: a.path("gateway.pem"), Key: a.path("gateway.key"), CA: a.path("none.pem"), Bind: BindNone}
		c.Links = append(c.Links, other)
	})
	_, err := New(c, Deps{Ledger: newPoster(), Keys: keystore(t), Log: discard()})
	if err == nil || !strings.Contains(err.Error(), `link "edc": tls.cert`) || !strings.Contains(err.Error(), `link "other": tls.ca`) {
		t.Errorf("error %v", err)
	}
}

// TestNamedCertificate: a switch is who its certificate names, and no other certificate of the same CA will do.
func TestNamedCertificate(t *testing.T) {
	a := newAuthority(t)
	a.issue("gateway", "gateway", time.Hour)
	g := start(t, switchConfig(func(c *Config) {
		c.Links[0].TLS = &TLS{
			Cert: a.path("gateway.pem"), Key: a.path("gateway.key"), CA: a.path("ca.pem"), Bind: BindNames, Names: []string{"switch.bank"},
		}
	}), newPoster(), keystore(t))
	sock, err := tls.Dial("tcp", g.Addr("edc").String(), a.trust(a.issue("bank", "switch.bank", time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sock.Close() }()
	b := newBank(t, sock, g.links[0].Dialect)
	b.want("sign-on", "00", b.speaker.SignOn(b.next(), bankTime))
	b.want("purchase", "00", b.purchase())
	if e, err := tlsTerminal(t, g, a.trust(a.issue("other", "other.bank", time.Hour))); err == nil {
		e.wantClosed()
	}
	wantReason(t, g, closeCertificate, 1)
}

// TestDialWithTLS: the bank's host must have the certificate of its name, and sees ours.
func TestDialWithTLS(t *testing.T) {
	a, ours := newAuthority(t), newAuthority(t)
	ours.issue("gateway", "gateway.ours", time.Hour)
	for name, c := range map[string]struct {
		server string
		good   bool
	}{"the right name": {"localhost", true}, "another name": {"elsewhere", false}} {
		t.Run(name, func(t *testing.T) {
			config := a.trust(a.issue("host", "host", time.Hour))
			config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, ours.trust().RootCAs
			l, err := tls.Listen("tcp", "127.0.0.1:0", config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			g := start(t, switchConfig(func(k *Config) {
				k.Links[0].Listen, k.Links[0].Dial = "", l.Addr().String()
				k.Links[0].Switch.SignOn = SignOnUs
				k.Links[0].TLS = &TLS{Cert: ours.path("gateway.pem"), Key: ours.path("gateway.key"), CA: a.path("ca.pem"), ServerName: c.server}
			}), newPoster(), keystore(t))
			sock, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = sock.Close() }()
			if !c.good {
				_ = sock.(*tls.Conn).Handshake() // it may fail only later
				wantReason(t, g, closeCertificate, 1)
				return
			}
			b := newBank(t, sock, g.links[0].Dialect)
			b.hear("00")
			b.want("purchase", "00", b.purchase())
			if peer := sock.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName; peer != "gateway.ours" {
				t.Errorf("our certificate is %q's", peer)
			}
		})
	}
}

// BenchmarkTLSHandshake is a connection of a terminal with its certificate, both ends on this machine.
func BenchmarkTLSHandshake(b *testing.B) {
	a := newAuthority(b)
	g := secured(b, a, mutual(a))
	config := a.trust(a.issue(ourTID, ourTID, time.Hour))
	address := g.Addr("edc").String()
	for b.Loop() {
		sock, err := tls.Dial("tcp", address, config)
		if err != nil {
			b.Fatal(err)
		}
		_ = sock.Close()
	}
}
