package bench

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/howdah/howdah/internal/view"
)

// checkoutFS is a distribution's folder without what runs leave in it and what git has of it.
type checkoutFS struct{ fs.FS }

// ReadDir leaves out dist and .git.
func (f checkoutFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == "dist" || e.Name() == ".git" || e.Name() == ".lock" || e.Type()&fs.ModeSymlink != 0
	}), err
}

// pulled is how many bytes of each image a node has to pull that has the release before: the config, and the layers
// that are new.
func (r *scenario) pulled(release view.Release) map[string]int64 {
	r.tb.Helper()
	out := map[string]int64{}
	for _, i := range release.Images {
		ref, err := name.NewDigest(r.store+"/bench/"+i.Name+"@"+i.Digest, name.Insecure)
		if err != nil {
			r.tb.Fatal(err)
		}
		img, err := remote.Image(ref, remote.WithContext(r.tb.Context()))
		if err != nil {
			r.tb.Fatal(err)
		}
		m, err := img.Manifest()
		if err != nil {
			r.tb.Fatal(err)
		}
		var layers []string
		for _, l := range m.Layers {
			layers = append(layers, l.Digest.String())
			if !slices.Contains(r.before[i.Name], l.Digest.String()) {
				out[i.Name] += l.Size
			}
		}
		if !slices.Equal(layers, r.before[i.Name]) {
			out[i.Name] += m.Config.Size
		}
		r.before[i.Name] = layers
	}
	return out
}

// table is what was measured, as Markdown: times as ratios to the first step, bytes in MB.
func table(all []measure) string {
	var kinds, images []string
	for _, m := range all {
		for kind := range m.down {
			kinds = append(kinds, kind)
		}
		for image := range m.pulled {
			images = append(images, image)
		}
	}
	slices.Sort(kinds)
	slices.Sort(images)
	kinds, images = slices.Compact(kinds), slices.Compact(images)
	var b strings.Builder
	fmt.Fprintf(&b, "| step | commit | state | time | git")
	for _, kind := range kinds {
		fmt.Fprintf(&b, " | %s", kind)
	}
	fmt.Fprintf(&b, " | all down | sent to the registry")
	for _, image := range images {
		fmt.Fprintf(&b, " | a node pulls: %s", image)
	}
	fmt.Fprintf(&b, " | disk |\n|%s\n", strings.Repeat("---|", 8+len(kinds)+len(images)))
	mb := func(n int64) { fmt.Fprintf(&b, " | %.1f", float64(n)/1e6) }
	for _, m := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f", m.name, m.commit, m.state, m.took.Seconds()/all[0].took.Seconds())
		sum := m.git
		mb(m.git)
		for _, kind := range kinds {
			mb(m.down[kind])
			sum += m.down[kind]
		}
		mb(sum)
		mb(m.up[registryTraffic])
		for _, image := range images {
			mb(m.pulled[image])
		}
		mb(m.disk)
		b.WriteString(" |\n")
	}
	return b.String()
}
