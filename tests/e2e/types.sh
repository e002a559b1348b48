#!/usr/bin/env bash
# Holds a meeting of each type to the end by touch, in one store: its own declaration, quorum, agenda, cases and papers, and the one
# thing that only it does. Then opens what was sealed with the agencies' keys and looks at the parts in their place.
# Steps are put together here, so that what the types share is written once; what a type does of its own stands in its part below.
#   tests/e2e/types.sh [TYPE]   one type alone; TYPES_OUT=DIR keeps pictures and trees there
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
tmp=$(mktemp -d "${TEST_TMP:-${TMPDIR:-/tmp}}/caseroom-types-XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
only=${1:-}

ok() { echo "ok type_$1"; }
not_ok() { echo "not ok type_$1: $2"; }

(umask 077 && echo "orchard lantern pebble harbour" >"$tmp/pass")
if ! "$build/caseroomctl" init --store "$tmp/store" --sample --demo-keys "$tmp/keys" --passphrase-file "$tmp/pass" \
	--recovery-file "$tmp/recovery" >"$tmp/init.log" 2>&1; then
	not_ok sample "$(tail -n 1 "$tmp/init.log")"
	exit 1
fi
ctl() { "$build/caseroomctl" "$@" --store "$tmp/store" --passphrase-file "$tmp/pass" 2>/dev/null; }
ctl export agencies >"$tmp/agencies.csv"

# ---- what every meeting has ----

tap() { printf 'tap "%s"\n' "$@"; }
expect() { printf 'expect "%s"\n' "$@"; }
absent() { printf 'absent "%s"\n' "$@"; }
words() { printf 'type "%s"\n' "$1"; }
look() { printf 'shot %s.png\ncheck\n' "$1"; } # a picture, and the rules of a screen
at() { echo "date $1"; }
everywhere() { # NAME: the same on a 7-inch panel, and on a large one in high contrast
	look "$1"
	echo "size 800x480"
	look "$1-small"
	printf 'theme contrast\nsize 1920x1080\n'
	look "$1-wide"
	printf 'theme light\nsize 1280x800\n'
}

unlock() {
	tap Passphrase
	words "orchard lantern pebble harbour"
	printf 'key Enter\nawait-open\n'
}
choose() { # GROUP PAGE...: the group stands on that page of the list
	tap "Change group"
	for _ in $(seq 2 "$2"); do tap "Page down"; done
	tap "$1"
}
plan() { # DAY: "25 November 2026"
	tap "Plan a meeting" "$1" Venue
	words "Guildhall, room 2"
	tap "Plan the meeting"
	expect "Meeting planned"
	tap "Open the meeting"
}
chair() { # AGENCY: is in the chair, and signs
	tap "$1" "More for this seat" "Takes the chair"
}
sign() { # AGENCY...
	for a in "$@"; do tap "$a" "I agree and sign"; done
}
start() { # the first meeting of a group: nothing to agree and no old actions
	tap "Start the meeting"
}
open_item() { # TITLE [unbriefed]: the next item is this one; its referrer is absent and nobody was briefed
	expect "$1"
	tap "Open item"
	[ "${2:-}" != unbriefed ] || tap "Go on all the same"
}
done_item() { tap "Item is done"; }
stays_open() {
	tap "Decide this item" "Decide the case" "It stays open" "Keep the decision"
}
nothing() { tap "$1" "Has nothing to share"; }
says() { # AGENCY WORDS
	tap "$1" "Write what is said"
	words "$2"
	tap "This is right" "Keep"
}
note() { # AGENCY WORDS: under an item that is no case
	tap Note "$1"
	words "$2"
	tap "Keep the note"
}
action() { # AGENCY WHAT
	tap What
	words "$2"
	tap Agency "$1" "2 weeks" "Keep action"
}
finish() { # END: any other business, and the rest
	open_item "Any other business"
	done_item
	last "$1"
}
last() { # END: the next date; closed, approved and sealed
	tap "Open item" "Date of next meeting" "Keep the date" "Item is done" "Close the meeting"
	printf 'shot %s-close.png\n' "$1"
	echo 'hold "Hold to close"'
	expect "The meeting is closed"
	tap "Approve the minutes"
	echo 'hold "Hold to seal"'
	echo 'wait 3000'
	expect "sealed, copy"
	look "$1-sealed"
	tap Finish
}

hold() { # TYPE: runs its steps, opens its papers
	local name=$1 f code
	mkdir -p "$tmp/$name"
	cat >"$tmp/$name.steps"
	if [ -n "$only" ] && [ "$only" != "$name" ]; then return 1; fi
	if "$build/caseroom" --store "$tmp/store" --script "$tmp/$name.steps" --out "$tmp/$name" >"$tmp/$name.log" 2>&1 &&
		[ ! -s "$tmp/$name.log" ]; then
		ok "${name}_is_held_to_the_end"
	else
		not_ok "${name}_is_held_to_the_end" "$(tr '\n' ' ' <"$tmp/$name.log" | sed 's|.*/||')"
	fi
	for f in "$tmp/$name"/*.age; do
		[ -f "$f" ] || continue
		code=$(awk -F, -v c="$(basename "$f" | sed -E 's/^[a-z]+-[0-9-]{10}-(.*)-copy-.*/\1/')" '$3 == c { print $1 }' "$tmp/agencies.csv")
		mkdir -p "$tmp/$name/$code"
		age -d -i "$tmp/keys/$code.key" "$f" 2>/dev/null | tar -xm -C "$tmp/$name/$code"
	done
	if [ -n "${TYPES_OUT:-}" ]; then cp -r "$tmp/$name" "$tmp/$name.steps" "$TYPES_OUT/"; fi
}
paper() { # TYPE AGENCY FILE: its words on one line
	pdftotext "$tmp/$1/$2/$3" - 2>/dev/null | tr -s ' \n\f' ' '
}
in_order() { # TEST TYPE AGENCY FILE WORDS...: each somewhere after the one before
	local test=$1 rest w
	rest=$(paper "$2" "$3" "$4")
	shift 4
	for w in "$@"; do
		case $rest in
		*"$w"*) rest=${rest#*"$w"} ;;
		*)
			not_ok "$test" "\"$w\" is not there, or not in its place"
			return
			;;
		esac
	done
	ok "$test"
}
without() { # TEST TYPE AGENCY FILE WORDS...: none of them
	local test=$1 text w
	text=$(paper "$2" "$3" "$4")
	shift 4
	[ -n "$text" ] || not_ok "$test" "there is no such paper"
	for w in "$@"; do
		if grep -qF -- "$w" <<<"$text"; then
			not_ok "$test" "\"$w\" is in it"
			return
		fi
	done
	ok "$test"
}

