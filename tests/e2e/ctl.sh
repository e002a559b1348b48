#!/usr/bin/env bash
# caseroomctl from the outside: words, set-up, import and export, lists, agenda.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'umber lantern orchard pebble' >pass
echo 'hunter2' >weak
KINDS='forums agencies members people referrals incidents measures plan projects standards'
store() { run "$ctl" "$@" --store s --passphrase-file pass; }

# ---- words (their help: ctl-help.sh) ----
ends 64 "no command" "$ctl"
ends 64 "a command that is none" "$ctl" conjure
says "it says where to look" "caseroomctl --help"
ends 64 "half a command" "$ctl" person
ends 64 "an option that is none" "$ctl" list forums --passphrase hunter2
ends 64 "an option of another verb" "$ctl" list forums --out x
ends 64 "an option without its value" "$ctl" list forums --store
ends 64 "a needed option left out" "$ctl" agenda safer-estates
ends 64 "too few words" "$ctl" import people
ends 64 "init names its store" "$ctl" init --passphrase-file pass
ends 1 "no store there" "$ctl" list forums --store nowhere --passphrase-file pass
ends 1 "no passphrase to be had" setsid "$ctl" init --store s
is_not "nothing was made" test -e s

# ---- init ----
ends 1 "a weak passphrase" "$ctl" init --store s --passphrase-file weak
says "and why" "four different words"
is_not "nothing was made of it" test -e s
echo taken >recovery
ends 1 "a recovery file that is there" "$ctl" init --store s --passphrase-file pass --recovery-file recovery
equal "it is not written over" "$(cat recovery)" taken
is_not "nothing was made for it" test -e s
rm recovery
ends 0 "init" "$ctl" init --store s --passphrase-file pass --recovery-file recovery
prints "init names the key" '"Coordinator"'
equal "the store is private" "$(stat -c %a s)" 700
equal "its files are private" "$(stat -c %a s/* | sort -u)" 600
equal "the file of the recovery words is private" "$(stat -c %a recovery)" 600
chmod 755 s
script -qec "'$ctl' list forums --store s --passphrase-file pass" seen >/dev/null </dev/null
is "a terminal is told that it was open" grep -q "caseroom: vault: the store's directory was open" seen
is_not "without the journal's mark" grep -q '<4>' seen
equal "and it is private again" "$(stat -c %a s)" 700
is "the recovery key is eight words" grep -qE '^([a-z]{3,8} ){7}[a-z]{3,8}$' recovery
ends 0 "the recovery key opens" "$ctl" list forums --store s --passphrase-file recovery
tr 'A-Z-' 'a-z ' <recovery >recovery2
ends 0 "it opens in small letters too" "$ctl" list forums --store s --passphrase-file recovery2
before=$(sha256sum s/keyring)
ends 1 "init over a store" "$ctl" init --store s --passphrase-file pass
equal "it changed nothing" "$(sha256sum s/keyring)" "$before"
ends 0 "init without a recovery key" "$ctl" init --store bare --passphrase-file pass
prints "it says that there is none" "There are no recovery words"
ends 1 "demonstration keys of a real store" "$ctl" init --store real --passphrase-file pass --demo-keys keys
is_not "none were made" test -e keys

# ---- import and export: each kind goes out as it came in ----
for kind in $KINDS; do
	store import "$kind" "$sample/$kind.csv"
	equal "import $kind" "$status" 0
done
# the coordinator is of no agency, so a restricted case is not the coordinator's to write into a file; police are named in both
store export referrals
is "an export holds the open cases" grep -q 'C-2026-0118' "$out"
is_not "and no restricted one" grep -qE 'C-2026-0120|C-2026-0122' "$out"
says "it says so, whatever is in the store" "left out"
echo 'copper walrus sundial fennel' >police-pass
store person add --agency police --name 'Ada Example' --role Sergeant --new-passphrase-file police-pass
for kind in $KINDS; do
	run "$ctl" export "$kind" --store s --passphrase-file police-pass
	is "$kind goes out to the byte" cmp "$out" "$sample/$kind.csv"
done
store list standards --json
equal "as many standards as lines" "$(jq length "$out")" "$(($(wc -l <"$sample/standards.csv") - 1))"
ends 65 "a kind that is none" "$ctl" import things "$sample/plan.csv" --store s --passphrase-file pass
ends 1 "a file that is not there" "$ctl" import plan nothing.csv --store s --passphrase-file pass
says "it is named" "nothing.csv: not taken"

