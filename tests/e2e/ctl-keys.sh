#!/usr/bin/env bash
# Keys by caseroomctl: a PIN with a room key, several agencies together, recovery words, and what is refused.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
umask 077
echo 'umber lantern orchard pebble' >council
echo 'copper walrus sundial fennel' >police
echo 482915 >pin
echo 123456 >easy
mkdir stick spare empty
ends 0 "a store" "$ctl" init --store s --sample --passphrase-file council --recovery-file words
lead='Training: City council, Community safety lead' sergeant='Training: Police, Sergeant'

ends 0 "the keys are listed without a passphrase" "$ctl" keys --store s
prints "with what each asks for" "$lead  passphrase"
prints "and the recovery words" "the recovery words on paper"
is "eight words are written" grep -qE '^([a-z]+ ){7}[a-z]+$' words

# ---- room key and PIN ----
ends 65 "a PIN without a room key" "$ctl" person add --store s --passphrase-file council --agency police --name 'Ada Example' \
	--role Sergeant --pin --new-passphrase-file pin
says "and what it goes with" "goes with a room key"
ends 1 "no room key there" "$ctl" person add --store s --passphrase-file council --room-key empty --agency police --name 'Ada Example' \
	--role Sergeant --pin --new-passphrase-file pin
says "it is said where" "There is no room key in empty"
ends 0 "a room key" "$ctl" roomkey make stick --store s --passphrase-file council
equal "is private" "$(stat -c %a stick/caseroom-room-key)" 600
before=$(sha256sum stick/caseroom-room-key)
ends 1 "a room key over another" "$ctl" roomkey make stick --store s --passphrase-file council
equal "leaves that as it was" "$(sha256sum stick/caseroom-room-key)" "$before"
ends 1 "an easy PIN" "$ctl" person add --store s --passphrase-file council --room-key stick --agency police --name 'Ada Example' \
	--role Sergeant --pin --new-passphrase-file easy
ends 0 "a PIN with it" "$ctl" person add --store s --passphrase-file council --room-key stick --agency police --name 'Ada Example' \
	--role Sergeant --pin --new-passphrase-file pin
run "$ctl" keys --store s
prints "it is listed" "$sergeant"
prints "and what it asks for" "PIN, room key"
ends 0 "PIN and room key open" "$ctl" list forums --store s --passphrase-file pin --room-key stick
run "$ctl" list forums --store s --passphrase-file pin
is_not "the PIN alone does not" test "$status" -eq 0
ends 0 "a spare" "$ctl" roomkey copy spare --room-key stick --store s --passphrase-file council
ends 0 "opens as well" "$ctl" list forums --store s --passphrase-file pin --room-key spare

# ---- several agencies ----
ends 65 "four agencies" "$ctl" quorum 4 --store s --passphrase-file council
ends 1 "more agencies than there are keys of" "$ctl" quorum 3 --store s --passphrase-file council
ends 0 "two agencies" "$ctl" quorum 2 --store s --passphrase-file council
ends 1 "one of them" "$ctl" list forums --store s --passphrase-file council
says "is told how many it takes" "takes keys of 2 agencies"
ends 0 "both of them" "$ctl" list forums --store s --passphrase-file council --passphrase-file pin --room-key stick
ends 1 "the same one twice" "$ctl" list forums --store s --passphrase-file council --passphrase-file council
says "is told" "another agency"
says "with what a key that is left asks for" "\"$sergeant\": This key asks for the room key as well"
ends 65 "fewer names than passphrases" "$ctl" list forums --store s --key "$lead" --passphrase-file council --passphrase-file pin --room-key stick
ends 1 "a token that is not in" "$ctl" list forums --store s --token --passphrase-file easy
says "is told before anything is tried" "No token was found. Nothing was tried."
run "$ctl" keys --store s
is_not "and counts nowhere" grep -q "waits after wrong tries" "$out"
ends 0 "the recovery words open alone" "$ctl" list forums --store s --passphrase-file words
ends 1 "the key that would leave too few" "$ctl" person remove "$sergeant" --store s --passphrase-file words
ends 0 "an auditor of a third agency" "$ctl" person add --auditor --store s --passphrase-file words --agency victims --name 'Cy Example' \
	--role Auditor --new-passphrase-file police
