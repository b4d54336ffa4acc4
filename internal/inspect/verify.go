package inspect

import (
	"context"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
)

// Report is what Verify found out of one platform's image.
type Report struct {
	Facts    Facts     `json:"facts"`
	Findings []Finding `json:"findings"`
}

// Verify reads every image of an index and holds it against the rules. What is broken is in the reports, and makes an
// error of code fault.Gate.
func Verify(ctx context.Context, name string, index v1.ImageIndex, rules Rules, canaries []string) ([]Report, error) {
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("verifying image %q: %w", name, err)
	}
	var reports []Report
	var broken []string
	for _, d := range manifest.Manifests {
		if !d.MediaType.IsImage() {
			continue
		}
		img, err := index.Image(d.Digest)
		if err != nil {
			return reports, fmt.Errorf("verifying image %q: %w", name, err)
		}
		content, err := Read(ctx, img, canaries)
		if err != nil {
			return reports, fmt.Errorf("verifying image %q: %w", name, err)
		}
		r := Report{Facts: content.Facts(), Findings: append([]Finding{}, content.Check(rules)...)}
		reports = append(reports, r)
		for _, f := range r.Findings {
			broken = append(broken, fmt.Sprintf("%s: %s", content.platform, f))
		}
	}
	if len(reports) == 0 {
		return nil, fault.New(fault.Gate, "verifying image %q: its index lists no image", name)
	}
	if len(broken) > 0 {
		return reports, fault.New(fault.Gate, "verifying image %q: %s", name, strings.Join(broken, "\n    | ")).
			WithHint("fix the Dockerfile, or the base image that it begins with")
	}
	return reports, nil
}
