#!/usr/bin/env bash
# Cases and people on the panel, on the 10-inch and on the 7-inch panel, each with its invariants checked on the way.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tmp=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/tmp}}/caseroom-people-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
(umask 077 && echo "orchard lantern pebble harbour" >"$tmp/pass")
if ! "$build/caseroomctl" init --store "$tmp/store" --sample --demo-keys "$tmp/keys" --passphrase-file "$tmp/pass" \
	--recovery-file "$tmp/recovery" >"$tmp/init.log" 2>&1; then
	echo "not ok people_sample: $(tail -n 1 "$tmp/init.log")"
	exit 1
fi
for script in people:1280x800 people-small:800x480; do
	name=${script%:*}
	[ -f "tests/e2e/$name.steps" ] || continue
	cp -r "$tmp/store" "$tmp/store-$name"
	mkdir -p "${OUT:-$tmp}/out-$name"
	if "$build/caseroom" --store "$tmp/store-$name" --script "tests/e2e/$name.steps" --out "${OUT:-$tmp}/out-$name" --size "${script#*:}" \
		>"$tmp/$name.log" 2>&1 && [ ! -s "$tmp/$name.log" ]; then
		echo "ok people_$name"
	else
		echo "not ok people_$name: $(tail -n 3 "$tmp/$name.log" | tr '\n' ' ')"
	fi
done
