package term

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/secret"
)

// Secrets are texts that must not be printed or written. Copies share what Add adds. The zero value masks by form only,
// see [secret.MaskForms], and learns nothing.
type Secrets struct{ known *known }

// known are the values so far, and what masks them, built when it is first needed.
type known struct {
	mu     sync.Mutex
	values map[string]bool
	mask   *masker // nil after a value came
	long   *masker // likewise, of values that no text holds by chance

	telling   sync.Mutex // held until all followers have a value: a second Add of it waits for that too
	followers map[int]func(values []string)
	numbered  int // followers so far
}

// shortest is the length below which a value is not masked: "1" or "yes" would take half of every text with it.
const shortest = 6

// certain is the length from which a value that is found in a text is there as the secret, and not by chance.
const certain = 12

// plainWords are not masked when someone has them as a password: they stand in what Howdah itself prints.
var plainWords = []string{
	"mastodon", "howdah", "postgres", "postgresql", "docker", "github", "localhost", "production", "development",
	"password", "enabled", "disabled", "upstream", "release", "default", "anonymous", "registry", "streaming",
	"<token>", "x-access-token", "oauth2",
}

// SecretsOf finds the secrets in an environment: by the variables' names, passwords within addresses, and the login
// that two variables make together.
func SecretsOf(environ []string) Secrets {
	s := NewSecrets()
	get := Lookup(environ)
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		s.Add(secret.Of(name, value)...)
	}
	for _, pair := range [][2]string{{"DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN"}, {"GITHUB_ACTOR", "GITHUB_TOKEN"}} {
		if user, token := get(pair[0]), get(pair[1]); user != "" && token != "" {
			s.Add(secret.Login(user, token)...)
		}
	}
	return s
}

// NewSecrets masks values, in every form in which they travel.
func NewSecrets(values ...string) Secrets {
	s := Secrets{&known{values: map[string]bool{}}}
	s.Add(values...)
	return s
}

// Add masks values from now on. It may be called from several goroutines, also while texts are masked.
func (s Secrets) Add(values ...string) {
	if s.known == nil {
		return
	}
	s.known.telling.Lock()
	defer s.known.telling.Unlock()
	fresh := s.known.add(values)
	if len(fresh) == 0 {
		return
	}
	for _, f := range s.known.followers {
		f(fresh)
	}
}

// add returns the values that were not known before.
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

// Follow hands f all values, and those that come before Add returns, until stop is called. f does not call Add.
func (s Secrets) Follow(f func(values []string)) (stop func()) {
	if s.known == nil {
		return func() {}
	}
	s.known.telling.Lock()
	defer s.known.telling.Unlock()
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
		s.known.telling.Lock()
		defer s.known.telling.Unlock()
		delete(s.known.followers, number)
	}
}

var _ secret.Keeper = Secrets{}

// Values are all that is known, sorted: what no image may hold.
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

// Holds says whether a text holds one of the secrets of twelve characters or more, in any form that Mask finds but
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

// masker finds values in a text, in every form in which docs/safety.md says that they are found.
type masker struct {
	exactly bool     // capitals and white space are not left out of account
	values  *needles // the values themselves, for what base64 encodes
	forms   *needles
	spaced  *needles // of long values, without white space: for a text from which that was taken
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
	m.find(plainly(text), &hide)
	for _, kind := range decoders {
		if kind.in(text) {
			m.find(plainly(text).decode(kind), &hide)
		}
	}
	together := plainly(text).withoutUnseen()
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
