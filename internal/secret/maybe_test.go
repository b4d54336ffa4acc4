package secret

import "testing"

// TestMayBeQuery: what the quick look lets through is masked, in each form of the signs, and code is not looked at.
func TestMayBeQuery(t *testing.T) {
	for _, text := range []string{
		"https://host/?token=abcdef123", "/path?a=b&access_token=abcdef123", "&amp;access_token=abcdef123",
		"%3Faccess_token%3Dabcdef123", "a%26access_token%3Dabcdef123", `x\u0026access_token\u003dabcdef123`,
		"?ACCESS_TOKEN=abcdef123", "&_token=abcdef123", "??token=abcdef123", "x ?token=abcdef123",
	} {
		if masked := MaskForms(text); masked == text {
			t.Errorf("%q is not masked", text)
		}
	}
	for _, text := range []string{"a ? b : c", "if (a && b) { x = 1; }", "100% = all; 5 ?", "&", "\\n = 1", "a = b?"} {
		if mayBeQuery(text) {
			t.Errorf("%q is taken for a query", text)
		}
	}
}
