#!/usr/bin/env bash
# Each requirement of the meeting (R1-R44 but for those of reports and display) has a test that is called after it, as
# r06_conflict_leaves: in a unit test's table, or as the name a script prints. Whether it holds is that test's affair.
. "$(dirname "$0")/lib.sh"

for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44; do
	if grep -qE "T\((t_)?r${n}_|\"?r${n}_[a-z_]+\"?" "$top"/tests/unit/test_*.c "$top"/tests/e2e/*.sh --exclude=requirements.sh; then
		ok "R$((10#$n)) has a test of its name"
	else
		not_ok "R$((10#$n)) has a test of its name" "no r${n}_ in tests/unit or tests/e2e"
	fi
done
done_testing
