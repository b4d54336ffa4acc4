package release

import (
	"errors"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/address"
)

// A partial release's error names each registry, and what went wrong at one once.
func TestPartialSaysEachErrorOnce(t *testing.T) {
	var known []address.Registry
	for _, name := range []string{"127.0.0.1:1/whole", "127.0.0.1:1/refused", "127.0.0.1:1/late"} {
		r, err := address.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		known = append(known, r)
	}
	refused := errors.New("writing tag edge: 500 Internal Server Error")
	r := newRun(Store{Settings: Settings{Registries: known}}, &Plan{}, Hooks{}, nil)
	r.progress.states = map[address.Registry]*RegistryState{
		known[0]: {Name: "whole", State: Done},
		known[1]: {Name: "refused", State: partial, Error: refused.Error()},
		known[2]: {Name: "late", State: lagging, Error: "no answer"},
	}
	got := r.partial(refused).Error()
	if strings.Count(got, refused.Error()) != 1 ||
		!strings.Contains(got, "whole done; refused partial; late lagging (no answer)") {
		t.Errorf("partial: %s", got)
	}
}
