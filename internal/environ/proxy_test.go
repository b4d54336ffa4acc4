package environ

import "testing"

func TestProxyHint(t *testing.T) {
	const end = ", which cannot be reached: correct the variable, or unset it"
	for _, c := range []struct {
		variable, says, want string
		via                  bool
	}{
		{"HTTPS_PROXY=http://127.0.0.1:1", "Failed to connect to 127.0.0.1 port 1 after 0 ms",
			"HTTPS_PROXY names the proxy 127.0.0.1:1" + end, true},
		{"https_proxy=proxy.lan:3128", "Could not resolve proxy: proxy.lan",
			"https_proxy names the proxy proxy.lan:3128" + end, true},
		{"ALL_PROXY=socks5://me:hunter22@10.0.0.1:1080", "Could not resolve host: example.org",
			"ALL_PROXY names the proxy 10.0.0.1:1080" + end, false},
		{"HTTPS_PROXY=http://[::1]:1", "The requested URL returned error: 503",
			"HTTPS_PROXY names the proxy [::1]:1" + end, false},
		{"NO_PROXY=proxy.lan", "Could not resolve proxy: x", "", false},
		{"HTTPS_PROXY=", "Could not resolve proxy: x", "", false},
	} {
		if got := ProxyHint([]string{c.variable}); got != c.want {
			t.Errorf("%s: %q", c.variable, got)
		}
		if got := ViaProxy([]string{c.variable}, c.says); got != c.via {
			t.Errorf("%s: %q is about the proxy: %v", c.variable, c.says, got)
		}
	}
}
