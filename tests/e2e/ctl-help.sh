#!/usr/bin/env bash
# What the program says of its verbs and what the manual's SYNOPSIS says are the same: every verb stands there with its
# arguments and with each option it takes, and takes each option that stands there. A mistyped verb is told how it goes.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2

# ---- the manual: one line a form of a verb, without troff ----
sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$top/docs/man/caseroomctl.1" | awk '
	/^\.SH/ { next }
	/^\.br/ { print line; line = ""; next }
	{
		joined = ($1 ~ /^\.[BRI][BRI]$/)
		sub(/^\.[BRI]+ /, "")
		gsub(/\\-/, "-")
		gsub(/\\\(dq/, "\"")
		if (joined) gsub(/ /, "")
		line = line (line == "" ? "" : " ") $0
	}
	END { print line }' >synopsis
"$ctl" --help | sed -n 's/^  caseroomctl //p' >verbs
is "the program has its verbs" test "$(wc -l <verbs)" -gt 30

# the words of a verb: what stands before its arguments and options
words_of() { sed -E 's/ +([A-Z[]|--).*//'; }
# options NAME: those of the help of a verb, one a line, and the whole help in $out
options() {
	# shellcheck disable=SC2086
	run "$ctl" $1 --help
	sed -n 's/^      --\([a-z-]*\).*/\1/p' "$out" | grep -vx help | sort -u
}
# what every verb takes that opens the store with its keys stands once, below the synopsis
options verify >common
equal "verify takes the options of what opens the store and no others" "$(tr '\n' ' ' <common)" 'device-secret key passphrase-file room-key store token '
while read -r line; do
	words=$(words_of <<<"$line")
	grep -E "^caseroomctl $words( |\$)" synopsis >forms
	if ! sed 's/$/ /' forms | grep -qF "caseroomctl $line "; then
		not_ok "$words is in the synopsis" "no line \"caseroomctl $line\""
		continue
	fi
	ok "$words is in the synopsis"
	options "$words" >takes
	equal "$words --help" "$status" 0
	grep -oE -- '--[a-z-]+' forms | sed 's/^--//' | sort -u >told
	# the common ones need no place in the line of a verb that takes them all
	if [ -z "$(comm -23 common takes)" ]; then
		equal "$words: each of its options is in the synopsis" "$(comm -23 takes common | comm -23 - told)" ""
	else
		equal "$words: each of its options is in the synopsis" "$(comm -23 takes told)" ""
	fi
	equal "$words: each option of the synopsis is its own" "$(comm -13 takes told)" ""
	while read -r option; do
		is "$words: --$option is needed in the synopsis too" grep -qE -- "[^[]--$option( |\$)" forms
	done < <(sed -n 's/^      --\([a-z-]*\).* (needed)$/\1/p' "$out")
	is_not "$words: what is needed has no \"when left out\"" grep -q 'left out.*(needed)' "$out"
done <verbs
while read -r _ form; do
	words=$(words_of <<<"$form")
	is "the program has \"$words\"" grep -qE "^$words( |\$)" verbs
done <synopsis

# ---- a verb mistyped ----
ends 0 "the help of a family" "$ctl" dispose --help
for word in list review hold lift carry-out certificate; do
	prints "dispose $word is in it" "  caseroomctl dispose $word"
done
prints "and how to the options" "caseroomctl dispose WORD --help"
ends 64 "half a command" "$ctl" dispose
says "it names the words" "list, review, hold, lift, carry-out, certificate"
ends 64 "a word that is none" "$ctl" practice learn
says "likewise" "add, check, list, show, remove"
ends 64 "an option of another word" "$ctl" dispose list --until 2030-01-01
says "the help it names is that of the word" "See caseroomctl dispose list --help."
ends 64 "five words without quotation marks" "$ctl" audit --fingerprint one two three four five
says "it shows how it goes" "Usage: caseroomctl audit [OPTION...]. Nothing was done. Words that belong together go in quotation marks."
run "$ctl" audit --help
prints "as the help does" '--fingerprint "WORDS"'
ends 64 "too few words" "$ctl" show cases
says "it shows the line" "Usage: caseroomctl show KIND ID [OPTION...]."
ends 64 "too few words of a verb with a needed option" "$ctl" papers --out x
says "it shows that too" "Usage: caseroomctl papers MEETING --out DIR"
done_testing
