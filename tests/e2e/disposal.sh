#!/usr/bin/env bash
# R39 from end to end: what is due by the partnership's own rule is held, reviewed and disposed of, at the command line
# and on the panel; the card as it was before does not open with the keyring that is left.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
store() { run "$ctl" "$@" --store s --passphrase-file pass; }
cat >retention-own.json <<'EOF'
{"version": 2, "source": "Quexham", "rules": [
 {"id": "case", "record": "case", "what": "Case that was acted on", "from": "closing", "length": 1, "unit": "days",
  "decides": "A core member of another agency", "source": "Quexham retention schedule, line 4"},
 {"id": "case-no-action", "record": "case-no-action", "what": "Case closed without an action", "from": "closing",
  "length": 1, "unit": "days", "decides": "A core member of another agency", "source": "Quexham retention schedule, line 5"}
]}
EOF
"$ctl" init --store s --sample --demo-keys keys --passphrase-file pass --recovery-file words >/dev/null || exit 2
store dispose list
prints "nothing is due by the program's own rules" "Nothing is due"
store dispose carry-out --for-ever
equal "and nothing is carried out" "$status" 1
store practice add retention-own.json
store dispose list
prints "the partnership's own rule makes two due" "C-2026-0031, Vehicle nuisance"
prints "with the rule's source" "Quexham retention schedule, line 5"
cp -r s panel-store

# ---- hold, keep, review ----
store dispose hold case C-2026-0031 --until 2000-01-01 --reason 'Court'
equal "a hold until a day that is over" "$status" 65
store dispose hold case C-2026-0031 --until 2030-01-01 --reason 'A claim is before the county court.'
equal "a hold" "$status" 0
store dispose review case C-2026-0031
equal "what is held is not reviewed" "$status" 1
says "and it says so" "It is held"
store dispose review case C-2026-0073 --until 2030-01-01
equal "keeping longer needs a reason" "$status" 65
store dispose review case C-9999-0001
equal "a case that is not there" "$status" 1
store dispose lift case C-2026-0031 --reason 'Settled.'
equal "the hold is lifted" "$status" 0
store dispose review case C-2026-0031
equal "reviewed" "$status" 0
store dispose list
prints "and listed so" "Reviewed, to be carried out:"
prints "with the day it was due as past" "due since 24 July 2026"
store dispose review case C-2026-0073 --until 2030-01-01 --reason 'The same address is in an open case.'
equal "another is kept longer" "$status" 0
store dispose list
prints "and stays on the list, in a group of its own" "Kept longer:"
prints "until when, by whom and why" "kept until 1 January 2030 by City council, Community safety lead: The same address is in an open case."
store audit
prints "the audit log says which it was" "decided that a record is kept longer: C-2026-0073"
prints "of either" "decided that a record is to go: C-2026-0031"
store dispose review case C-2026-0031 --reason 'The claim goes on.'
equal "a reason without a day is not for what is to go" "$status" 65
says "and it says what is missing" "say --until which day"
store dispose review case C-2026-0073
equal "what is kept longer can go after all" "$status" 0
store dispose review case C-2026-0073 --until 2030-01-01 --reason 'The same address is in an open case.'
equal "and be kept again" "$status" 0
store papers 99 --out papers
equal "the papers of a meeting that is not there" "$status" 1
says "it is named" "There is no meeting 99. caseroomctl list meetings shows them."
store request 99 --out papers
says "and for a request" "There is no meeting 99."
store dispose hold case C-2026-0118 --reason 'A request under Article 15 is open.'
equal "a hold needs no day" "$status" 0
store dispose hold meeting 1 --reason 'An inquiry asked for it.'
equal "a meeting is held while its cases are there" "$status" 0
store dispose list
prints "until it is lifted" "held by City council, Community safety lead, until it is lifted: A request under Article 15 is open."
prints "without a day that it is due" "not due yet: Meeting and its minutes"
is_not "no word of a day to come is said of a past one" grep -qE 'goes since|kept since|held since' "$out"
store dispose hold meeting 99 --reason 'Why'
equal "a meeting that is not there" "$status" 1
says "what can be held is said" "It can be a case, a meeting"
store dispose hold meeting first --reason 'Why'
equal "a meeting has no reference" "$status" 65
store dispose lift case C-2026-0118 --reason 'Answered.'
store dispose lift meeting 1 --reason 'The inquiry is over.'
store dispose carry-out
equal "for ever is said, or nothing is done" "$status" 1
says "and what would be" "1 reviewed record would be deleted for ever"
store show cases C-2026-0031
equal "it is still there" "$status" 0

