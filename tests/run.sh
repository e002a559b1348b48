#!/usr/bin/env bash
# tests/run.sh BUILD: runs the unit tests of BUILD/tests, the layer check and the scripts of tests/e2e, two at a time. Each
# prints "ok NAME" or "not ok NAME: why". Ends with the failures again and exactly one line "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: tests/run.sh BUILD}
export BUILD=$build LC_ALL=C.UTF-8 TZ=UTC
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
unset DISPLAY WAYLAND_DISPLAY

tmp=$(mktemp -d "${TMPDIR:-/tmp}/caseroom-check-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
export TEST_TMP=$tmp

programs=()
for p in "$build"/tests/test_*; do
	# a test whose source is gone is left over from an earlier build
	if [ -x "$p" ] && [ -f "tests/unit/${p##*/}.c" ]; then
		programs+=("$p")
	fi
done
for p in scripts/layers.sh tests/e2e/*.sh; do
	case ${p##*/} in lib*.sh) continue ;; esac
	[ -x "$p" ] && programs+=("$p")
done

# One program: its lines into a file, and a line of its own when it ended otherwise than by saying so.
run_one() {
	local program=$1 name out status
	name=$(basename "$program" .sh)
	out=$tmp/$name.out
	timeout --kill-after=10 "${TEST_TIMEOUT:-900}" "$program" >"$out" 2>"$out.err" </dev/null
	status=$?
	[ ! -s "$out" ] || [ -z "$(tail -c 1 "$out")" ] || echo >>"$out"
	if [ "$name" = layers ]; then
		if [ $status -eq 0 ]; then
			echo "ok layers" >>"$out"
		else
			echo "not ok layers: $(tr '\n' ' ' <"$out.err")" >>"$out"
		fi
	elif [ $status -eq 124 ] || [ $status -eq 137 ]; then
		echo "not ok $name: did not end in time" >>"$out"
	elif [ $status -gt 1 ] || { [ $status -eq 1 ] && ! grep -q '^not ok ' "$out"; }; then
		echo "not ok $name: ended with status $status: $(tail -n 3 "$out.err" | tr '\n' ' ' | cut -c 1-300)" >>"$out"
	elif ! grep -qE '^(not )?ok ' "$out"; then
		echo "not ok $name: said nothing" >>"$out"
	fi
	grep -E '^not ok ' "$out"
	echo "   $name: $(grep -c '^ok ' "$out") passed, $(grep -c '^not ok ' "$out") failed"
}
export -f run_one
export tmp

# shellcheck disable=SC2016  # the inner shell expands it
printf '%s\0' "${programs[@]}" | xargs -0 -r -n 1 -P "${TEST_JOBS:-2}" bash -c 'run_one "$1"' run_one

passed=$(cat "$tmp"/*.out 2>/dev/null | grep -c '^ok ')
failed=$(cat "$tmp"/*.out 2>/dev/null | grep -c '^not ok ')
if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
	failed=1
	echo "not ok: no test was found in $build/tests"
fi
if [ "$failed" -gt 0 ]; then
	echo
	cat "$tmp"/*.out 2>/dev/null | grep '^not ok '
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
