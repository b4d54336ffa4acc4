package image

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Line returns the `docker build` command for the same image, except for the compression of its layers. It builds a
// checkout of the context in the folder, into the layout NAME.oci. A secret is read from the file that files has for
// its id, or else from an environment variable: its value is never in the command.
func (s Spec) Line(folder string, files map[string]string) string {
	args := []string{"docker", "buildx", "build", "--file", s.Dockerfile.Name, "--platform",
		strings.Join(s.platforms(), ",")}
	if s.Target != "" {
		args = append(args, "--target", s.Target)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Args)) {
		args = append(args, "--build-arg", name+"="+s.Args[name])
	}
	args = append(args, "--build-arg", "SOURCE_DATE_EPOCH="+Epoch)
	for _, name := range slices.Sorted(maps.Keys(s.Bases)) {
		args = append(args, "--build-context", name+"="+contextValue(s.Bases[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Mounts)) {
		args = append(args, "--build-context", name+"="+s.Mounts[name])
	}
	for _, id := range slices.Sorted(maps.Keys(s.secrets())) {
		if file, ok := files[id]; ok {
			args = append(args, "--secret", "id="+id+",src="+file)
		} else {
			args = append(args, "--secret", "id="+id+",env="+strings.ToUpper(strings.ReplaceAll(id, "-", "_")))
		}
	}
	output := "type=oci,dest=" + s.Name + ".oci,tar=false,oci-mediatypes=true,rewrite-timestamp=true"
	args = append(args, "--provenance=false", "--output", output, folder)
	for i, a := range args {
		args[i] = fault.Word(a)
	}
	return strings.Join(args, " ")
}

func contextValue(where string) string {
	if !filepath.IsAbs(where) {
		return "docker-image://" + where
	}
	if digest, err := Digest(where); isLayout(where) && err == nil {
		return "oci-layout://" + where + "@" + digest
	}
	return where
}
