#!/usr/bin/env bash
# tests/valgrind.sh BUILD [NAME...]: the unit tests of the vault, or those named, under valgrind: reads of what was never
# written, leaks, use after free, also in the parts that sanitizers do not see. Short forms of the long ones: valgrind takes
# twenty to fifty times as long.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: tests/valgrind.sh BUILD [NAME...]}
shift
export LC_ALL=C.UTF-8 TZ=UTC VAULT_POWER_CUTS=40 VAULT_SAME=300 VAULT_FAULT_STEP=97 VAULT_SWEEP_STEP=37
log=$(mktemp "${TMPDIR:-/tmp}/caseroom-valgrind-XXXXXX") || exit 1
trap 'rm -f "$log"' EXIT
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
	for f in tests/unit/test_vault_*.c tests/unit/test_age.c; do
		names+=("$(basename "$f" .c)")
	done
fi
failed=0
for name in "${names[@]}"; do
	began=$(date +%s)
	if valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
		--suppressions=tests/valgrind.supp "$build/tests/$name" >"$log" 2>"$log.err" && ! grep -q '^not ok' "$log"; then
		echo "ok valgrind $name: $(($(date +%s) - began)) s"
	else
		echo "not ok valgrind $name: $(grep -m 1 -E '^not ok|^==[0-9]+== [A-Z]' "$log" "$log.err" | cut -c 1-200)"
		grep -E '^==' "$log.err" | head -n 30 | sed 's/^/   /'
		failed=1
	fi
	rm -f "$log.err"
done
exit $failed
