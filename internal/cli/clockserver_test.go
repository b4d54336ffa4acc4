package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/rogpeppe/go-internal/testscript"
)

// clockServer is `clockserver YEARS`: an HTTPS server where it is that many years later, with a certificate that is
// good there for two days. To it this machine's clock is wrong. $SERVER is its address, server.pem its certificate.
func clockServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: clockserver YEARS")
	}
	years, err := strconv.Atoi(args[0])
	ts.Check(err)
	there := time.Now().AddDate(years, 0, 0)
	cert, err := certificateOf(there)
	ts.Check(err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", there.UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusNotFound)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}} //nolint:gosec // the newest version is the default
	s.StartTLS()
	ts.Defer(s.Close)
	ts.Setenv("SERVER", strings.TrimPrefix(s.URL, "https://"))
	ts.Setenv("THERE", there.UTC().Format("2006-01-02"))
	ts.Setenv("HERE", time.Now().UTC().Format("2006-01-"))
	block := &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}
	ts.Check(os.WriteFile(ts.MkAbs("server.pem"), pem.EncodeToMemory(block), 0o644))
}

// certificateOf makes a certificate for this machine that is good a day before and after a time.
func certificateOf(at time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		NotBefore: at.AddDate(0, 0, -1), NotAfter: at.AddDate(0, 0, 1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// tagAhead is `tagahead REPOSITORY YEARS`: a release's tag there of a clock that was that many years ahead.
func tagAhead(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tagahead REPOSITORY YEARS")
	}
	years, err := strconv.Atoi(args[1])
	ts.Check(err)
	at := time.Now().UTC().AddDate(years, 0, 0)
	ts.Setenv("AHEAD", at.Format("2006-01-02"))
	tag := at.Format("20060102T150405Z") + "-4.6.0-alpha.7-g1084caa14-00000000"
	ts.Check(crane.Push(empty.Image, args[0]+":"+tag, crane.Insecure))
}
