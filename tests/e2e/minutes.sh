#!/usr/bin/env bash
# The minute taker's pad: one script that types and touches at once, then the other meetings with the pad put up and away again
# on every screen that is looked at, so that no screen of any size breaks a rule of the panel beside it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tmp=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/tmp}}/caseroom-minutes-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT

(umask 077 && echo "orchard lantern pebble harbour" >"$tmp/pass")
if ! "$build/caseroomctl" init --store "$tmp/store" --sample --demo-keys "$tmp/keys" --passphrase-file "$tmp/pass" \
	--recovery-file "$tmp/recovery" >"$tmp/init.log" 2>&1; then
	echo "not ok minutes_sample: $(tail -n 1 "$tmp/init.log")"
	exit 1
fi

run() { # NAME SIZE SCRIPT
	cp -r "$tmp/store" "$tmp/store-$1"
	mkdir -p "$tmp/out-$1"
	if "$build/caseroom" --store "$tmp/store-$1" --script "$3" --out "$tmp/out-$1" --size "$2" >"$tmp/$1.log" 2>&1 &&
		[ ! -s "$tmp/$1.log" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $(tail -n 1 "$tmp/$1.log")"
	fi
}

run r12_minute_taker_by_keyboard_while_the_chair_touches 1280x800 tests/e2e/minutes.steps
run r41_marked_in_error_by_touch 1280x800 tests/e2e/mend.steps
for script in meeting-small:800x480 meeting:1280x800 panels:1920x1080; do
	name=${script%:*}
	awk '/^date 2026-11-19 14:00/ { on = 1 }
		{ print }
		/^check$/ && on { print "key F2\ncheck\nkey F2" }' "tests/e2e/$name.steps" >"$tmp/$name.steps"
	run "r12_minute_taker_beside_every_screen_${script#*:}" "${script#*:}" "$tmp/$name.steps"
done
