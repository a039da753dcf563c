package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// testCertificates makes a CA, a gateway's certificate and a switch's in dir, and returns the flags of the switch.
func testCertificates(t *testing.T, dir string) []string {
	t.Helper()
	ca := certificate("ca.test", nil)
	ca.IsCA, ca.BasicConstraintsValid, ca.KeyUsage = true, true, x509.KeyUsageCertSign
	caKey := writeCertificate(t, dir, "ca", ca, ca, nil)
	writeCertificate(t, dir, "gateway", certificate("gateway.test", net.IPv4(127, 0, 0, 1)), ca, caKey)
	writeCertificate(t, dir, "switch", certificate("switch.test", nil), ca, caKey)
	in := func(name string) string { return filepath.Join(dir, name) }
	return []string{"--ca", in("ca.pem"), "--cert", in("switch.pem"), "--key", in("switch.key")}
}

func certificate(name string, address net.IP) *x509.Certificate {
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if address != nil {
		c.IPAddresses = []net.IP{address}
	}
	return c
}

// writeCertificate signs a certificate, with its own key where there is no other, and writes both to files.
func writeCertificate(t *testing.T, dir, name string, c, ca *x509.Certificate, caKey *ecdsa.PrivateKey) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if caKey == nil {
		caKey = key
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, ca, &key.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", signed)
	writePEM(t, filepath.Join(dir, name+".key"), "EC PRIVATE KEY", private)
	return key
}

func writePEM(t *testing.T, path, kind string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		t.Fatal(err)
	}
}
