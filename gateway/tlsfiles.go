package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math"
	"net"
	"os"
	"sync"
	"time"
)

// tlsLook is how often at most the files are looked at. Nobody waits for them: a handshake or a reader of the metrics
// looks, and nothing runs in between.
const tlsLook = time.Second

// tlsFiles is what a link's certificate, key and CA say now. Files that cannot be used (one of a pair is replaced and
// the other not yet) leave the last good ones in place, which is logged once and counts until it is over.
type tlsFiles struct {
	link string
	log  *slog.Logger
	make func() (*tls.Config, error)
	from []string

	mu     sync.Mutex
	looked time.Time
	read   [3]stamp // of what is in use
	bad    [3]stamp // of what could not be used
	config *tls.Config
	ends   time.Time // of our certificate; zero without one
}

// stamp tells one state of a file from another.
type stamp struct {
	at   int64 // modification time, nanoseconds
	size int64
}

// newTLSFiles reads the files of a link for the first time; the error names the file.
func newTLSFiles(l Link, log *slog.Logger) (*tlsFiles, error) {
	t := *l.TLS
	f := &tlsFiles{link: l.Name, log: log, make: t.listening, from: []string{t.Cert, t.Key, t.CA}}
	if l.dials() {
		if t.ServerName == "" {
			t.ServerName, _, _ = net.SplitHostPort(l.Dial)
		}
		f.make = t.dialling
	}
	f.read = f.stamps()
	config, err := f.make()
	if err != nil {
		return nil, err
	}
	f.take(config)
	if f.ends.Before(time.Now()) && !f.ends.IsZero() {
		log.Error("the certificate of a link has expired: put a new one in its place, it is taken without a restart",
			"link", l.Name, "file", t.Cert, "expired", f.ends)
	}
	return f, nil
}

// current is the configuration for a connection that begins now.
func (f *tlsFiles) current() *tls.Config {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.look(time.Now())
	return f.config
}

// left is how long our certificate is good; for ever, as it were, where we dial without one.
func (f *tlsFiles) left() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.look(now)
	if f.ends.IsZero() {
		return math.MaxInt64
	}
	return f.ends.Sub(now)
}

// look reads the files again where they have changed. They are stamped before they are read, so what changes
// meanwhile is read the next time.
func (f *tlsFiles) look(now time.Time) {
	if now.Sub(f.looked) < tlsLook {
		return
	}
	f.looked = now
	found := f.stamps()
	if found == f.read {
		return
	}
	config, err := f.make()
	if err != nil {
		if found != f.bad {
			f.log.Error("the TLS files of a link have changed and cannot be used: the old ones stay",
				"link", f.link, "error", err)
		}
		f.bad = found
		return
	}
	f.read = found
	f.take(config)
	f.log.Info("the TLS files of a link were read anew", "link", f.link, "expires", f.ends)
}

func (f *tlsFiles) stamps() (all [3]stamp) {
	for i, path := range f.from {
		if info, err := os.Stat(path); err == nil {
			all[i] = stamp{info.ModTime().UnixNano(), info.Size()}
		}
	}
	return all
}

// take puts a configuration into use.
func (f *tlsFiles) take(c *tls.Config) {
	f.config, f.ends = c, time.Time{}
	if len(c.Certificates) > 0 {
		f.ends = lifeEnd(c.Certificates[0])
	}
}

// lifeEnd is when the first certificate of a chain expires: the leaf, or one that leads to its CA.
func lifeEnd(chain tls.Certificate) (end time.Time) {
	for _, der := range chain.Certificate {
		cert, err := x509.ParseCertificate(der)
		if err == nil && (end.IsZero() || cert.NotAfter.Before(end)) {
			end = cert.NotAfter
		}
	}
	return end
}