equal() { # TEST GOT WANT
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "is $2, not $3"; fi
}

# ---- Safer Estates: victim services in the chair; the whole of tests/e2e/meeting.steps is its meeting ----

if hold safer-estates <tests/e2e/meeting.steps; then
	in_order safer_estates_parts_stand_in_order safer-estates victims minutes.pdf "Minutes of the Safer Estates steering group" \
		"Chair Linden Mockup, Victim services" "Present" "Empty seats" "The meeting was quorate" "Declaration 3, January 2026" \
		"agreed as a correct record" "Actions from earlier meetings" "C-2026-0118" "Any other business" "Actions agreed" "Next meeting"
fi

# ---- MARAC: fifteen cases in one go, those with children first; an observer signs too ----

marac_case() { # REFERENCE MINUTE
	open_item "$1" "$3"
	expect "$1"
	nothing Police
	says "Domestic abuse advocacy" "Spoken to by the safe way; wants this plan."
	stays_open
	at "2026-11-25 $2"
	done_item
}
if hold marac < <(
	unlock
	at "2026-11-25 13:50"
	choose "Multi-agency risk assessment" 2
	plan "25 November 2026"
	expect "0 of 5 needed agencies signed"
	tap Police
	expect "Declaration 1, January 2026" "Duties stay with my own agency. The person who harms is not told that we met."
	tap "I agree and sign"
	look marac-sign
	sign "Domestic abuse advocacy" Housing Probation "Mental health trust" "Primary care" "Drug and alcohol" "Adult social care"
	# a child's agency is asked for by kind, not by number
	chair Police
	expect "4 of 5 needed agencies signed"
	tap "Housing options" "More for this seat" "Takes the minutes" "Start the meeting"
	expect "Go on without quorum?"
	tap "Leave it"
	sign "Children's social care"
	tap "Add a person" Observer
	words "Sky Sample, health visitor in training"
	tap Add "Observer: health visitor in training"
	expect "Duties stay with my own agency. The person who harms is not told that we met."
	tap "I agree and sign"
	expect "5 of 5 needed agencies signed"
	at "2026-11-25 14:00"
	start
	expect "their agencies may leave after item 8" "12 min"
	look marac-agenda
	h=14 m=0
	for n in 0044 0140 0141 0145 0147 0150 0127 0098 0142 0143 0144 0146 0148 0149 0151; do
		m=$((m + 11))
		[ $m -lt 60 ] || h=$((h + 1)) m=$((m - 60))
		marac_case "C-2026-$n" "$(printf '%d:%02d' $h $m)" "$([ $n != 0146 ] || echo unbriefed)"
		[ $n = 0127 ] || continue
		expect "The last case with children is done. May leave now: Children's social care"
		look marac-children
		tap "They leave"
		absent "May leave now"
	done
	open_item "Cases whose twelve months have passed"
	note "The chair" "None has passed its twelve months."
	done_item
	finish marac
); then
	in_order marac_parts_stand_in_order marac police minutes.pdf "Minutes of the multi-agency risk assessment conference" "Chair Fern Replica, Police" \
		"Present" "Observers" "Statement signed" "health visitor in training" "Yes" "The meeting was quorate" \
		"Declaration 1, January 2026" "C-2026-0044" "14:00 to 14:11, 12 minutes planned" "C-2026-0127" "C-2026-0098" "C-2026-0151" \
		"Cases whose twelve months have passed" "Any other business" "Cases heard: 15" "Next meeting"
