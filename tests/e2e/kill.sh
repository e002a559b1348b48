#!/usr/bin/env bash
# The program is ended by SIGKILL at random moments of a whole meeting. Whatever it had shown as done is there afterwards,
# in the same order, and of what was being typed only the sentence in hand may be gone.
#
# Each step of meeting.steps leaves a mark when it is done, and the clock of the script stands at a moment of its own for
# each step, so that every entry of the audit log tells which step made it. A full run says what each step makes.
# KILLS=N takes another number of moments than 60 (`make soak`: 200); SEED=N other moments.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
case $BUILD in *san*) kills=${KILLS:-12} ;; *) kills=${KILLS:-60} ;; esac
seed=${SEED:-20261119}
export dir ctl BUILD

echo 'orchard lantern pebble harbour' >pass
if ! "$ctl" init --store fresh --sample --demo-keys keys --passphrase-file pass --recovery-file recovery >/dev/null 2>init.err; then
	not_ok "a sample store" "$(tail -n 1 init.err)"
	done_testing
fi

# The steps without pictures; sentences typed one by one; after each step 100 ms and a mark. steps.tab: step, the clock at
# its end (us), and the sentence when the step typed one into a share.
begin=$(date -u -d 2026-11-19T13:51:00Z +%s)
awk -v begin="$begin" -v table=steps.tab '
	function done(words) {
		n++
		ms += 100
		print "wait 100"
		printf "dump %d\n", n
		printf "%d\t%.0f000\t%s\n", n, ms, words >table
	}
	BEGIN { ms = begin * 1000 }
	/^(shot|check|dump|#|$)/ { next }
	/^date / { split($3, t, ":"); ms = (begin - begin % 86400 + t[1] * 3600 + t[2] * 60) * 1000 }
	/^hold / { ms += 1100 }
	/^wait / { ms += $2 }
	/^tap "Write what is said"/ { share = 1 }
	/^tap "Keep"/ { share = 0 }
	/^type / {
		text = substr($0, 7, length($0) - 7)
		while ((i = match(text, /[.?!] /)) > 0) {
			print "type \"" substr(text, 1, i) "\""
			done(share ? substr(text, 1, i) : "")
			text = substr(text, i + 1)
		}
		print "type \"" text "\""
		done(share ? text : "")
		next
	}
	{ print; done("") }
' "$top/tests/e2e/meeting.steps" >kill.steps

meeting() { exec "$BUILD/caseroom" --store "$1/store" --script kill.steps --pace 1 --out "$1"; }
export -f meeting

# A full run, three times; the shortest tells how far to spread the moments, since the machine may be busy with others.
shortest=
for i in one two full; do
	mkdir $i && cp -r fresh $i/store
	start=$(date +%s%N)
	run bash -c "meeting $i"
	length=$(($(date +%s%N) - start))
	[ -n "$shortest" ] && [ "$shortest" -le $length ] || shortest=$length
done
length=$shortest
equal "a full run ends well" "$status" 0
[ "$status" -eq 0 ] || { cat "$err" && done_testing; }
steps=$(wc -l <steps.tab)
"$BUILD/tests/kept" fresh pass >fresh.kept 2>"$err" && "$BUILD/tests/kept" full/store pass >full.kept 2>>"$err"
equal "its store can be read" $? 0
grep '^act ' full.kept >full.acts
before=$(grep -c '^act ' fresh.kept)
acts=$(($(wc -l <full.acts) - before))
is "every step left its mark" test -s "full/$steps"
is "the meeting has a hundred acts or more" test "$acts" -ge 100
is "the acts come in the order of the clock" awk -v b="$before" 'NR > b { if ($2 < was) exit 1; was = $2 }' full.acts
is "there are ten shared sentences or more" test "$(awk -F '\t' '$3 != ""' steps.tab | wc -l)" -ge 9

# How many acts the full run had made when step N was done.
awk -F '\t' -v before="$before" '
	NR == FNR { split($0, w, " "); at[NR] = w[2]; total = NR; next }
	{ while (k + before < total && at[k + before + 1] + 0 < $2 + 0) k++; print $1, before + k }
' full.acts steps.tab >steps.acts
equal "the last step made the last act" "$(tail -n 1 steps.acts)" "$steps $((before + acts))"

# one NUMBER DELAY: "fine MARK KEPT-ACTS END", or "lost WHAT"
one() {
	local at=$dir/k$1 last kept low high status said gone
	mkdir "$at" && cp -r "$dir/fresh" "$at/store"
	(meeting "$at") >/dev/null 2>&1 &
	local pid=$!
	sleep "$2"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	status=$?
	if [ $status -ne 137 ] && [ $status -ne 0 ]; then
		echo "lost program: ended by itself with $status"
		return
	fi
	last=$(cd "$at" && find . -maxdepth 1 -type f -name '[0-9]*' ! -name '*.*.*' -printf '%f\n' | sort -n | tail -n 1)
	last=${last:-0}
	# verify opens the store, which is an act of its own: so it comes after the reading
	if ! "$BUILD/tests/kept" "$at/store" "$dir/pass" >"$at/kept" 2>&1; then
		echo "lost verify: after step $last: $(tail -n 1 "$at/kept")"
		return
	fi
	if ! said=$("$ctl" verify --store "$at/store" --passphrase-file "$dir/pass" 2>&1); then
		echo "lost verify: after step $last: $said"
		return
	fi
	grep '^act ' "$at/kept" >"$at/acts"
	kept=$(wc -l <"$at/acts")
	if ! head -n "$kept" "$dir/full.acts" | cmp -s - "$at/acts"; then
		echo "lost order: after step $last: other acts than those of the full run"
		return
	fi
	# what was done before the mark is kept; the step in hand may be kept, none after it
	low=$(awk -v n="$last" -v b="$before" '$1 == n { b = $2 } END { print b }' "$dir/steps.acts")
	high=$(awk -v n="$last" -v b="$before" '$1 <= n + 1 { b = $2 } END { print b }' "$dir/steps.acts")
	[ "$last" -gt 0 ] || low=$before
	if [ "$kept" -lt "$low" ] || [ "$kept" -gt "$high" ]; then
		echo "lost acts: after step $last there are $kept acts, not $low to $high"
		return
	fi
	gone=$(awk -F '\t' -v n="$last" '$1 <= n && $3 != "" { print $3 }' "$dir/steps.tab" | while IFS= read -r words; do
		grep '^words ' "$at/kept" | grep -qF -- "$words" || echo "$words"
	done)
	if [ -n "$gone" ]; then
		echo "lost words: after step $last this is gone: ${gone%%$'\n'*}"
		return
	fi
	# the panel opens it again
	if [ $(($1 % 10)) -eq 0 ] && ! said=$("$BUILD/caseroom" --store "$at/store" --script "$dir/open.steps" --out "$at" 2>&1); then
		echo "lost panel: after step $last it does not open: $said"
		return
	fi
	echo "fine $last $kept $status"
	rm -rf "$at"
}
export -f one
export before
sed '/^await-open/q' kill.steps | grep -vE '^(dump|wait) ' >open.steps
echo check >>open.steps

awk -v n="$kills" -v seed="$seed" -v length_s="$((length / 1000000))" 'BEGIN {
	srand(seed)
	for (i = 0; i < n; i++)
		printf "%d %.4f\n", i, (i + rand()) / n * length_s / 1000
}' >moments
start=$(date +%s)
# shellcheck disable=SC2016  # the inner shell expands it
xargs -r -n 2 -P 2 bash -c 'one "$1" "$2"' one <moments >results 2>results.err
none() { # NAME KIND
	local bad
	bad=$(grep "^lost $2: " results | head -n 1 | cut -d ' ' -f 3- | cut -c 1-250)
	if [ -z "$bad" ]; then ok "$1"; else not_ok "$1" "$(grep -c "^lost $2: " results) of $kills: $bad"; fi
}
equal "every kill was looked at" "$(grep -cE '^(fine|lost) ' results)" "$kills"
none "no run ended otherwise than by being killed" program
none "caseroomctl verify finds every store whole" verify
none "the acts kept are the first ones of a full run" order
none "no act that was done is gone, and none is half done" acts
none "no finished sentence is gone" words
none "the panel opens it again" panel
inside=$(awk -v s="$steps" '$1 == "fine" && $2 > 0 && $2 < s' results | wc -l)
is "most moments lie inside the meeting ($inside of $kills)" test $((inside * 2)) -ge "$kills"
echo "   kill: $kills kills with seed $seed in $(($(date +%s) - start)) s, a full run takes $((length / 1000000)) ms;" \
	"$(awk '$1 == "fine" && $2 == 0' results | wc -l) before the store was open," \
	"$inside inside, $(awk -v s="$steps" '$1 == "fine" && $2 == s' results | wc -l) after the last step." \
	"$([ "$kills" -ge 200 ] || echo "make soak kills 200 times.")"
done_testing