# ---- import: what is wrong is told with its place, and nothing is kept ----
# bad NAME KIND WHERE REASON: file "bad.csv" is refused
bad() {
	store export "$2"
	cp "$out" before.csv
	store import "$2" bad.csv
	equal "$1 is refused" "$status" 65
	says "$1: line and column" "bad.csv:$3"
	says "$1: reason" "$4"
	store export "$2"
	is "$1 changed nothing" cmp "$out" before.csv
}
# refused NAME KIND SENTENCE: the file as a whole
refused() {
	store export "$2"
	cp "$out" before.csv
	store import "$2" bad.csv
	equal "$1 is refused" "$status" 65
	says "$1: sentence" "$3"
	store export "$2"
	is "$1 changed nothing" cmp "$out" before.csv
}
new_incidents() { printf 'case_ref,date,kind,reported_to,what\nC-2026-0118,2026-11-21,noise,council,Music.\n%s\n' "$1" >bad.csv; }
new_incidents 'C-2026-0118,2026-02-30,noise,council,Music.'
bad "a date that is none" incidents '3: date "2026-02-30"' "is not a date as 2026-11-19"
new_incidents 'C-2026-0118,21/11/2026,noise,council,Music.'
bad "a date in another form" incidents '3: date "21/11/2026"' "is not a date"
new_incidents 'C-1999-0001,2026-11-21,noise,council,Music.'
bad "a case that is none" incidents '3: case_ref "C-1999-0001"' "is no case's reference"
new_incidents 'C-2026-0118,2026-11-21,noise,nobody,Music.'
bad "an agency that is none" incidents '3: reported_to "nobody"' "is no agency's code"
new_incidents 'C-2026-0118,2026-11-21,bagpipes,council,Music.'
bad "a kind that is not in the list" incidents '3: kind "bagpipes"' "is not in the list"
new_incidents 'C-2026-0118,2026-11-21,noise,council,'
bad "an empty cell" incidents '3: what ""' "must not be empty"
new_incidents 'C-2026-0118,2026-11-21,noise,council'
bad "a cell too few" incidents '3: ' "the line has 4 cells, not 5"
new_incidents 'C-2026-0118,2026-11-21,noise,council,Music,again'
bad "a cell too many" incidents '3: ' "the line has 6 cells, not 5"
printf 'case_ref,date,kind,reported_to,what\nC-1,2026-13-01,x,y,\n"C-2026-0118",2026-11-21,noise,council,"two\nlines"\nC-2,2026-11-21,noise,council,Words.\n' >bad.csv
bad "a bad line after one of two lines" incidents '5: case_ref "C-2"' "is no case's reference"
printf 'case_ref,day,kind,reported_to,what\n' >bad.csv
refused "a wrong heading" incidents 'Line 1, column 2: the heading should be "date" and is "day"'
printf 'case_ref,date,kind\n' >bad.csv
refused "a heading too few" incidents 'Line 1, column 4'
: >bad.csv
refused "an empty file" incidents "The file is empty"
new_incidents "$(printf 'C-2026-0118,2026-11-21,noise,council,Caf\351.')"
refused "a file that is not UTF-8" incidents "Line 3 is not UTF-8 text"
new_incidents 'C-2026-0118,2026-11-21,noise,council,"never closed'
refused "a quotation mark that is not closed" incidents "quotation mark"
new_incidents 'C-2026-0118,2026-11-21,noise,council,a "word" inside'
refused "a quotation mark in the wrong place" incidents "quotation mark in the wrong place"
printf 'agency,name,initials,role,forum,standing\npolice,A Person,AP,Officer,nowhere,core\n' >bad.csv
bad "a group that is none" people '2: forum "nowhere"' "is no group's code"
printf 'agency,name,initials,role,forum,standing\npolice,A Person,AP,Officer,marac,guest\n' >bad.csv
bad "a standing that is none" people '2: standing "guest"' "is not core, deputy"
head -n 2 "$sample/referrals.csv" >bad.csv
bad "a case that is there already" referrals '2: case_ref' "is a case already"
{
	head -n 1 "$sample/referrals.csv"
	echo 'C-2026-9001,2026-11-01,safer-estates,Noise,police,Noise.,named,,party,complainant,A Person,,,,,,,,,,,'
} >bad.csv
bad "a restricted case that names nobody" referrals '2: named_agencies' "must name the agencies"
{
	head -n 1 "$sample/referrals.csv"
	echo 'C-2026-9001,2026-11-01,safer-estates,Noise,police,Noise.,normal,,party,complainant,A Person,,,,,,child-of,B Person,,,,'
} >bad.csv
bad "somebody related to nobody" referrals '2: related_to "B Person"' "is nobody else in this case"