fi

# ---- Street Aware: begging, street drinking, youth ASB ----

if hold street-aware < <(
	unlock
	at "2026-11-20 09:50"
	choose "Street Aware" 1
	plan "20 November 2026"
	expect "0 of 4 needed agencies signed" "someone off the street or to prevent harm in the centre."
	sign Police "City council" "Business partnership" "Homelessness outreach" "Youth services"
	chair "Homelessness outreach"
	tap "City council" "More for this seat" "Takes the minutes"
	start
	expect "Youth ASB" "Begging" "Street drinking" "8 min"
	look street-agenda
	for n in 0126 0132 0066 0099 0128 0133; do
		open_item "C-2026-$n"
		nothing Police
		stays_open
		done_item
	done
	open_item "Figures of the month for the partnership"
	tap Measures
	expect "Individuals monitored: 12" "Begging 2, Street drinking 3, Youth ASB 7. Open cases; each person once."
	everywhere street-measures
	tap "Plan and progress" "Page down" "Street Aware" "On track" "Keep it"
	expect "Street Aware: On track"
	tap Agenda "Back to item"
	note "The chair" "The bus station is the place to watch."
	done_item
	finish street
); then
	in_order street_aware_parts_stand_in_order street-aware outreach minutes.pdf "Minutes of Street Aware" "Chair Sky Template, Homelessness outreach" \
		"Declaration 1, January 2026" "C-2026-0066" "Figures of the month for the partnership" "Any other business" "Cases heard: 6"
	# the monthly report goes to the agencies of the partnership above, and tells of nobody
	in_order street_aware_reports_its_figures street-aware victims report.pdf "Report of Street Aware" \
		"Reports to Quexham community safety partnership" "Agencies present 5 of 7" "Cases looked at 6" "Individuals monitored" \
		"Begging 5 or fewer" "Street drinking 5 or fewer" "Youth ASB 7" "Progress of the plan" "On track" "Measures" \
		"Anti-social behaviour incidents" "From the meeting" "The bus station is the place to watch." "How this report was made"
	without street_aware_report_names_nobody street-aware victims report.pdf C-2026 Reese Fern "bus station, Station Approach"
	equal street_aware_report_has_its_copies "$(find "$tmp/street-aware" -name 'report-*.age' | wc -l)" 6
fi

# ---- ASB case review: two applications, one met by the number of complaints, one decided below it ----

