#!/usr/bin/env bash
# Downloads the binary of the release TAG below the address FROM, for this machine, to $RUNNER_TEMP/bin/howdah, and says
# taken=true in $GITHUB_OUTPUT. CHECKSUMS has lines of the release's SHA256SUMS. Where none is for this machine, or the
# download fails, the job compiles. A file with another checksum ends the job: somebody changed it.
set -euo pipefail

if [ -z "$TAG" ]; then exit 0; fi
case "$(uname -s)" in Linux) system=linux ;; Darwin) system=darwin ;; *) system=none ;; esac
case "$(uname -m)" in x86_64) arch=amd64 ;; aarch64 | arm64) arch=arm64 ;; *) arch=none ;; esac
name=howdah-$system-$arch
line=$(grep -E "^[0-9a-f]{64}  $name$" <<<"$CHECKSUMS" || true)
if [ -z "$line" ]; then
	echo "::notice::checksums has no line for $name: compiling the tool"
	exit 0
fi
if ! curl --fail --silent --show-error --location --retry 3 --max-time 300 -o "$RUNNER_TEMP/$name" "$FROM/$TAG/$name"; then
	echo "::warning::$FROM/$TAG/$name cannot be downloaded: compiling the tool"
	exit 0
fi
if ! (cd "$RUNNER_TEMP" && sha256sum --check --strict <<<"$line"); then
	echo "::error::$FROM/$TAG/$name has the checksum $(sha256sum "$RUNNER_TEMP/$name" | cut -d' ' -f1), expected ${line%% *}"
	exit 1
fi
install -m 755 "$RUNNER_TEMP/$name" "$RUNNER_TEMP/bin/howdah"
echo "taken=true" >>"$GITHUB_OUTPUT"
