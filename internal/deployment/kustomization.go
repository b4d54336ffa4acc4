package deployment

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/record"
)

// KustomizationFile is its name in the folder of results, and in the record's layer.
const KustomizationFile = "kustomization.yaml"

// Kustomization names the release's images, with tag and digest, for kustomize and for Flux; from is the registry that
// the cluster pulls from. It is a Component, so that a kustomization elsewhere can take it in and it can be built by
// itself. The images are replaced under their short name and under their full one; the generated ConfigMap holds the
// same for Flux's post-build substitution, so that manifests in another repository follow this one artifact.
func Kustomization(from address.Registry, r *record.Record) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s %s\napiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n", r.Name, r.Version)
	for _, i := range r.Images {
		full := from.Name(i.Name)
		for _, name := range []string{i.Name, full} {
			fmt.Fprintf(&b, "  - name: %s\n    newName: %s\n    newTag: %s\n    digest: %s\n", name, full, r.Tag, i.Digest)
		}
	}
	fmt.Fprintf(&b, "generatorOptions:\n  disableNameSuffixHash: true\nconfigMapGenerator:\n  - name: %s\n"+
		"    literals:\n      - tag=%s\n      - version=%s\n", record.Repository(r.Name), r.Tag, r.Version)
	for _, i := range r.Images {
		fmt.Fprintf(&b, "      - %s=%s:%s@%s\n", strings.NewReplacer("-", "_", ".", "_").Replace(i.Name), from.Name(i.Name),
			r.Tag, i.Digest)
	}
	return b.Bytes()
}
