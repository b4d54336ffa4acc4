// Package admin has the targets around a release: a new distribution, the demo, this machine's builder and caches, the
// accepted version, upstream's state and watched files, and the issue that CI keeps open. Each function runs one
// target.
package admin
