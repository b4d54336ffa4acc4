// Package docker holds the Dockerfiles of the tool, for distributions that bring none of their own.
package docker

import "embed"

// Files are web.Dockerfile, streaming.Dockerfile and base.Dockerfile.
//
//go:embed *.Dockerfile
var Files embed.FS
