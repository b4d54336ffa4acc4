package builder

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/moby/buildkit/client/connhelper/kubepod"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// The manifests of docs/builders.md have no key that Kubernetes does not know, the image is of the client's version,
// and the addresses lead to the pods that they make.
func TestManifests(t *testing.T) {
	data, err := os.ReadFile("../../docs/builders.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(data), "```yaml\n")
	block, _, closed := strings.Cut(block, "```\n")
	if !ok || !closed {
		t.Fatal("no YAML in docs/builders.md")
	}
	var set appsv1.StatefulSet
	var role rbacv1.Role
	var binding rbacv1.RoleBinding
	var account corev1.ServiceAccount
	into := map[string]any{
		"Namespace": &corev1.Namespace{}, "StatefulSet": &set, "ServiceAccount": &account, "Role": &role,
		"RoleBinding": &binding,
	}
	for _, one := range strings.Split(block, "---\n") {
		var kind struct {
			Kind string `json:"kind"`
		}
		if err := yaml.Unmarshal([]byte(one), &kind); err != nil {
			t.Fatal(err)
		}
		if into[kind.Kind] == nil {
			t.Fatalf("unexpected or repeated kind %q", kind.Kind)
		}
		if err := yaml.UnmarshalStrict([]byte(one), into[kind.Kind]); err != nil {
			t.Errorf("%s: %v", kind.Kind, err)
		}
		delete(into, kind.Kind)
	}
	if len(into) > 0 {
		t.Errorf("missing: %v", into)
	}
	pod := set.Spec.Template.Spec
	if len(pod.Containers) != 1 || pod.Containers[0].Image != "docker.io/moby/buildkit:v"+buildkitd.Version()+"-rootless" {
		t.Errorf("the image is not of BuildKit %s: %+v", buildkitd.Version(), pod.Containers)
	}
	mount := pod.Containers[0].VolumeMounts
	if len(mount) != 1 || len(set.Spec.VolumeClaimTemplates) != 1 ||
		mount[0].Name != set.Spec.VolumeClaimTemplates[0].Name {
		t.Errorf("the cache is mounted from %+v of %+v", mount, set.Spec.VolumeClaimTemplates)
	}
	for key, value := range set.Spec.Selector.MatchLabels {
		if set.Spec.Template.Labels[key] != value {
			t.Errorf("the pods lack the label %s=%s", key, value)
		}
	}
	if binding.RoleRef.Name != role.Name || len(binding.Subjects) != 1 || binding.Subjects[0].Name != account.Name {
		t.Errorf("the role %q is bound to %+v as %q", role.Name, binding.Subjects, binding.RoleRef.Name)
	}
	addresses := regexp.MustCompile(`kube-pod://[^"`+"`"+` ]+`).FindAllString(string(data), -1)
	if len(addresses) < 3 {
		t.Fatalf("addresses %q", addresses)
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := kubepod.SpecFromURL(u)
		if err != nil || spec.Namespace != set.Namespace || !strings.HasPrefix(spec.Pod, set.Name+"-") {
			t.Errorf("%s: %+v, %v", address, spec, err)
		}
	}
}
