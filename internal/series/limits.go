package series

// Limits of what a series and its files may hold. docs/safety.md states those that a person may meet; what it may cost
// to apply a series is limited in internal/apply.
const (
	MaxFile    = 16 << 20  // of one patch or overlay file, in bytes
	maxResult  = 16 << 20  // of one file that a change produces, in bytes
	MaxTouched = 10_000    // files in one change
	maxChanges = 5_000     // in a series
	maxEdits   = 2_000     // in a change
	MaxCount   = 10_000    // matches of one edit
	maxNamed   = 50        // changes that share a name, for different versions
	maxPinned  = 50        // pull requests and overlays from other repositories: each is a search by git
	maxLanded  = 100       // different commits of changes of the kind landed
	maxErrors  = 50        // shown for one series
	maxEntries = 50_000    // files and folders of all folders of changes
	maxBytes   = 96 << 20  // of all files that the changes name
	maxLines   = 1_000_000 // of all patches
	maxRunes   = 200_000   // of all regular expressions together, with repetitions written out
	maxGroups  = 20_000    // group references in all replacements
	maxTerms   = 20_000    // of all different values of "for" together
	maxPatched = 20_000    // changed by all patches; a file that two of them change counts twice
)
