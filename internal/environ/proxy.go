package environ

import (
	"net/url"
	"strings"
)

// ProxyHint says what to do where the proxy of https, which a variable names, cannot be reached; "" without a proxy. Of
// its address it shows host and port only: the rest may hold a password.
func ProxyHint(environ []string) string {
	name, host := proxy(environ)
	if name == "" {
		return ""
	}
	return name + " names the proxy " + host + ", which cannot be reached: correct the variable, or unset it"
}

// ViaProxy reports whether a program's words on a connection that failed are about that proxy.
func ViaProxy(environ []string, says string) bool {
	name, host := proxy(environ)
	if name == "" {
		return false
	}
	address := strings.Replace(host, ":", " port ", 1) // as curl writes it
	return strings.Contains(strings.ToLower(says), "proxy") || strings.Contains(says, "connect to "+address)
}

// proxy is the variable that names a proxy for https, and the proxy's host and port.
func proxy(environ []string) (name, host string) {
	for _, name := range []string{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		value := Get(environ, name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			return name, u.Host
		}
		return name, "in it"
	}
	return "", ""
}
