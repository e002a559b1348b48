#!/usr/bin/env bash
# Runs tests/e2e/agenda.steps, each screen with its rules checked, and looks at what is in the store afterwards.
. "$(dirname "$0")/lib.sh"

(umask 077 && echo "orchard lantern pebble harbour" >"$dir/pass")
run "$ctl" init --store "$dir/store" --sample --demo-keys "$dir/keys" --passphrase-file "$dir/pass" --recovery-file "$dir/recovery"
mkdir "$dir/shots"
shots=${SHOTS:-$dir/shots}
cp -r "$dir/store" "$dir/large"
ends 0 r07_meeting_is_run_by_touch "$BUILD/caseroom" --store "$dir/large" --script "$top/tests/e2e/agenda.steps" --out "$shots"
equal "nothing on standard error" "$(head -c 200 "$err")" ""
ends 0 "the store verifies" "$ctl" verify --store "$dir/large" --passphrase-file "$dir/pass"
done_testing
