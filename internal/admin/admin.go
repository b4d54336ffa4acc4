// Package admin looks after what surrounds a release: a new distribution, the demo, this machine's builder and caches,
// the accepted version, upstream's state and watched files, and the issue that CI keeps open. A session goes in; what
// is shown and written comes out.
package admin
