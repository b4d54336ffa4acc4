package term

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/secret"
)

// Secrets are texts that must not be printed or written. Copies share what Add adds. The zero value only masks texts
// that look like secrets, see [secret.MaskForms], and cannot learn any.
type Secrets struct{ known *known }

// known has the values so far, and the masker for them, which is built when it is first needed.
type known struct {
	mu     sync.Mutex
	values map[string]bool
	mask   *masker // nil after a value was added
	long   *masker // the same, for values so long that they are not in a text by chance

	notifying sync.Mutex // held until all followers have a value: a second Add of it waits for that too
	followers map[int]func(values []string)
	numbered  int // number of followers so far
}

// shortest is the length from which a value is masked: masking "1" or "yes" would remove half of every text.
const shortest = 6

// certain is the length from which a value in a text is there as the secret, and not by chance.
const certain = 12

// plainWords are never masked, even if somebody uses one as a password: Howdah itself prints them.
var plainWords = []string{
	"mastodon", "howdah", "postgres", "postgresql", "docker", "github", "localhost", "production", "development",
	"password", "enabled", "disabled", "upstream", "release", "default", "anonymous", "registry", "streaming",
	"<token>", "x-access-token", "oauth2",
}

// SecretsOf finds the secrets in an environment: by the names of the variables, as passwords in addresses, and as
// logins made of two variables.
func SecretsOf(environment []string) Secrets {
	s := NewSecrets()
	for _, kv := range environment {
		name, value, _ := strings.Cut(kv, "=")
		s.Add(secret.Of(name, value)...)
	}
	for _, pair := range [][2]string{{"DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN"}, {"GITHUB_ACTOR", "GITHUB_TOKEN"}} {
		if user, token := environ.Get(environment, pair[0]), environ.Get(environment, pair[1]); user != "" && token != "" {
			s.Add(secret.Login(user, token)...)
		}
	}
	return s
}

// NewSecrets masks values, in all their forms.
func NewSecrets(values ...string) Secrets {
	s := Secrets{&known{values: map[string]bool{}}}
	s.Add(values...)
	return s
}

// Add masks values from now on. Several goroutines may call it, also while texts are masked.
func (s Secrets) Add(values ...string) {
	if s.known == nil {
		return
	}
	s.known.notifying.Lock()
	defer s.known.notifying.Unlock()
	fresh := s.known.add(values)
	if len(fresh) == 0 {
		return
	}
	for _, f := range s.known.followers {
		f(fresh)
	}
}

// add adds values, and returns those that are new.
func (k *known) add(values []string) (fresh []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, value := range values {
		for _, v := range append([]string{value}, strings.Split(value, "\n")...) {
			v = strings.TrimSpace(v)
			if len(v) < shortest || strings.HasPrefix(v, "-----") && !strings.Contains(v, "\n") ||
				slices.Contains(plainWords, strings.ToLower(v)) {
				continue
			}
			if !k.values[v] {
				k.values[v], k.mask, k.long = true, nil, nil
				fresh = append(fresh, v)
			}
		}
	}
	return fresh
}

// Follow calls f with all values, and with later ones before Add returns, until stop is called. f must not call Add.
func (s Secrets) Follow(f func(values []string)) (stop func()) {
	if s.known == nil {
		return func() {}
	}
	s.known.notifying.Lock()
	defer s.known.notifying.Unlock()
	s.known.numbered++
	number := s.known.numbered
	if s.known.followers == nil {
		s.known.followers = map[int]func(values []string){}
	}
	s.known.followers[number] = f
	if values := s.Values(); len(values) > 0 {
		f(values)
	}
	return func() {
		s.known.notifying.Lock()
		defer s.known.notifying.Unlock()
		delete(s.known.followers, number)
	}
}

var _ secret.Keeper = Secrets{}

// Values returns all values, sorted: an image must not contain any of them.
func (s Secrets) Values() []string {
	if s.known == nil {
		return nil
	}
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	return slices.Sorted(maps.Keys(s.known.values))
}

// Mask replaces each secret in text by "***".
func (s Secrets) Mask(text string) string {
	if s.known != nil {
		text = s.known.masker().apply(text)
	}
	return secret.MaskForms(text)
}

// Holds reports whether a text contains a secret of at least twelve characters, in any form that Mask finds, except
// other capitals and white space within it.
func (s Secrets) Holds(text string) bool {
	if s.known == nil {
		return false
	}
	s.known.mu.Lock()
	if s.known.long == nil {
		long := maps.Clone(s.known.values)
		maps.DeleteFunc(long, func(value string, _ bool) bool { return len(value) < certain })
		s.known.long = newMasker(long, true)
	}
	long := s.known.long
	s.known.mu.Unlock()
	return long.apply(text) != text
}

func (k *known) masker() *masker {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.mask == nil {
		k.mask = newMasker(k.values, false)
	}
	return k.mask
}

// masker finds values in a text, in every form that docs/safety.md lists.
type masker struct {
	exactly bool     // compare capitals and white space too
	values  *needles // the values themselves, for decoded base64
	forms   *needles
	spaced  *needles // long values without white space, for a text without it
}

func newMasker(values map[string]bool, exactly bool) *masker {
	m := &masker{exactly: exactly}
	plain, forms, spaced := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for v := range values {
		plain[m.fold(v)] = true
		for _, form := range formsOf(v) {
			forms[m.fold(form)] = true
			if short := withoutSpace(form); len(v) >= certain && !exactly {
				spaced[fold(short)] = true
			}
		}
	}
	m.values, m.forms, m.spaced = newNeedles(plain), newNeedles(forms), newNeedles(spaced)
	return m
}

func (m *masker) fold(text string) string {
	if m.exactly {
		return text
	}
	return fold(text)
}

func longestFirst(set map[string]bool) []string {
	var all []string
	for s := range set {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return all
}

func (m *masker) apply(text string) string {
	if len(m.forms.all) == 0 || len(text) < shortest {
		return text
	}
	hide := spans{}
	m.find(undecoded(text), &hide)
	for _, kind := range decoders {
		if kind.in(text) {
			m.find(undecoded(text).decode(kind), &hide)
		}
	}
	together := undecoded(text).withoutUnseen()
	if together.from != nil {
		m.find(together, &hide)
	}
	for _, kind := range chain {
		if kind.in(together.text) {
			together = together.decode(kind).withoutUnseen()
			m.find(together, &hide)
		}
	}
	if len(m.spaced.all) > 0 {
		together = together.decode(space)
		for _, at := range m.spaced.in(m.fold(together.text)) {
			hide.add(together, at[0], at[1])
		}
	}
	return hide.apply(text)
}
