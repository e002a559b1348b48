#!/usr/bin/env bash
# tests/bench/run.sh BUILD: all benchmarks, as one table: measure, value, unit, goal, and whether it is kept. These are
# measurements of this machine, not tests: a figure that is over fails nothing.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${1:?usage: tests/bench/run.sh BUILD}
echo "$(uname -srm), $(nproc) processors, $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
echo "$(awk '/^MemTotal/ { printf "%.1f GiB memory", $2 / 1048576 }' /proc/meminfo), load $(cut -d ' ' -f 1-3 /proc/loadavg) at the beginning"
printf '\n%-36s %10s %-9s %10s\n' measure value unit goal
show() {
	while IFS= read -r line; do
		if [ "${line#|}" != "$line" ]; then # a table of its own
			echo "${line#|}"
			continue
		fi
		read -r name value unit _ _ limit <<<"$line"
		[ -n "$value" ] || continue
		awk -v n="$name" -v v="$value" -v u="${unit//-/ }" -v l="$limit" 'BEGIN {
			printf "%-36s %10s %-9s %10s %s\n", n, v, u, l == "" ? "" : "<= " l, l == "" ? "" : v + 0 <= l + 0 ? "ok" : "over"
		}'
	done
}
began=$(date +%s) failed=0
for source in tests/bench/bench_*.c tests/bench/room.sh; do
	name=$(basename "$source" .c)
	if [ "$name" = bench_vault_sqlcipher ] && [ ! -x "$build/bench/$name" ]; then
		echo "SQLCipher is not measured beside: its library (libsqlcipher-dev) is not here."
		continue
	fi
	if [ "$name" = room.sh ]; then program=("$source" "$build"); else program=("$build/bench/$name"); fi
	# a status of 1 says that a goal was passed; anything above, that it could not be measured
	"${program[@]}" | show
	status=${PIPESTATUS[0]}
	if [ "$status" -gt 1 ]; then
		echo "$name could not be measured (status $status)"
		failed=1
	fi
done
echo
echo "In $(($(date +%s) - began)) s, load $(cut -d ' ' -f 1-3 /proc/loadavg) at the end."
exit $failed