report() { # LINE: it is a complaint, reported the same day
	tap "$1" "It is a complaint, reported the same day"
}
if hold asb-review < <(
	unlock
	at "2026-11-23 09:50"
	choose "ASB case review panel" 2
	plan "23 November 2026"
	expect "0 of 3 needed agencies signed" "We do not look for someone to blame."
	sign "City council" Police
	expect "2 of 3 needed agencies signed"
	sign "Social landlord" "Victim services"
	chair "City council"
	tap "Victim services" "More for this seat" "Takes the minutes"
	start
	expect "30 min"
	look review-agenda
	open_item "What the applicant asks us to hear"
	note "Victim services" "Robin asks that somebody answers."
	done_item

	open_item "C-2026-0134"
	says "Social landlord" "A diary was asked for in June and not looked at."
	tap Review
	everywhere review-empty
	tap Application "The person who complained" "26 October 2026" "What is asked for"
	words "Asks that somebody answers."
	tap "Keep the application"
	tap Acknowledged "28 October 2026" "Keep the day"
	report "2 June, Noise"
	report "14 August, Banging on doors or windows"
	expect "2 of 3 complaints count. The panel decides, with reasons."
	tap "21 September, Abuse in words, to Police" "It is a complaint, reported later" "23 September 2026" "Count it as a complaint"
	# told twice, counted once
	report "21 September, Abuse in words, to City council"
	expect "4 of 3 complaints count: it must be found met, section 104(4)."
	tap "21 September, Abuse in words, to City council" "It tells of the same event as another report"
	tap "21 September, Abuse in words, to Police"
	expect "3 of 3 complaints count: it must be found met, section 104(4)."
	tap Threshold
	absent "Not met"
	look review-threshold
	tap "Met: Enough qualifying complaints" "Keep the decision"
	tap "The victim’s part" "Attended part of the meeting" "Keep it"
	tap "Add a recommendation" "Social landlord"
	words "One named officer answers every report within two working days."
	tap "Keep the recommendation"
	tap "Add a recommendation" "City council"
	words "The yard is lit at night."
	tap "Keep the recommendation"
	tap "To Social landlord" Accepted
	words "From 1 December."
	tap "Keep the answer"
	tap "To City council" "Not accepted"
	words "The yard belongs to the landlord."
	tap "Keep the answer"
	everywhere review-steps
	echo 'hold "Hold to seal the letter"'
	expect "The letter is sealed, in the folder asb-review."
	tap "Back to the case"
	stays_open
	action "Social landlord" "Name the officer and write to Robin"
	done_item

	open_item "C-2026-0135"
	nothing Police
	tap Review Application "The person who complained" "2 November 2026" "Keep the application"
	report "30 September, Noise"
	report "24 October, Noise"
	tap Threshold
	expect "2 of 3 complaints count. The panel decides under the procedure, with reasons."
	tap "Not met"
	words "Two reports, both answered within a week; no harm is known."
	tap "Keep the decision"
	tap "The victim’s part" "Not asked"
	words "The threshold was looked at first."
	tap "Keep it"
	tap "Outcome letter" "23 November 2026" "Keep the day"
	tap "Nobody has appealed" "The applicant appeals"
	words "Says that a third report was never written down."
	tap "Keep it"
	expect "Not decided yet."
	look review-appeal
	tap Back "Decide this item" "Decide the case" "It closes" "Page down" "Threshold not met" Reason
	words "Two reports, both answered."
	tap "Close the case" "Item is done"
	open_item "Any other business"
	done_item
	expect "Date of the outcome letter"
	last review
); then
	in_order asb_review_parts_stand_in_order asb-review council minutes.pdf "Minutes of the ASB case review panel" "Chair Orla Specimen, City council" \
		"The meeting was quorate" "We do not look for someone to blame" "What the applicant asks us to hear" "C-2026-0134" \
		"3 of 3 qualifying complaints count" "Threshold met, 23 November: Enough qualifying complaints" "The victim: Attended part of the meeting" \
		"Recommended to Social landlord: One named officer" "Its answer: Accepted. From 1 December." "Its answer: Not accepted. The yard belongs" \
		"C-2026-0135" "2 of 3 qualifying complaints count" "Threshold not met, 23 November: Decided under the procedure. Two reports" \
		"The victim: Not asked" "Outcome letter sent, 23 November" "Appeal, 23 November: Says that a third report"
	in_order asb_review_outcome_letter asb-review council letter.pdf "Outcome of the ASB case review" "For Robin Instance" "4 Fennel Row" \
		"ring before noon" "From City council" "26 October 2026" "On 23 November 2026 the panel decided that the threshold is met" \
		"3 of the reports count" "What we recommend" "One named officer" "If you do not agree" "You can appeal until 21 December 2026"
	without asb_review_letter_tells_of_nobody_else asb-review council letter.pdf Jude Facsimile "6 Fennel"
	ctl list review-year >"$tmp/year"
	if grep -qE '^2026 +2 +1 +1 +1$' "$tmp/year"; then ok asb_review_yearly_figures; else not_ok asb_review_yearly_figures "$(tail -n 1 "$tmp/year")"; fi
fi

# ---- Sub-group: anonymised for everybody in the room, terms that end, the plan, a report upward ----

