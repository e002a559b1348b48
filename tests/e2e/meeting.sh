#!/usr/bin/env bash
# Holds the whole conference of tests/e2e/meeting.steps through the touch screens, offscreen, and compares what each screen says
# with the trees in tests/ui/meeting/. Then opens every sealed paper with Debian's age and looks inside.
#   tests/e2e/meeting.sh --accept   takes the trees of this run as the new ones: look at the difference before committing
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
golden=tests/ui/meeting
tmp=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/tmp}}/caseroom-meeting-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
out=$tmp/out
mkdir "$out"

ok() { echo "ok meeting_$1"; }
not_ok() { echo "not ok meeting_$1: $2"; }

(umask 077 && echo "orchard lantern pebble harbour" >"$tmp/pass")
if ! "$build/caseroomctl" init --store "$tmp/store" --sample --demo-keys "$tmp/keys" --passphrase-file "$tmp/pass" \
	--recovery-file "$tmp/recovery" >"$tmp/init.log" 2>&1; then
	not_ok sample_is_made "$(tail -n 1 "$tmp/init.log")"
	exit 1
fi
ctl() { "$build/caseroomctl" "$@" --store "$tmp/store" --passphrase-file "$tmp/pass"; }

if "$build/caseroom" --store "$tmp/store" --script tests/e2e/meeting.steps --out "$out" >"$tmp/run.log" 2>&1; then
	ok is_held_to_the_end
else
	not_ok is_held_to_the_end "$(tail -n 1 "$tmp/run.log")"
fi
if [ -s "$tmp/run.log" ]; then not_ok says_nothing_on_stderr "$(head -n 1 "$tmp/run.log")"; else ok says_nothing_on_stderr; fi

