package target

// Targets of this machine and of the version.
var (
	VersionShow = Target{
		Name: "version:show", Doc: "prints what would be stamped into the images",
		Options: []Option{ref, offline}, Needs: needsNetwork,
	}
	VersionAccept = Target{
		Name: "version:accept", Doc: "accepts upstream's version, a new minor line too: writes VERSION",
		Options: []Option{ref, offline, dry}, Needs: needsAll,
	}
	BuilderUp     = Target{Name: "builder:up", Doc: "starts the embedded BuildKit and leaves it running", Needs: needsLock}
	BuilderDown   = Target{Name: "builder:down", Doc: "stops the embedded BuildKit", Needs: needsLock}
	BuilderStatus = Target{
		Name: "builder:status", Doc: "shows which BuildKit is used, and its state", Needs: needsDistribution,
	}
	BasePin = Target{
		Name: "base:pin", Doc: "refreshes bases.lock: the digests of the images that the Dockerfiles begin with",
		Options: []Option{dry}, Needs: needsAll,
	}
	BaseBuild = Target{
		Name: "base:build", Doc: "builds the ruby and node bases from Debian's and npm's packages, for machines that " +
			"cannot pull",
		Needs: Needs{Distribution: true, Lock: true, network: true},
	}
	CacheStatus = Target{
		Name: "cache:status", Doc: "shows how much disk the mirrors, BuildKit, layouts and the local registry take",
		Needs: needsDistribution,
	}
	CachePrune = Target{
		Name: "cache:prune", Doc: "brings the caches under [cache] max, the least needed first",
		Options: []Option{{Name: "all", Doc: "empty them", into: func(o *Options) any { return &o.All }}, dry},
		Needs:   needsLock,
	}
	machineTargets = []Target{
		VersionShow, VersionAccept, BuilderUp, BuilderDown, BuilderStatus, BasePin, BaseBuild, CacheStatus, CachePrune,
	}
)
