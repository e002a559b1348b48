#!/usr/bin/env bash
# Each fuzz target for FUZZ_SECONDS (5), from its corpus. They are built by clang beside the tests; where they are not
# (another compiler's build with sanitizers, no clang) one line says so.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
for f in tests/fuzz/fuzz_*.c; do
	if [ ! -x "$build/fuzz/$(basename "$f" .c)" ]; then
		echo "ok fuzz: skipped, $(command -v clang >/dev/null && echo "not built in $build" || echo "there is no clang here")"
		exit 0
	fi
done
tests/fuzz/run.sh "$build" "${FUZZ_SECONDS:-5}"