ends 1 "does not make it three" "$ctl" quorum 3 --store s --passphrase-file words
says "which is said" "Only 2 agencies have a key that may write"
ends 0 "and opens the audit log with one of the others" "$ctl" audit --store s --passphrase-file police --passphrase-file council
ends 0 "it goes again" "$ctl" person remove 'Training: Victim services, Auditor' --store s --passphrase-file words
ends 1 "the recovery words are not removed now" "$ctl" person remove 'Recovery words' --store s --passphrase-file words
says "as the only other way in" "the only other way in"
ends 0 "any one again" "$ctl" quorum 1 --store s --passphrase-file council --passphrase-file pin --room-key stick
ends 0 "opens alone again" "$ctl" list forums --store s --passphrase-file council

# ---- changed, taken away ----
ends 1 "another's key is not changed" "$ctl" person passphrase "$sergeant" --store s --passphrase-file council \
	--new-passphrase-file police
says "and it is said what to do" "removing the key and adding a new one"
ends 0 "a passphrase in the place of one's own PIN" "$ctl" person passphrase "$sergeant" --store s --passphrase-file pin --room-key stick \
	--key "$sergeant" --new-passphrase-file police
ends 0 "opens without the room key" "$ctl" list forums --store s --passphrase-file police
run "$ctl" list forums --store s --passphrase-file pin --room-key stick
is_not "the PIN opens nothing" test "$status" -eq 0
ends 1 "new words that nobody would read" "$ctl" recovery new --store s --passphrase-file council
# on a terminal that takes nothing (it is open for reading): they are written before those of before are taken away
script -qec "'$ctl' recovery new --store s --passphrase-file council 1</dev/tty" /dev/null >"$err" 2>&1 </dev/null
says "words that cannot be shown change nothing" "the words of before still hold"
ends 0 "they do" "$ctl" list forums --store s --passphrase-file words
ends 0 "new words" "$ctl" recovery new --store s --passphrase-file council --recovery-file words2
prints "which says what opens the backups of before" "Backups made before now still open with the old words"
ends 0 "open" "$ctl" list forums --store s --passphrase-file words2
cut -c 1-4 <<<"$(tr ' ' '\n' <words2)" | tr '\n' ' ' | tr a-z A-Z >words3
ends 0 "by four letters a word, in capitals" "$ctl" list forums --store s --passphrase-file words3
run "$ctl" list forums --store s --passphrase-file words
is_not "those before open nothing" test "$status" -eq 0
ends 0 "a key is taken away" "$ctl" person remove "$sergeant" --store s --passphrase-file council
run "$ctl" audit --json --store s --passphrase-file council
is "the audit log is printed" jq -e "length > 20" "$out"
for act in key.add key.change key.remove; do
	is "$act names its key" jq -e --arg a "$act" 'any(.[]; .act == $a and (.on | endswith("Sergeant")))' "$out"
done
is "the quorum is told from what to what" jq -e '[.[] | select(.act == "key.quorum").on] == ["2 agencies instead of 1", "1 agency instead of 2"]' "$out"
for act in key.add key.room key.room-spare key.quorum key.change key.recovery key.remove; do
	is "the audit log has $act" jq -e --arg a "$act" '[.[] | select(.act == $a)] | length >= 1' "$out"
done
is_not "and nothing of what was refused" jq -e '[.[] | select(.act == "key.quorum")] | length > 2' "$out"
ends 0 "the recovery words are taken away" "$ctl" person remove 'Recovery words' --store s --passphrase-file council
prints "with what that leaves" "Without recovery words no backup can be made"
ends 0 "a second agency" "$ctl" person add --store s --passphrase-file council --agency police --name 'Bo Example' --role Officer \
	--new-passphrase-file police
ends 1 "two agencies without recovery words" "$ctl" quorum 2 --store s --key "$lead" --passphrase-file council
says "is refused with the way out" "caseroomctl recovery new"
ends 0 "and holds" "$ctl" verify --store s --key "$lead" --passphrase-file council
done_testing
