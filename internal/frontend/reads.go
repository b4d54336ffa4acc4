package frontend

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"

	"github.com/howdah/howdah/internal/fault"
)

// Build is the build for which a Dockerfile is read.
type Build struct {
	Args     map[string]string
	Target   string // a stage; "": the last
	Platform string // linux/amd64
}

// Reads returns the files and folders of the context, maybe patterns, that a build reads, as BuildKit's own frontend
// asks for them (local.followpaths); all is true if it asks for everything. A mistake is code fault.Usage.
func (f Dockerfile) Reads(ctx context.Context, b Build) (paths []string, all bool, err error) {
	p, err := platforms.Parse(b.Platform)
	if err != nil {
		return nil, false, fault.New(fault.Usage, "platform %q: %w", b.Platform, err)
	}
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, f.Data, dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{BuildArgs: b.Args, Target: b.Target}, TargetPlatform: &p, MetaResolver: &asked{},
		LLBCaps: &supported,
	})
	if err != nil {
		return nil, false, f.misread(err, nil)
	}
	definition, err := result.State.Marshal(ctx, llb.Platform(p))
	if err != nil {
		return nil, false, fmt.Errorf("reading %s: %w", f.Name, err)
	}
	for _, data := range definition.Def {
		var op pb.Op
		if err := op.UnmarshalVT(data); err != nil {
			return nil, false, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		source := op.GetSource()
		if source == nil || source.Identifier != "local://"+dockerui.DefaultLocalNameContext {
			continue
		}
		list := source.Attrs[pb.AttrFollowPaths]
		if list == "" {
			return nil, true, nil
		}
		var some []string
		if err := json.Unmarshal([]byte(list), &some); err != nil {
			return nil, false, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		paths = append(paths, some...)
	}
	return paths, false, nil
}
