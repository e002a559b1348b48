#!/usr/bin/env bash
# Runs the other scripts of the touch screens, each with its invariants checked on the way: first-run set-up, a meeting on the
# 7-inch panel, and the larger panels and themes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tmp=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/tmp}}/caseroom-screens-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

run() { # NAME SIZE STORE
	local name=$1 size=$2 store=$3
	mkdir -p "$tmp/out-$name"
	if "$build/caseroom" --store "$store" --script "tests/e2e/$name.steps" --out "$tmp/out-$name" --size "$size" >"$tmp/$name.log" 2>&1 &&
		[ ! -s "$tmp/$name.log" ]; then
		echo "ok screens_$name"
	else
		echo "not ok screens_$name: $(tail -n 1 "$tmp/$name.log")"
	fi
}

run setup 1280x800 "$tmp/new"
(umask 077 && echo "orchard lantern pebble harbour" >"$tmp/pass")
if ! "$build/caseroomctl" init --store "$tmp/store" --sample --demo-keys "$tmp/keys" --passphrase-file "$tmp/pass" \
	--recovery-file "$tmp/recovery" >"$tmp/init.log" 2>&1; then
	echo "not ok screens_sample: $(tail -n 1 "$tmp/init.log")"
	exit 1
fi
for script in meeting-small:800x480 panels:1920x1080 drafts:1280x800; do
	[ -f "tests/e2e/${script%:*}.steps" ] || continue
	cp -r "$tmp/store" "$tmp/store-${script%:*}"
	run "${script%:*}" "${script#*:}" "$tmp/store-${script%:*}"
done
