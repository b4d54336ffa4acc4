package image

import (
	"context"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"

	"github.com/howdah/howdah/internal/secret"
)

// maskedLogs masks the output of a build's steps before a display breaks its lines or the end of it is kept.
type maskedLogs struct {
	mask    func(text string) string
	streams map[stepStream]*secret.Stream
}

// stepStream is stdout or stderr of a step.
type stepStream struct {
	step   digest.Digest
	stream int
}

func newMaskedLogs(ctx context.Context) *maskedLogs {
	return &maskedLogs{mask: func(text string) string { return secret.Mask(ctx, text) },
		streams: map[stepStream]*secret.Stream{}}
}

// apply masks a status. It holds back unfinished lines until the step has ended.
func (m *maskedLogs) apply(s *client.SolveStatus) {
	var logs []*client.VertexLog
	for _, l := range s.Logs {
		of := stepStream{l.Vertex, l.Stream}
		if m.streams[of] == nil {
			m.streams[of] = secret.NewStream(m.mask)
		}
		if text := m.streams[of].Take(l.Data); text != "" {
			masked := *l
			masked.Data = []byte(text)
			logs = append(logs, &masked)
		}
	}
	for _, v := range s.Vertexes {
		v.Name, v.Error = m.mask(v.Name), m.mask(v.Error)
		if v.Completed != nil {
			logs = append(logs, m.rest(v.Digest)...)
		}
	}
	s.Logs = logs
}

// end returns what is left of all steps.
func (m *maskedLogs) end() []*client.VertexLog {
	var logs []*client.VertexLog
	for of := range m.streams {
		logs = append(logs, m.rest(of.step)...)
	}
	return logs
}

// rest returns what is left of a step.
func (m *maskedLogs) rest(step digest.Digest) []*client.VertexLog {
	var logs []*client.VertexLog
	for stream := range 3 {
		of := stepStream{step, stream}
		if s := m.streams[of]; s != nil {
			if text := s.End(); text != "" {
				logs = append(logs, &client.VertexLog{Vertex: step, Stream: stream, Data: []byte(text),
					Timestamp: time.Now()})
			}
			delete(m.streams, of)
		}
	}
	return logs
}
