package registry

import (
	"sync"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestTokensThatOthersUseUp has tokens that are good for one request, and twenty requests at once: each is refused, all
// fetch new tokens, and use up one another's.
func TestTokensThatOthersUseUp(t *testing.T) {
	k, r := newTokens(t, 1)
	repo := must(newClient(t, Options{Keychain: password("secret")}).Repo(r, "mastodon"))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := repo.Head(t.Context(), "latest"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if k.made < 20 {
		t.Errorf("%d tokens were fetched for 20 requests", k.made)
	}
}

// TestTokenThatEndsOnTheWay has every second token end before its first request arrives.
func TestTokenThatEndsOnTheWay(t *testing.T) {
	k, r := newTokens(t, 1)
	k.ended = func(n int) bool { return n%2 == 0 }
	repo := must(newClient(t, Options{Keychain: password("secret")}).Repo(r, "mastodon"))
	for range 5 {
		if _, _, err := repo.Head(t.Context(), "latest"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTokensThatAreNeverAccepted ends with the refusal of a registry that does not take its own tokens.
func TestTokensThatAreNeverAccepted(t *testing.T) {
	k, r := newTokens(t, 0)
	repo := must(newClient(t, Options{Keychain: password("secret")}).Repo(r, "mastodon"))
	if _, _, err := repo.Head(t.Context(), "latest"); fault.CodeOf(err) != fault.Auth {
		t.Errorf("a registry that refuses every token: %v", err)
	}
	if k.made > 12 {
		t.Errorf("%d tokens were fetched before the refusal was believed", k.made)
	}
}
