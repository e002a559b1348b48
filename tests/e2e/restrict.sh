#!/usr/bin/env bash
# Restriction and breaking the glass through the touch screens; then what the command line tells of it, to one who may know of the
# hidden case and to one who may not.
. "$(dirname "$0")/lib.sh"
room=$BUILD/caseroom
pass=$dir/pass store=$dir/store
(umask 077 && echo "orchard lantern pebble harbour" >"$pass")
"$ctl" init --store "$store" --sample --demo-keys "$dir/keys" --passphrase-file "$pass" --recovery-file "$dir/recovery" >"$out" 2>"$err" ||
	{ not_ok start "no sample"; done_testing; }
mkdir "$dir/shots"
run "$room" --store "$store" --script "tests/e2e/restrict.steps" --out "$dir/shots"
if [ "$status" -eq 0 ] && [ ! -s "$err" ]; then ok r30_by_touch; else not_ok r30_by_touch "$(tail -n 1 "$err")"; fi

"$ctl" init --store "$dir/other" --sample --passphrase-file "$pass" --recovery-file "$dir/recovery2" >"$out" 2>"$err"
run "$room" --store "$dir/other" --script "tests/e2e/anonymised.steps" --out "$dir/shots"
if [ "$status" -eq 0 ] && [ ! -s "$err" ]; then ok r31_who_makes_it_anonymised_is_said; else not_ok r31_who_makes_it_anonymised_is_said "$(tail -n 1 "$err")"; fi

run "$ctl" audit --json --store "$store" --passphrase-file "$pass"
[ "$(grep -c "case.break-glass" "$out")" = 3 ] && ok r30_glass_in_the_audit || not_ok r30_glass_in_the_audit "$(grep -c "case.break-glass" "$out") entries"
# the case was made hidden, and the coordinator's key is of no agency: for it there is no such act
if grep -q "case.restrict" "$out"; then not_ok r30_hidden_case_is_in_no_list "the audit has it"; else ok r30_hidden_case_is_in_no_list; fi
run "$ctl" list glass --store "$store" --passphrase-file "$pass"
prints "r30_glass_is_listed" "Victim services"
run "$ctl" verify --store "$store" --passphrase-file "$pass"
[ "$status" -eq 0 ] && ok r30_store_holds || not_ok r30_store_holds "$(tail -n 1 "$err")"
done_testing