# The audit fingerprint is different in every store.
plain() { sed -E 's/Audit( [a-z]+){5}/Audit XXXX/g' "$1"; }
if [ "${1:-}" = --accept ]; then
	mkdir -p "$golden"
	for t in "$out"/*.tree; do plain "$t" >"$golden/$(basename "$t")"; done
fi
for t in "$golden"/*.tree; do
	name=$(basename "$t")
	if [ ! -f "$out/$name" ]; then
		not_ok "tree_${name%.tree}" "the run left no $name"
	elif difference=$(diff "$t" <(plain "$out/$name")); then
		ok "tree_${name%.tree}"
	else
		not_ok "tree_${name%.tree}" "$(echo "$difference" | sed -n '2,4p' | tr '\n' '|')"
	fi
done

# Pictures come second: the same to the bit with any compiler, as long as FreeType and HarfBuzz are the same.
pictures="01-lock 02-home 03-sign-in 05-agenda 06-case 07-share 08-risk 09-decisions 09-held-back 16-cover"
sums=$(cd "$out" && for p in $pictures; do sha256sum "$p.png"; done)
if [ "${1:-}" = --accept ]; then echo "$sums" >"$golden/pictures.sha256"; fi
if differing=$(diff "$golden/pictures.sha256" <(echo "$sums") | sed -n 's/^> [0-9a-f]*  //p'); then :; fi
if [ -z "$differing" ]; then
	ok pictures
else
	not_ok pictures "look at $(tr '\n' ' ' <<<"$differing"): leave them with make demo"
fi

# Sealed papers: Debian's age opens each with its agency's key, and none with another's.
if ! command -v age >/dev/null; then
	echo "age is not installed: sealed papers were not opened"
else
	opened=0 sealed=0 wrong=0
	for f in "$out"/*.age; do
		sealed=$((sealed + 1))
		code3=$(basename "$f" | sed -E 's/^(minutes|extract)-[0-9-]{10}-(.*)-copy-.*/\2/')
		code=$(ctl export agencies 2>/dev/null | awk -F, -v c="$code3" '$3 == c { print $1 }')
		mkdir -p "$tmp/open/$code"
		if age -d -i "$tmp/keys/$code.key" "$f" 2>/dev/null | tar -x -C "$tmp/open/$code"; then opened=$((opened + 1)); fi
		other=police
		[ "$code" = police ] && other=council
		if age -d -i "$tmp/keys/$other.key" "$f" >/dev/null 2>&1; then wrong=$((wrong + 1)); fi
	done
	if [ "$sealed" -eq 10 ] && [ "$opened" -eq 10 ]; then ok papers_open_with_age; else not_ok papers_open_with_age "$opened of $sealed opened"; fi
	if [ "$wrong" -eq 0 ]; then ok papers_open_with_no_other_key; else not_ok papers_open_with_no_other_key "$wrong opened"; fi

	pdf=$tmp/open/victims/minutes.pdf
	words=$(pdftotext "$pdf" - 2>/dev/null)
	missing=""
	for w in OFFICIAL-SENSITIVE "C-2026-0118" "Repairs to the shared door are booked" "Fact, corrected" "Decided not to share" "Probation disagrees" \
		"The tenant of the flat above has moved out" "agreed as a correct record" "17 December"; do
		grep -qF "$w" <<<"$(tr -s ' \n' ' ' <<<"$words")" || missing="$missing [$w]"
	done
	if [ -z "$missing" ]; then ok minutes_hold_what_was_said; else not_ok minutes_hold_what_was_said "without$missing"; fi
	# The five words on its pages find their entry of the audit log.
	print=$(sed -nE 's/^.*Audit +(([a-z]+ ){4}[a-z]+).*$/\1/p' <<<"$words" | head -n 1)
	if ctl audit --fingerprint "$print" >"$tmp/print.log" 2>&1 && grep -q "That is entry [0-9]* of the audit log" "$tmp/print.log"; then
		ok fingerprint_of_a_paper_finds_its_entry
	else
		not_ok fingerprint_of_a_paper_finds_its_entry "\"$print\": $(tail -n 1 "$tmp/print.log")"
	fi
	structure=$(pdfinfo -struct "$pdf" 2>/dev/null)
	if grep -q '^ *H1' <<<"$structure" && grep -q Table <<<"$structure" && grep -q TH <<<"$structure"; then
		ok minutes_are_tagged
	else
		not_ok minutes_are_tagged "no H1, Table and TH in pdfinfo -struct"
	fi

	# What is for named agencies only is in theirs and in nobody else's.
	leaks="" lacks=""
	for dir in "$tmp"/open/*/; do
		agency=$(basename "$dir")
		text=$(for f in "$dir"/*.pdf; do pdftotext "$f" -; done | tr -s ' \n' ' ')
		case $agency in
		police | victims | council | mental-health) grep -q "worker visits on Mondays" <<<"$text" || lacks="$lacks $agency" ;;
		*) if grep -q "worker visits on Mondays" <<<"$text"; then leaks="$leaks $agency"; fi ;;
		esac
	done
	if [ -z "$leaks" ]; then ok restricted_words_stay_with_the_named; else not_ok restricted_words_stay_with_the_named "also in:$leaks"; fi
	if [ -z "$lacks" ]; then ok named_agencies_have_the_words; else not_ok named_agencies_have_the_words "not in:$lacks"; fi

	# An agency's extract has its own actions only; its calendar has as many to-dos.
	todo=$(grep -c '^BEGIN:VTODO' "$tmp/open/landlord/actions.ics")
	rows=$(($(wc -l <"$tmp/open/landlord/actions.csv") - 1))
	if [ "$todo" -eq 1 ] && [ "$rows" -eq 1 ]; then ok own_actions_only; else not_ok own_actions_only "$todo to-dos, $rows rows"; fi
fi

# Nothing unsealed was written beside the sealed papers.
unsealed=$(find "$out" -type f ! -name '*.age' ! -name '*.png' ! -name '*.tree' | head -n 3 | tr '\n' ' ')
if [ -z "$unsealed" ]; then ok no_unsealed_paper; else not_ok no_unsealed_paper "$unsealed"; fi
if ctl verify >"$tmp/verify.log" 2>&1; then ok store_verifies_afterwards; else not_ok store_verifies_afterwards "$(tail -n 1 "$tmp/verify.log")"; fi
