package release

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/address"
)

// kustomizationFile is its name in the folder of results, and in the record's layer.
const kustomizationFile = "kustomization.yaml"

// kustomization names the release's images, with tag and digest, for kustomize and for Flux. It is a Component, so that
// a kustomization elsewhere can take it in and it can be built by itself. The images are replaced
// under their short name and under their full one; the generated ConfigMap holds the same for Flux's post-build
// substitution, so that manifests in another repository follow this one artifact.
func kustomization(s Settings, r *Record) []byte {
	var b bytes.Buffer
	from := s.primary()
	fmt.Fprintf(&b, "# %s %s\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n", s.Name, r.Version)
	for _, i := range r.Images {
		full := from.Name(i.Name)
		for _, name := range []string{i.Name, full} {
			fmt.Fprintf(&b, "  - name: %s\n    newName: %s\n    newTag: %s\n    digest: %s\n", name, full, r.Tag, i.Digest)
		}
	}
	fmt.Fprintf(&b, "generatorOptions:\n  disableNameSuffixHash: true\nconfigMapGenerator:\n  - name: %s\n"+
		"    literals:\n      - tag=%s\n      - version=%s\n", s.artifact(), r.Tag, r.Version)
	for _, i := range r.Images {
		fmt.Fprintf(&b, "      - %s=%s:%s@%s\n", strings.NewReplacer("-", "_", ".", "_").Replace(i.Name), from.Name(i.Name),
			r.Tag, i.Digest)
	}
	return b.Bytes()
}

// primary is the registry that a cluster pulls from: the first that is required.
func (s Settings) primary() address.Registry {
	for _, r := range s.Registries {
		if s.required(r) {
			return r
		}
	}
	return s.Registries[0]
}
