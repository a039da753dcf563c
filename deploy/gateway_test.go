package deploy_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bpnt/ledger/localpg"
	"bpnt/ledger/localpg/pgtest"
)

// shop is bpnt serve with a link of terminals, one of terminals over TLS and one of a switch, on books of a small area.
type shop struct {
	t                               *testing.T
	dir, binary                     string
	plain, secured, switched, admin string // addresses
}

// The area. The load leaves the last families to the troublemaker.
const (
	families     = 300
	loadFamilies = 290
	outlets      = 5
	securedTID   = "60060060"
	freshTID     = "60060061" // has a master key, and gets its working keys when it logs on
	clearKey     = "0123456789ABCDEFFEDCBA9876543210"
	zoneKey      = "0123456789ABCDEF0123456789ABCDEF"
)

// openShop builds the program, prepares the books and runs the gateway until the test ends.
func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, dir: pgtest.Folder(t)}
	s.binary = filepath.Join(s.dir, "bpnt")
	if out, err := exec.Command("go", "build", "-o", s.binary, "bpnt/cmd/bpnt").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, address := range []*string{&s.plain, &s.secured, &s.switched, &s.admin} {
		*address = freeAddress(t)
	}
	s.postgres()
	s.books()
	s.serve()
	return s
}

// postgres runs where the program looks for its private one, so that commands need not start it each.
func (s *shop) postgres() {
	s.t.Helper()
	server, err := localpg.Start(s.t.Context(), localpg.Config{
		DataDir: filepath.Join(s.dir, "postgres"), Settings: localpg.TestSettings(), EndWithParent: true,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			s.t.Error(err)
		}
	})
}

func (s *shop) books() {
	s.t.Helper()
	area := []string{"--families", fmt.Sprint(families), "--outlets", fmt.Sprint(outlets)}
	s.ledger("", "migrate")
	s.ledger("", append([]string{"seed"}, area...)...)
	s.ledger("", "disburse", "--amount", "200000")
	s.ledger("", "terminal", "add", "--link", "switch", "--tid", "60180001", "--mid", "DKI000000000001")
	s.ledger(clearKey, "terminal", "add", "--link", "tls", "--tid", securedTID, "--mid", "DKI000000000001", "--read-tpk")
	s.ledger("", "terminal", "add", "--link", "tls", "--tid", freshTID, "--mid", "DKI000000000001")
	s.ledger(clearKey, "terminal", "key", freshTID, "--link", "tls", "--tmk", "--reason", "test")
	s.ledger(zoneKey, "link", "key", "switch", "--reason", "test")
	s.write("zmk", zoneKey)
}

func (s *shop) ledger(stdin string, args ...string) {
	s.t.Helper()
	cmd := s.command(append([]string{"ledger"}, append(args, "--data-dir", s.dir)...)...)
	cmd.Stdin = strings.NewReader(stdin + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("ledger %v: %v\n%s", args, err, out)
	}
}

// command is the program without the variables of whoever runs the tests. It is killed when the test ends.
func (s *shop) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), s.binary, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "BPNT_") || strings.HasPrefix(v, "BPNT_POSTGRES_BIN") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}

// begin starts a command that ends with the test.
func (s *shop) begin(args ...string) {
	s.t.Helper()
	cmd := s.command(args...)
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Wait() }) // killed by the test's context, which ended before
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) serve() {
	s.t.Helper()
	s.certificate()
	s.write("links.toml", fmt.Sprintf(`
[[link]]
name = "edc"
listen = %q
[link.dialect]
amount_decimals = 2
pan_pad = "left"

[[link]]
name = "tls"
listen = %q
[link.dialect]
amount_decimals = 2
pan_pad = "left"
[link.tls]
cert = "%[4]s/gateway.pem"
key = "%[4]s/gateway.key"

[[link]]
name = "switch"
listen = %[3]q
pin = "if_present"
[link.dialect]
form = "switch"
length = "ascii4"
bitmap = "hex"
amount_decimals = 0
`, s.plain, s.secured, s.switched, s.dir))
	s.begin("serve", "--data-dir", s.dir, "--config", filepath.Join(s.dir, "links.toml"), "--admin", s.admin,
		"--log-level", "error")
	if !eventually(30*time.Second, func() bool { return get("http://"+s.admin+"/readyz") == nil }) {
		s.t.Fatal("the gateway does not become ready")
	}
}

// certificate makes the gateway's own.
func (s *shop) certificate() {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gateway"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("gateway.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})))
	s.write("gateway.key", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})))
}

// eventually waits for a condition.
func eventually(patience time.Duration, done func() bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}

func get(url string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s, %w", url, answer.Status, err)
	}
	return nil
}

// freeAddress is an address that was free a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