if hold sub-group < <(
	unlock
	at "2026-11-24 09:50"
	choose "ASB sub-group" 2
	tap "Plan a meeting" "24 November 2026" "Plan the meeting"
	expect "They end on 30 November 2026"
	everywhere sub-home
	tap "Open the meeting"
	expect "They end on 30 November 2026. The group can meet all the same."
	look sub-terms
	tap "Renew the terms" "Terms of reference" "Keep the terms"
	expect "Terms of reference kept, to 30 November 2027."
	tap Home
	absent "They end on 30 November 2026"
	tap "Open the meeting"
	expect "0 of 3 needed agencies signed" "We see figures and anonymised cases, never names."
	sign Police "District council" "Housing association" "Youth organisation"
	chair "District council"
	tap "Housing association" "More for this seat" "Takes the minutes"
	start
	look sub-agenda
	open_item "Measures and plan"
	tap "Plan and progress"
	look sub-plan
	tap "Health" "On track" "Keep it"
	tap "Women at risk project" "Off track"
	words "The worker left; the post is advertised."
	tap "Keep it"
	expect "Health: On track" "Women at risk project: Off track"
	everywhere sub-progress
	tap Back "Item is done"
	open_item "C-2026-0136"
	expect "Victim A" "Subject A"
	absent Merrin Corin "Market Square"
	look sub-case
	stays_open
	done_item
	open_item "Report to the partnership"
	note "The chair" "Benches came back; reports fell by half."
	done_item
	finish sub
); then
	in_order sub_group_parts_stand_in_order sub-group district minutes.pdf "Minutes of the partnership sub-group" "Measures and plan" "C-2026-0136" \
		"Report to the partnership"
	without sub_group_minutes_name_nobody sub-group district minutes.pdf Merrin Corin "Market Square" QX5
	in_order sub_group_reports_to_its_parent sub-group probation report.pdf "Report of ASB sub-group" \
		"Reports to Vale of Quexham community safety partnership" "Agencies present 4 of 6" "Cases looked at 5 or fewer" \
		"Terms of reference To 30 November 2027" "Progress of the plan" "Women at risk project" "Off track" "The worker left" "On track" \
		"Measures" "From the meeting" "Benches came back; reports fell by half." "names nobody"
	without sub_group_report_names_nobody sub-group probation report.pdf Merrin Corin "Market Square" C-2026
	equal sub_group_report_has_its_copies "$(find "$tmp/sub-group" -name 'report-*.age' | wc -l)" 5
fi

# ---- A sixth type, of a coordinator's own: JSON and CSV through caseroomctl alone ----

if [ -z "$only" ] || [ "$only" = self-neglect ]; then
	if "$build/caseroomctl" practice add tests/data/self-neglect/meeting-self-neglect.json --store "$tmp/store" \
		--passphrase-file "$tmp/pass" >"$tmp/add.log" 2>&1; then
		ok sixth_is_added_without_code
	else
		not_ok sixth_is_added_without_code "$(tail -n 1 "$tmp/add.log")"
	fi
	for kind in forums members people referrals; do
		ctl import $kind "tests/data/self-neglect/$kind.csv" >/dev/null || not_ok sixth_takes_its_files "$kind"
	done
fi
if hold self-neglect < <(
	unlock
	at "2026-11-26 09:50"
	choose "Self-neglect and hoarding panel" 3
	plan "26 November 2026"
	expect "0 of 3 needed agencies signed" "Declaration 1, September 2026" "spoken of."
	sign "Adult social care" "Social landlord"
	chair "Adult social care"
	tap "Social landlord" "More for this seat" "Takes the minutes"
	# two kinds of agency are needed, whatever the number
	sign "Mental health trust"
	expect "2 of 3 needed agencies signed"
	tap "Start the meeting"
	expect "Go on without quorum?"
	tap "Leave it"
	sign "Fire and rescue"
	expect "3 of 3 needed agencies signed"
	start
	expect "20 min" "Hoarding"
	look sixth-agenda
	open_item "C-2026-0160"
	expect "Subject and victim"
	says "Fire and rescue" "Two alarms fitted; the way to the door is free."
	stays_open
	action "Adult social care" "Go with the fire officer on Tuesdays"
	done_item
	open_item "C-2026-0161"
	nothing "Mental health trust"
	stays_open
	done_item
	open_item "Fire deaths and near misses since last time"
	note "Fire and rescue" "None since September."
	done_item
	finish sixth
); then
	in_order sixth_parts_stand_in_order self-neglect adult-care minutes.pdf "Minutes of the self-neglect and hoarding panel" \
		"Chair Marlow Testcase, Adult social care" "The meeting was quorate" "Declaration 1, September 2026" "C-2026-0160" "20 minutes planned" \
		"Two alarms fitted" "C-2026-0161" "Fire deaths and near misses since last time" "None since September." "Any other business" "Cases heard: 2"
fi

if ctl verify >"$tmp/verify.log" 2>&1; then ok store_verifies_afterwards; else not_ok store_verifies_afterwards "$(tail -n 1 "$tmp/verify.log")"; fi
