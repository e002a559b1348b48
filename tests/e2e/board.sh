#!/usr/bin/env bash
# A meeting somebody else held: an invented county board of twenty-four agencies with twenty present, five apologies and a substitute,
# thirteen items with papers, speakers and actions, one of them put off. Its kind of meeting is made by a coordinator from JSON
# alone. It is entered by touch and keyboard, and comes out as minutes with every part in its place.
. "$(dirname "$0")/lib.sh"

(umask 077 && echo "orchard lantern pebble harbour" >"$dir/pass")
run "$ctl" init --store "$dir/store" --sample --demo-keys "$dir/keys" --passphrase-file "$dir/pass" --recovery-file "$dir/recovery"
c() { "$ctl" "$@" --store "$dir/store" --passphrase-file "$dir/pass"; }
data=$top/tests/data/board
ends 0 "the kind of meeting is taken from JSON" c practice add "$data/meeting-board.json"
ends 0 "its members are taken" c import members "$data/members.csv"
ends 0 "its people are taken" c import people "$data/people.csv"
mkdir "$dir/papers"
ends 0 "the board is held to the end" "$BUILD/caseroom" --store "$dir/store" --script "$top/tests/e2e/board.steps" --out "$dir/papers" \
	--size 1280x800

if command -v age >/dev/null && command -v pdftotext >/dev/null; then
	mkdir "$dir/open"
	age -d -i "$dir/keys/council.key" "$dir"/papers/minutes-2027-02-25-*.age | tar -x -C "$dir/open" 2>/dev/null
	pdftotext -layout "$dir/open/minutes.pdf" - | tr -s ' \n' ' ' >"$dir/words"
	# each part, in this order
	rest=$(cat "$dir/words") missing=
	while read -r piece; do
		case $rest in
		*"$piece"*) rest=${rest#*"$piece"} ;;
		*) missing="$missing [$piece]" ;;
		esac
	done <<'PARTS'
Minutes of the Quexhamshire community safety board
Venue Council chamber, Quexham
Chair Rafe Specimen, City council
Minutes taken by Linden Mockup
Present
Assistant chief
Sub for Head of
Apologies
Merrin Outline None named information received
Bettany Proof Nia Outline
Toby Proof None named None received
The meeting was quorate
Declaration 1, January 2026
Minutes of the last meeting
burglary rose in three towns, not two
Actions from earlier meetings
Done: They are in the
Not done: Two
4. Police performance, quarter 2
Speaker Discussion Actions
Figures by district were tabled
Write to the two trading
5. Serious violence duty: needs assessment
Agreed: the assessment is accepted with that change
6. Data sharing agreement and concordat
consider the data sharing
7. Domestic abuse strategy: half-year report
8. Rural crime
The author is not here
9. Community safety fund: bids received
Eleven bids
10. Road safety partnership
11. Evening economy and safer streets
the rest bus needs drivers
12. Any other business
A day of open doors
Actions agreed
27 May 2027
PARTS
	equal "every part of the minutes is in its place" "$missing" ""
	present=$(sed 's/Observers .*//' "$dir/words" | grep -oE '(Signed|signed) 13:50' | wc -l)
	equal "twenty were present" "$present" 20
fi
ends 0 "the store verifies" c verify
done_testing