# ---- carried out ----
cp -r s old
store dispose carry-out --for-ever
equal "r39_carried_out" "$status" 0
prints "it prints the certificate" "1 x Case closed without an action"
is_not "which names no case" grep -q 'C-2026' "$out"
is "one is told as one" grep -qE ' 1 case$' "$out"
is_not "and has both data keys" grep -q 'not changed yet' "$out"
store show cases C-2026-0031
equal "the case is gone" "$status" 1
store dispose list
prints "the other is still kept" "C-2026-0073"
is_not "it is on no list" grep -q 'C-2026-0031' "$out"
store verify
equal "the store is whole" "$status" 0
is_not "no half-made file is left" ls s/next.db s/next.anchor
store list people
equal "the passphrase opens it" "$status" 0
cp -r old mixed
cp s/keyring mixed/keyring
run "$ctl" verify --store mixed --passphrase-file pass
is_not "r39_old_card_with_the_new_keyring_stays_shut" test "$status" -eq 0
ends 0 "with the old keyring it opens, as THREATS.md says" "$ctl" verify --store old --passphrase-file pass

# ---- the certificate as a paper ----
store dispose certificate 1 --agency police --out papers
equal "a sealed copy" "$status" 0
if command -v age >/dev/null; then
	for k in keys/*; do age -d -i "$k" papers/certificate-*.age >cert.tar 2>/dev/null && break; done
	is "age opens it" tar xf cert.tar
	is "it has the rule" grep -q 'Quexham retention schedule' certificate.txt
	is_not "and no reference" grep -q 'C-2026' certificate.txt
	is "a PDF beside it" test -s certificate.pdf
fi
store dispose certificate 7
equal "a certificate that is not there" "$status" 1

# ---- on the panel ----
room=$BUILD/caseroom
mkdir shots
run "$room" --store panel-store --script "$top/tests/e2e/disposal.steps" --size 1280x800 --out shots
if [ "$status" -eq 0 ] && [ ! -s "$err" ]; then ok r39_by_touch; else not_ok r39_by_touch "$(tail -n 1 "$err")"; fi
is_not "no place of the rail is marked" grep -q 'tab "Measures" chosen' shots/disposal.tree
for m in 1 2 3; do "$ctl" dispose hold meeting "$m" --reason 'An inquiry asked for it.' --store panel-store --passphrase-file pass >/dev/null || exit 2; done
run "$room" --store panel-store --script "$top/tests/e2e/disposal-small.steps" --size 800x480 --out shots
if [ "$status" -eq 0 ] && [ ! -s "$err" ]; then ok r39_by_touch_small; else not_ok r39_by_touch_small "$(tail -n 1 "$err")"; fi
run "$room" --store panel-store --script "$top/tests/e2e/hold.steps" --size 1280x800 --out shots
if [ "$status" -eq 0 ] && [ ! -s "$err" ]; then ok r39_a_case_is_held_from_its_screen; else not_ok r39_a_case_is_held_from_its_screen "$(tail -n 1 "$err")"; fi
run "$ctl" verify --store panel-store --passphrase-file pass
equal "the panel's store is whole under its new key" "$status" 0
run "$ctl" dispose certificate --store panel-store --passphrase-file pass
is_not "and its certificate has both data keys" grep -q 'not changed yet' "$out"
done_testing
