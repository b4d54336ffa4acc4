package target

// Upstream's targets.
var (
	UpstreamFetch = Target{
		Name: "upstream:fetch", Doc: "fetches upstream into the mirror and writes the pin to dist/upstream-fetch.json",
		Options: []Option{ref, offline}, Needs: needsNetwork,
	}
	UpstreamStatus = Target{
		Name: "upstream:status", Doc: "shows what moved upstream since the last release, watched files included",
		Options: []Option{ref, date, offline}, Needs: needsNetwork,
	}
	UpstreamAck = Target{
		Name: "upstream:ack", Doc: "acknowledges what changed in the watched files: writes watch.lock",
		Options: []Option{ref, offline, dry}, Needs: needsAll,
	}
	upstreamTargets = []Target{UpstreamFetch, UpstreamStatus, UpstreamAck}
)
