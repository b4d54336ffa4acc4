package environ

import (
	"net/url"
	"strings"
)

// ProxyHint returns a hint for a failed connection if a variable sets a proxy for https; otherwise "". It shows only
// host and port of the address: the rest may have a password.
func ProxyHint(environ []string) string {
	name, host := proxy(environ)
	if name == "" {
		return ""
	}
	return name + " names the proxy " + host + ", which cannot be reached: correct the variable, or unset it"
}

// ViaProxy reports whether a program's message about a failed connection is about that proxy.
func ViaProxy(environ []string, says string) bool {
	name, host := proxy(environ)
	if name == "" {
		return false
	}
	address := strings.Replace(host, ":", " port ", 1) // as curl writes it
	return strings.Contains(strings.ToLower(says), "proxy") || strings.Contains(says, "connect to "+address)
}

// proxy returns the variable that sets a proxy for https, and the proxy's host and port.
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
