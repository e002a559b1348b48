#!/usr/bin/env bash
# tests/fuzz/run.sh BUILD SECONDS: each fuzzer of BUILD/fuzz for so many seconds, two at a time, from the small files of
# tests/fuzz/corpus. What is found stays in BUILD/fuzz/found; the status says whether anything was.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${1:?usage: tests/fuzz/run.sh BUILD SECONDS} seconds=${2:?usage: tests/fuzz/run.sh BUILD SECONDS}
export build seconds
[ "$(id -u)" -eq 0 ] || export ASAN_OPTIONS=detect_leaks=0 # a program that holds secrets cannot be traced
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
mkdir -p "$build/fuzz/found"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/caseroom-fuzz-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
export tmp TMPDIR=$tmp

one() {
	local name=${1##*/fuzz_} status runs
	mkdir -p "$tmp/$name"
	"$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -seed=20261119 \
		-artifact_prefix="$build/fuzz/found/$name-" "$tmp/$name" "tests/fuzz/corpus/$name" >"$tmp/$name.log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$tmp/$name.log")
	cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$tmp/$name.log" | tail -n 1)
	if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
		printf 'ok fuzz_%s: %d runs in %d s, %d edges\n' "$name" "$runs" "$seconds" "${cover:-0}"
	else
		printf 'not ok fuzz_%s: status %d: %s\n' "$name" $status \
			"$(grep -m 1 -E 'ERROR|SUMMARY|runtime error|deadly signal' "$tmp/$name.log" | cut -c 1-200)"
		grep -E '^(==|SUMMARY|Test unit written|    #[0-9])' "$tmp/$name.log" | head -n 20 | sed 's/^/   /'
		return 1
	fi
}
export -f one

fuzzers=()
for f in tests/fuzz/fuzz_*.c; do
	f=$build/fuzz/$(basename "$f" .c)
	[ -x "$f" ] || { echo "not ok ${f##*/}: not built; make fuzz builds it" && exit 1; }
	fuzzers+=("$f")
done
# shellcheck disable=SC2016  # the inner shell expands it
printf '%s\0' "${fuzzers[@]}" | xargs -0 -n 1 -P 2 bash -c 'one "$1"' one
