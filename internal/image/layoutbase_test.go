package image_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	controlapi "github.com/moby/buildkit/api/services/control"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/pb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// TestSharedBase: BuildKit joins the loading of a base that several builds have in common, and reads none of it before
// a step needs it. Here the builds that came first need none of it, because their steps are cached, and they end; the
// last one reads the base through the connection of one of them.
func TestSharedBase(t *testing.T) {
	b := openBuilder(t)
	const platform = "linux/386" // there the step "wait" waits; one processor runs both
	base := stepSpec(t, "COPY --from=large /large /large")
	base.Platforms, base.Bases["large"] = []string{platform}, largeFolder(t)
	baseDir := filepath.Join(t.TempDir(), "base")
	if _, err := image.BuildOne(t.Context(), b, base, baseDir, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	on := func(name, text string) image.Spec {
		s := image.Spec{Name: name, Platforms: []string{platform}, Dockerfile: frontend.Dockerfile{Name: "Dockerfile",
			Data: []byte("FROM base:1 AS base\n" + text)}, Bases: map[string]string{"base:1": baseDir}}
		return s
	}
	cached := "FROM scratch\nCOPY --from=base /step /copied\n"
	dir := t.TempDir()
	warm := filepath.Join(dir, "warm")
	if _, err := image.BuildOne(t.Context(), b, on("first", cached), warm, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	forget(t, b, platform, "pulled from docker.io/library/base:1", "COPY --from=tools /step /step",
		"COPY --from=large /large /large")

	mark := "mark-shared-" + filepath.Base(t.TempDir())
	late := on("late", "FROM scratch AS waits\nARG TARGETARCH\nCOPY --from=tools /step /step\n"+
		`RUN ["/step", "wait", "`+mark+`"]`+"\nFROM base\n"+
		`RUN --mount=type=bind,from=waits,target=/waited ["/step", "write", "/done", "x"]`+"\n")
	late.Bases["tools"] = base.Bases["tools"]
	var first sync.WaitGroup
	var jobs []image.Job
	for n := range 3 {
		first.Add(1)
		jobs = append(jobs, image.Job{Spec: on("first"+strconv.Itoa(n), cached), Dir: filepath.Join(dir, strconv.Itoa(n)),
			Done: func(image.Result, error) { first.Done() }})
	}
	jobs = append(jobs, image.Job{Spec: late, Dir: filepath.Join(dir, "late")})
	go func() {
		first.Wait()
		waitFor(t, mark, true, 2*time.Minute)
		for _, process := range processes(mark) {
			if pid, err := strconv.Atoi(strings.Fields(process)[0]); err == nil {
				_ = syscall.Kill(pid, syscall.SIGTERM)
			}
		}
	}()
	if _, err := image.Build(t.Context(), b, jobs, image.Progress{Out: testLog{t}}); err != nil {
		t.Fatal(err)
	}
	if got := files(t, filepath.Join(dir, "late")); !strings.Contains(got, "done 644") {
		t.Errorf("the image holds %q", got)
	}
}

type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// largeFolder has a file that takes BuildKit a while to read.
func largeFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "large"))
	if err == nil {
		_, err = io.CopyN(f, rand.NewChaCha8([32]byte{}), 150<<20)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// forget removes what BuildKit holds of the steps with these descriptions.
func forget(t *testing.T, b *builder.Builder, platform string, descriptions ...string) {
	t.Helper()
	n, err := b.Node(t.Context(), platform)
	if err != nil {
		t.Fatal(err)
	}
	records, err := n.Client.DiskUsage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range records {
		for _, description := range descriptions {
			if strings.Contains(r.Description, description) {
				ids = append(ids, "id=="+r.ID)
			}
		}
	}
	if len(ids) < len(descriptions) {
		t.Fatalf("%d records of %q", len(ids), descriptions)
	}
	if err := n.Client.Prune(t.Context(), nil, client.PruneAll, client.WithFilter(ids)); err != nil {
		t.Fatal(err)
	}
}

// sharingBuilder answers as a BuildKit that reads a base through the connection of another build of the same run.
type sharingBuilder struct {
	fakeBuilder
	mu       sync.Mutex
	changed  *sync.Cond
	sessions map[string]bool                     // by id: is it open
	solves   map[string]*controlapi.SolveRequest // that were begun, by the Dockerfile
	ended    bool                                // the client is done with the first image
	layout   string                              // where the first image is exported to
	problem  string
	fail     error // of the first solve
}

func newSharingBuilder() *sharingBuilder {
	s := &sharingBuilder{sessions: map[string]bool{}, solves: map[string]*controlapi.SolveRequest{}}
	s.version, s.platform = "v0.34.2", &pb.Platform{OS: "linux", Architecture: "amd64"}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *sharingBuilder) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	s.changed.Broadcast()
}

func (s *sharingBuilder) waitUntil(is func() bool) {
	for !is() {
		s.changed.Wait()
	}
}