# ---- import: what is taken though it looks odd ----
new_incidents 'C-2026-0118,2026-11-21,noise,council,"Café, ""loud""."'
printf '\357\273\277' | cat - bad.csv >bom.csv
sed 's/$/\r/' bad.csv >crlf.csv
for form in bom crlf; do
	"$ctl" init --store $form --passphrase-file pass >/dev/null
	for kind in forums agencies referrals; do
		"$ctl" import $kind "$sample/$kind.csv" --store $form --passphrase-file pass >/dev/null
	done
	ends 0 "a file with $form" "$ctl" import incidents $form.csv --store $form --passphrase-file pass
	run "$ctl" export incidents --store $form --passphrase-file pass
	is "$form: the words came in" grep -qF '"Café, ""loud""."' "$out"
	is_not "$form: and nothing of the form" grep -q "$(printf '\r')" "$out"
done

# ---- several files of one call ----
new_incidents 'C-2026-0118,2026-11-22,noise,council,Second file.'
mv bad.csv good.csv
new_incidents 'C-2026-0118,tomorrow,noise,council,Third file.'
store import incidents bad.csv good.csv
equal "one file of two is bad" "$status" 65
prints "the good one is taken" "good.csv: taken, 2 rows of incidents."
says "the bad one is not" "bad.csv: not taken."
says "and the sum of it" "1 of 2 files were taken"
store export incidents
is "the good one is in" grep -q 'Second file' "$out"
is_not "nothing of the bad one" grep -q 'Third file' "$out"

# ---- lists ----
for kind in forums members agencies people cases incidents actions meetings measures plan projects standards papers; do
	store list $kind --json
	is "list $kind --json is an array" jq -e 'type == "array"' "$out"
	store list $kind
	equal "list $kind" "$status" 0
done
store show cases C-2026-0118
prints "show a case" "Avery Sample"
store show cases C-2026-0118 --json
equal "a case as JSON: its incidents" "$(jq '.incidents | length' "$out")" 19
equal "a case as JSON: its people" "$(jq -r '[.people[].name] | join("; ")' "$out")" "Avery Sample; Robin Sample; Dale Specimen; 4 and 6 Sorrel Court"
store audit --json
is "the reading of a case is in the audit log" jq -e '[.[] | select(.act == "case.read")] | length == 2' "$out"
store show agencies police --json
equal "show an agency" "$(jq -r .name "$out")" Police
store show agencies nobody
equal "show what is not there" "$status" 1
store list cabbages
equal "list what is no kind" "$status" 65

# ---- agenda ----
store agenda safer-estates --date 2026-11-19 --venue 'Guildhall'
equal "agenda" "$status" 0
prints "the group and the day" "Thursday 19 November 2026 at 14:00, Guildhall"
first=$(grep -nE 'C-20' "$out" | head -n 1)
is "children's cases come first" grep -qE 'child' <<<"$first"
is "a case received by then is on it" grep -q 'C-2026-0129' "$out"
store agenda safer-estates --date 2026-11-19
equal "the same time twice" "$status" 1
store agenda safer-estates --date 2026-11-19 --time 09:30
equal "another time" "$status" 0
store agenda safer-estates --date 2026-11-12
is "the meeting of an earlier day has what was in by then" grep -q 'C-2026-0125' "$out"
is_not "and nothing that came later" grep -q 'C-2026-0129' "$out"
store agenda safer-estates --date 19-11-2026
equal "a date in another form" "$status" 65
store agenda safer-estates --date 2026-11-20 --time 25:00
equal "a time that is none" "$status" 65
store agenda nowhere --date 2026-11-19
equal "a group that is none" "$status" 1
"$ctl" list meetings --store s --passphrase-file pass --json >"$out"
equal "three meetings are planned" "$(jq length "$out")" 3

done_testing
