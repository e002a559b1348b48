#!/usr/bin/env bash
# The sample store: its history, its papers, its keys; and who may see what of it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'umber lantern orchard pebble' >pass
store() { run "$ctl" "$@" --store s --passphrase-file pass; }
json() { # VERB...: into $out
	store "$@" --json
}

ends 0 "init --sample" "$ctl" init --store s --sample --passphrase-file pass --recovery-file recovery --demo-keys keys
prints "the key is a lead's" '"Training: City council, Community safety lead"'
ends 0 "a new sample verifies" "$ctl" verify --store s --passphrase-file pass

# ---- history ----
json list meetings
equal "four meetings held, one planned" "$(jq -r 'map(.date + " " + .state) | join(", ")' "$out")" \
	"2026-03-12 agreed, 2026-07-23 agreed, 2026-09-17 agreed, 2026-10-22 closed, 2026-11-19 planned"
json list actions
equal "nine actions are open" "$(jq '[.[] | select(.state == "open")] | length' "$out")" 9
equal "two are late on the day" "$(jq -r '[.[] | select(.state == "open" and .due < "2026-11-19") | .agency] | sort | join(", ")' "$out")" \
	"City council, Social landlord"
json list cases
equal "seven reviews are due on the day" "$(jq '[.[] | select(.review == "2026-11-19")] | length' "$out")" 7
json show cases C-2026-0118
equal "the case's risk over the year" "$(jq -c '[.risk[].score]' "$out")" '["22","14"]'
equal "the case's open actions" "$(jq -r '[.actions[] | select(.state == "Open") | .what] | join("; ")' "$out")" \
	"Door camera fitted; Joint visit to number 6; Safety plan reviewed"
is "a decision not to share is kept" jq -e '.shares[] | select(.agency == "Probation" and .kind == "decided not to share")' "$out"
is "a dissent is kept" jq -e '.decisions[0].dissent | length > 0' "$out"
json show cases C-2026-0087
equal "very high by decision, with its reason" "$(jq -r '.risk[0] | .band + (.reason | length > 20 | tostring)' "$out")" "Very hightrue"
store audit
is "the audit log tells of it" test "$(wc -l <"$out")" -gt 200
json list people
is "the opener is a person of the sample" jq -e '.[] | select(.opens == "yes" and .role == "Community safety lead")' "$out"

# ---- what the opener's agency may not see ----
json list cases
is "a hidden case is not listed" jq -e 'all(.[]; .ref != "C-2026-0122")' "$out"
store show cases C-2026-0122
equal "nor shown" "$status" 1
store show cases C-2026-9999
cp "$err" nowhere
store show cases C-2026-0122
equal "nor told from one that is not there" "$(sed s/0122/9999/ "$err")" "$(cat nowhere)"
json list incidents
is "nor its incidents" jq -e 'all(.[]; .case != "C-2026-0122")' "$out"
echo 'copper walrus sundial fennel' >police-pass
store person add --agency police --name 'Ada Example' --role Sergeant --forum safer-estates --standing deputy --new-passphrase-file police-pass
run "$ctl" show cases C-2026-0122 --store s --passphrase-file police-pass
equal "a named agency sees it" "$status" 0

# ---- papers ----
equal "a key for each agency" "$(find keys -name '*.key' | wc -l)" "$(($(wc -l <"$sample/agencies.csv") - 1))"
equal "the keys are private" "$(stat -c %a keys/* | sort -u)" 600
ends 0 "papers" "$ctl" papers 4 --out out1 --store s --passphrase-file pass
is "an agency without an agreement gets none" grep -q '^no copy: Drug and alcohol' "$out"
equal "sealed files are all there is" "$(find out1 -type f ! -name '*.age' | wc -l)" 0
if command -v age >/dev/null; then
	council=$(find out1 -name 'extract-*CCL*.age') victims=$(find out1 -name 'minutes-*.age')
	is "age opens the council's extract" sh -c "age -d -i keys/council.key '$council' >council.tar"
	is_not "another's key does not" sh -c "age -d -i keys/police.key '$council' >/dev/null"
	is "age opens the chair's minutes" sh -c "age -d -i keys/victims.key '$victims' >chair.tar"
	is "there is a PDF in it" sh -c "tar tf council.tar | grep -q '\.pdf$'"
	mkdir council chair
	tar xf council.tar -C council
	tar xf chair.tar -C chair
	is "the extract tells of the council's cases" grep -rqF 'C-2026-0118' council
	is_not "and nothing of the hidden one" grep -raqE 'C-2026-0122|Facsimile' council
fi
cp "$out" before
ends 0 "papers again" "$ctl" papers 4 --out out1 --store s --passphrase-file pass
equal "no copy number comes twice" "$(sed -n 's/^\(copy [0-9]*\):.*/\1/p' before "$out" | sort | uniq -d | wc -l)" 0
is_not "papers of a meeting not held" "$ctl" papers 5 --out out2 --store s --passphrase-file pass
is_not "papers of no meeting" "$ctl" papers 77 --out out2 --store s --passphrase-file pass
ends 65 "papers of a word" "$ctl" papers soon --out out2 --store s --passphrase-file pass
is_not "nothing was written for them" test -e out2/minutes*

# ---- nothing readable in the store ----
words='Avery|Sample|Sorrel|Dale Specimen|C-2026-01|Inspector|safer-estates|CREATE TABLE|SQLite format'
is "the words to look for are words of the sample" grep -qE 'Avery' "$sample/referrals.csv"
store export referrals
is "and they are in the store" grep -qE "$words" "$out"
is_not "but not readable in any file of it" grep -raqE "$words" s
is_not "nor in what was sealed" grep -raqE "$words" out1

done_testing
