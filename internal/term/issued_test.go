package term

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// TestVariablesThatAreSecrets gives each variable a value and finds it in what is printed, in each way in which servers
// give one back; the value of a variable that is called otherwise stays.
func TestVariablesThatAreSecrets(t *testing.T) {
	const value = `Zq9/kT&w"Lm4=pV7xR2`
	quoted, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]string{
		"as it is": value, "percent-encoded": url.QueryEscape(value), "in a path": url.PathEscape(value),
		"in JSON": string(quoted), "over two lines": value[:9] + "\n" + value[9:], "in base64": base64.StdEncoding.
				EncodeToString([]byte(value)), "as a login": base64.StdEncoding.EncodeToString([]byte("ACTOR:" + value)),
		"in an address": "https://someone:" + url.PathEscape(value) + "@example.org/x",
		"in a query":    "https://example.org/x?a=b&access_token=" + url.QueryEscape(value),
		"in a header":   "X-Api-Key: " + value,
	}
	for _, name := range strings.Fields(`PGPASSWORD MYSQL_PWD MAILGUN_APIKEY GPG_PASSPHRASE SMTP_PASS NPM_AUTHTOKEN
		GH_PAT REDIS_PASSWD REGISTRY_AUTH AWS_CREDENTIALS SECRET_KEY_BASE SLACK_WEBHOOK_URL GIT_CONFIG_VALUE_0
		GIT_CONFIG_VALUE_17 RAILS_MASTER_KEY ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY REDISCLI_AUTH SMTP_PWD
		AWS_SESSION_TOKEN CARGO_REGISTRY_TOKEN API_KEY_2 PASSWORD2 DB_PASSWORD_1 PRIVATE_KEY_BASE64 gitlab_token
		deployToken TEAMS_WEBHOOK HONEYBADGER_API_KEY S3_SECRET DISCOURSE_SSO_SECRET HTTP_BASICAUTH`) {
		s := SecretsOf([]string{name + "=" + value})
		for way, text := range ways {
			got := s.Mask("see " + text + " there")
			for _, part := range []string{"Zq9", "kT", "Lm4", "pV7xR2", base64.StdEncoding.EncodeToString([]byte(value))[4:16]} {
				if strings.Contains(got, part) {
					t.Errorf("%s %s: %q", name, way, got)
					break
				}
			}
		}
	}
	for _, name := range strings.Fields(`GIT_CONFIG_KEY_0 GIT_CONFIG_COUNT PWD OLDPWD VAPID_PUBLIC_KEY PGPASSFILE
		DB_PASSWORD_FILE LOCAL_DOMAIN S3_BUCKET SHA256 GITHUB_REPOSITORY_2 GIT_ASKPASS NODE_2`) {
		s := SecretsOf([]string{name + "=" + value})
		if got := s.Mask(value); got != value {
			t.Errorf("%s is masked: %q", name, got)
		}
	}
}

// TestActorAndToken: what GitHub's registry is sent is the base64 of both.
func TestActorAndToken(t *testing.T) {
	s := SecretsOf([]string{"GITHUB_ACTOR=someone", "GITHUB_TOKEN=t0ken-of-actions", "DOCKERHUB_USERNAME=else",
		"DOCKERHUB_TOKEN=t0ken-of-the-hub"})
	for _, login := range []string{"someone:t0ken-of-actions", "else:t0ken-of-the-hub"} {
		sent := base64.StdEncoding.EncodeToString([]byte(login))
		for _, text := range []string{sent, strings.TrimRight(sent, "="), "Basic " + sent, sent[:10] + "\n" + sent[10:],
			url.QueryEscape(sent), login} {
			if got := s.Mask(text); !strings.Contains(got, "***") || strings.Contains(got, "t0ken") ||
				strings.Contains(got, sent[:10]) {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
	if got := s.Mask("someone and else"); got != "someone and else" {
		t.Errorf("a user's name is masked: %q", got)
	}
}

// TestUnknownCredentials: nobody told the program these; their form says what they are.
func TestUnknownCredentials(t *testing.T) {
	const value = "Zq9kTwLm4pV7xR2aB3c"
	login := base64.StdEncoding.EncodeToString([]byte("someone:" + value))
	for _, text := range []string{
		"Authorization: " + value, "authorization: Basic " + login, `"Authorization": "Bearer ` + value + `"`,
		`{\"authorization\":\"token ` + value + `\"}`, "Proxy-Authorization: Basic " + login, "Basic " + login,
		"Bearer " + value, "bearer+" + value, "Bearer%20" + value, "X-Api-Key: " + value, "PRIVATE-TOKEN: " + value,
		"X-Auth-Token: " + value, "Cookie: _session=" + value, "https://someone:" + value + "@example.org/",
		"https://" + value + "@example.org/x.git", "https://example.org/x?access_token=" + value,
		"https://example.org/x?a=1&amp;private_token=" + value,
		"x?a=1%26api_key%3D" + value, "ghp_" + value, "glpat-" + value,
		"npm_" + value, "https://hooks.slack.com/services/T0/B0/" + value, "https://discord.com/api/webhooks/1/" + value,
		`{"access_token":"` + value + `"}`, `{\"refresh_token\":\"` + value + `\"}`,
		"-----BEGIN OPENSSH PRIVATE KEY-----\n" + value + "\n-----END OPENSSH PRIVATE KEY-----",
		"-----BEGIN EC PRIVATE KEY-----\n" + value, "-----BEGIN PRIVATE KEY-----\\n" + value + "\\n-----END PRIVATE KEY-----",
		"http.extraHeader=AUTHORIZATION: basic " + login, "x%3Fapi_key%3d" + value + "%26b%3D1",
		"xoxb-" + value, "dckr_pat_" + value,
		"https://example.webhook.office.com/webhookb2/" + value + "/IncomingWebhook/a/b",
		"https://chat.googleapis.com/v1/spaces/A/messages?key=" + value, "-----BEGIN RSA PRIVATE KEY-----\n" + value,
		"https://s3.example/x?X-Amz-Signature=" + value, "eyJhbGciOiJIUzI1NiJ9.eyJ" + value + ".c2lnbmF0dXJl",
		"-----BEGIN PGP PRIVATE KEY BLOCK-----\n" + value + "\n-----END PGP PRIVATE KEY BLOCK-----",
	} {
		if got := (Secrets{}).Mask(text); strings.Contains(got, "kTwLm4") || strings.Contains(got, login[10:20]) {
			t.Errorf("%q became %q", text, got)
		}
	}
}