// Session is a connection, which is open until the client closes it.
func (s *sharingBuilder) Session(stream controlapi.Control_SessionServer) error {
	about, _ := metadata.FromIncomingContext(stream.Context())
	id := strings.Join(about.Get("x-docker-expose-session-uuid"), "")
	s.set(func() { s.sessions[id] = true })
	defer s.set(func() { s.sessions[id] = false })
	for {
		if _, err := stream.Recv(); err != nil {
			return nil //nolint:nilerr // closed
		}
	}
}

// baseSession is the connection that a build names for its base.
func baseSession(r *controlapi.SolveRequest) string {
	for _, input := range r.FrontendInputs {
		for _, data := range input.Def {
			var op pb.Op
			if op.UnmarshalVT(data) == nil && op.GetSource() != nil {
				return op.GetSource().Attrs[pb.AttrOCILayoutSessionID]
			}
		}
	}
	return ""
}

// Solve exports the first image when both builds have begun. The second build waits until the client is done with the
// first, and looks whether the connection that the first opened for its base is still open.
func (s *sharingBuilder) Solve(_ context.Context, r *controlapi.SolveRequest) (*controlapi.SolveResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.FrontendAttrs["filename"]
	_, again := s.solves[name]
	s.solves[name] = r
	s.changed.Broadcast()
	if s.fail != nil && !again {
		return nil, s.fail
	}
	s.waitUntil(func() bool { return s.sessions[baseSession(r)] && s.sessions[r.Session] }) // the client opens them
	if s.fail != nil {
		return &controlapi.SolveResponse{}, nil
	}
	if name == "first" {
		s.waitUntil(func() bool { return len(s.solves) == 2 })
		_, err := layout.Write(s.layout, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: empty.Image}))
		return &controlapi.SolveResponse{}, err
	}
	s.waitUntil(func() bool { first := s.solves["first"]; return s.ended && first != nil && !s.sessions[first.Session] })
	if base := baseSession(s.solves["first"]); base == s.solves["first"].Session || !s.sessions[base] {
		s.problem = fmt.Sprintf("the connection for the first build's base, %q, is closed", base)
	}
	return &controlapi.SolveResponse{}, nil
}

func (s *sharingBuilder) Status(*controlapi.StatusRequest, controlapi.Control_StatusServer) error {
	return nil
}

// listen gives the builder an address until the test ends.
func (s *sharingBuilder) listen(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	controlapi.RegisterControlServer(server, s)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return "tcp://" + listener.Addr().String()
}

// build builds images upon one layout at the builder.
func (s *sharingBuilder) build(t *testing.T, names ...string) ([]image.Result, error) {
	t.Helper()
	b := builder.New(builder.Settings{Builders: map[string]string{"linux/amd64": s.listen(t)}})
	t.Cleanup(func() { _ = b.Close() })
	base, dir := image.LayersOf(t, map[string]string{"x": "y"}), t.TempDir()
	s.layout = filepath.Join(dir, "first.part", "0")
	var jobs []image.Job
	for _, name := range names {
		job := image.Job{Dir: filepath.Join(dir, name), Spec: image.Spec{
			Name: name, Platforms: []string{"linux/amd64"}, Bases: map[string]string{"base:1": base},
			Dockerfile: frontend.Dockerfile{Name: name, Data: []byte("FROM base:1\n")},
		}}
		if name == "first" {
			job.Done = func(_ image.Result, err error) { s.set(func() { s.ended = true }); t.Logf("first: %v", err) }
		}
		jobs = append(jobs, job)
	}
	return image.Build(t.Context(), b, jobs, image.Progress{})
}

// TestSessionsOfBasesStayOpen: the connection that a build opened for its base is closed when all builds have ended.
func TestSessionsOfBasesStayOpen(t *testing.T) {
	s := newSharingBuilder()
	r, err := s.build(t, "first", "second")
	if !errors.Is(err, os.ErrNotExist) || r[0].Digest == "" { // the second exports nothing
		t.Errorf("got %v, %+v", err, r)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.problem != "" {
		t.Error(s.problem)
	}
	if len(s.solves) != 2 || len(s.sessions) != 4 {
		t.Errorf("%d builds with the connections %v", len(s.solves), s.sessions)
	}
	for id := range s.sessions { // BuildKit hears of it a moment later
		s.waitUntil(func() bool { return !s.sessions[id] })
	}
}

// TestOtherBuildEnded: where BuildKit joined a build with another program's, which ended, the build is begun again.
func TestOtherBuildEnded(t *testing.T) {
	for _, text := range []string{"no active session for abcdefghijkl: context deadline exceeded",
		"failed to compute cache key: failed to copy: error reading from server: EOF"} {
		s := newSharingBuilder()
		s.fail = errors.New(text)
		r, err := s.build(t, "second")
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", text, err)
		}
		if len(r[0].Warnings) != 1 || !strings.Contains(r[0].Warnings[0], "the build for linux/amd64 was begun once more") {
			t.Errorf("%s: warnings: %q", text, r[0].Warnings)
		}
	}
}
