#!/usr/bin/env bash
# tests/soak.sh BUILD: the long forms of the tests, one after another; each says how long it took. What is meant by each stands
# in docs/TESTING.md. SOAK="power fault" takes some of them: power, fault, same, kill, fuzz, san, valgrind.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=${1:?usage: tests/soak.sh BUILD}
export LC_ALL=C.UTF-8 TZ=UTC BUILD=$build
export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
failed=0

part() {
	local name=$1 began
	shift
	case " ${SOAK:-$name} " in *" $name "*) ;; *) return ;; esac
	began=$(date +%s)
	echo "== $name"
	"$@" || failed=1
	echo "== $name: $(($(date +%s) - began)) s"
}

power() { # 10,000 cuts on a card that plain SQLite stands too, then the same elsewhere, and every operation
	local seed status=0
	for seed in 7 8 9; do
		VAULT_POWER_CUTS=10000 VAULT_POWER_SEED=$seed "$build/tests/test_vault_power" t_c || status=1
	done
	"$build/tests/test_vault_power" sweep || status=1
	return $status
}
fault() { VAULT_FAULT_STEP=1 "$build/tests/test_vault_fault"; }
same() { VAULT_SAME=30000 VAULT_SAME_SEED=100 "$build/tests/test_vault_same"; }
kills() { KILLS=200 tests/e2e/kill.sh; }
san() { make --no-print-directory SAN=1 all check-units && TEST_TIMEOUT=3600 tests/run.sh build-san; }

part power power
part fault fault
part same same
part kill kills
part fuzz tests/fuzz/run.sh "$build" 60
part san san
part valgrind tests/valgrind.sh "$build"
exit $failed
