package builder

import (
	"context"
	"crypto/tls"
	"crypto/x509"

	"github.com/moby/buildkit/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// certified returns the options with which a tcp builder at a host gets our certificate and has to have one that ca.pem
// signed. The key is registered as a secret as soon as it is read.
func (b *Builder) certified(ctx context.Context, host string) ([]client.ClientOpt, error) {
	var files [3][]byte
	for i, name := range []string{"ca.pem", "cert.pem", "key.pem"} {
		data, err := b.settings.TLS(name)
		if f, ok := err.(*fault.Error); ok {
			return nil, f.WithHint("[build] tls needs a folder with the files ca.pem, cert.pem and key.pem")
		}
		if err != nil {
			return nil, err
		}
		files[i] = data
	}
	ca, cert, key := files[0], files[1], files[2]
	secret.Learn(ctx, string(key))
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fault.New(fault.Usage, "[build] tls: ca.pem has no certificate").
			WithHint(`it begins with "-----BEGIN CERTIFICATE-----"`)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fault.New(fault.Usage, "[build] tls: cert.pem with key.pem: %w", err).
			WithHint("key.pem holds the private key of the certificate in cert.pem, both as PEM, without a passphrase")
	}
	config := &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, ServerName: host,
		MinVersion: tls.VersionTLS12}
	return []client.ClientOpt{
		client.WithGRPCDialOption(grpc.WithTransportCredentials(credentials.NewTLS(config))),
		client.WithGRPCDialOption(grpc.WithAuthority(host)),
	}, nil
}
