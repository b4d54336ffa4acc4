package image_test

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	controlapi "github.com/moby/buildkit/api/services/control"
	apitypes "github.com/moby/buildkit/api/types"
	"github.com/moby/buildkit/solver/pb"
	"google.golang.org/grpc"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// fakeBuilder answers as a BuildKit of a version and a platform does, and counts what it is asked to build.
type fakeBuilder struct {
	controlapi.UnimplementedControlServer
	version  string
	platform *pb.Platform
	builds   atomic.Int64
}

func (f *fakeBuilder) Info(context.Context, *controlapi.InfoRequest) (*controlapi.InfoResponse, error) {
	return &controlapi.InfoResponse{BuildkitVersion: &apitypes.BuildkitVersion{Version: f.version}}, nil
}

func (f *fakeBuilder) ListWorkers(
	context.Context, *controlapi.ListWorkersRequest,
) (*controlapi.ListWorkersResponse, error) {
	var workers []*apitypes.WorkerRecord
	if f.platform != nil {
		workers = append(workers, &apitypes.WorkerRecord{ID: "one", Platforms: []*pb.Platform{f.platform}})
	}
	return &controlapi.ListWorkersResponse{Record: workers}, nil
}

func (f *fakeBuilder) Solve(context.Context, *controlapi.SolveRequest) (*controlapi.SolveResponse, error) {
	f.builds.Add(1)
	return &controlapi.SolveResponse{}, nil
}

// serve gives the builder an address until the test ends.
func (f *fakeBuilder) serve(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	controlapi.RegisterControlServer(server, f)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return "tcp://" + listener.Addr().String()
}

// TestRefusedBuilders: a builder that is down, too old, of the wrong platform or without a worker is named, with what
// to do, and the good builder of the other platform is not asked to build anything.
func TestRefusedBuilders(t *testing.T) {
	amd64, arm64 := &pb.Platform{OS: "linux", Architecture: "amd64"}, &pb.Platform{OS: "linux", Architecture: "arm64"}
	for name, test := range map[string]struct {
		bad  *fakeBuilder // nil: nobody listens
		code fault.Code
		want string
		hint string
	}{
		"down": {nil, fault.Retry, "reaching the BuildKit at ADDRESS", "builder:status"},
		"too old": {&fakeBuilder{version: "v0.28.0", platform: arm64}, fault.Usage,
			"the BuildKit at ADDRESS is 0.28.0, older than 0.28.1", "update it"},
		"wrong platform": {&fakeBuilder{version: "v0.34.2", platform: amd64}, fault.Usage,
			"no builder for linux/arm64: ADDRESS builds for linux/amd64", "linux/arm64"},
		"without worker": {&fakeBuilder{version: "v0.34.2"}, fault.Usage, "the BuildKit at ADDRESS has no worker", ""},
	} {
		t.Run(name, func(t *testing.T) {
			good := &fakeBuilder{version: "v0.34.2", platform: amd64}
			address := "tcp://127.0.0.1:1"
			if test.bad != nil {
				address = test.bad.serve(t)
			}
			b := builder.New(builder.Settings{
				Builders: map[string]string{"linux/amd64": good.serve(t), "linux/arm64": address},
			})
			defer b.Close()
			dir := filepath.Join(t.TempDir(), "layout")
			_, err := image.BuildOne(t.Context(), b, image.Spec{
				Name: "x", Platforms: []string{"linux/amd64", "linux/arm64"},
				Dockerfile: frontend.Dockerfile{Name: "Dockerfile", Data: []byte("FROM scratch\n")},
			}, dir, image.Progress{})
			want := strings.ReplaceAll(test.want, "ADDRESS", address)
			if fault.CodeOf(err) != test.code || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v (exit %d), expected %q (exit %d)", err, fault.CodeOf(err), want, test.code)
			}
			if hint := fault.HintOf(err).String(); !strings.Contains(hint, test.hint) {
				t.Errorf("the hint is %q, expected one with %q", hint, test.hint)
			}
			if n := good.builds.Load(); n != 0 {
				t.Errorf("the good builder was asked to build %d times", n)
			}
			if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
				t.Errorf("left %s", left)
			}
		})
	}
}
