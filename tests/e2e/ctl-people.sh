#!/usr/bin/env bash
# From a plain store to one that two agencies open: whose the first key is, which key a passphrase is for, a new data key.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
umask 077
echo 'umber lantern orchard pebble' >first
echo 'copper walrus sundial fennel' >police
echo 'amber kettle orchard pebble' >housing
echo 'marble candle river thistle' >wrong
first() { run "$ctl" "$@" --store s --passphrase-file first; }
count() { run "$ctl" keys --store s && grep -c 'waits after wrong tries' "$out"; }

# ---- whose the first key is ----
ends 0 "a plain store" "$ctl" init --store s --passphrase-file first --recovery-file words
for kind in forums agencies people; do
	first import $kind "$sample/$kind.csv"
	equal "$kind" "$status" 0
done
run "$ctl" keys --store s
prints "its key is nobody's" "passphrase; a person of no agency"
first quorum 2
equal "two agencies are refused" "$status" 1
says "by the key's name" 'The key "Coordinator" belongs to no agency'
says "with the way out" "person add --own-key"
me=(person add --own-key --agency council --name 'Alex Test' --role Coordinator)
first "${me[@]}" --new-passphrase-file wrong
equal "no new key is made with it" "$status" 65
run "$ctl" "${me[@]}" --store s --passphrase-file words
equal "the recovery words are nobody's" "$status" 1
first "${me[@]}"
equal "person add --own-key" "$status" 0
prints "names the key and the agency" 'The key "Coordinator" is this person'
first "${me[@]}"
equal "and once" "$status" 1
first person add --own-key --agency police --name 'Bo Test' --role Sergeant
equal "it is nobody else's after that" "$status" 1
says "which is said" "is somebody's already"
first list people --json
is "it is that person's" jq -e '[.[] | select(.opens == "yes").name] == ["Alex Test"]' "$out"
first person add --agency police --name 'Morgan Example' --role Inspector --new-passphrase-file police
equal "a key for somebody who was imported" "$status" 0
first person add --agency housing --name 'Cy Test' --role Officer --new-passphrase-file housing
equal "and for one who was not" "$status" 0
first list people --json
is "nobody is there twice" jq -e '[.[] | select(.name == "Morgan Example")] | length == 1 and .[0].opens == "yes"' "$out"
first quorum 2
equal "two agencies" "$status" 0
prints "what a new data key is for" "caseroomctl rekey ends that"
ends 0 "two of them open" "$ctl" list forums --store s --passphrase-file police --passphrase-file housing
ends 0 "one is removed by two" "$ctl" person remove 'Police, Inspector' --store s --passphrase-file first --passphrase-file housing
prints "and what that leaves" "caseroomctl rekey ends that"
pair=(--store s --key coord --passphrase-file first --key 'HOUSING options' --passphrase-file housing)
ends 0 "the two that are left open, each by its name" "$ctl" list forums "${pair[@]}"
run "$ctl" audit --json "${pair[@]}"
is "each key of an opening is its own person's" jq -e '[.[] | select(.act == "store.opened")] | .[-2:] | map(.who + ": " + .on) ==
	["Alex Test, Coordinator, City council: Coordinator", "Cy Test, Officer, Housing options: Housing options, Officer"]' "$out"

# ---- which key a passphrase is for ----
ends 65 "a key that is not there" "$ctl" list forums --store s --key Probation --passphrase-file first
says "those there are" "  Coordinator"
ends 65 "more names than passphrases" "$ctl" list forums --store s --key coord --key housing --passphrase-file first
ends 0 "one agency again" "$ctl" quorum 1 "${pair[@]}"
first person add --agency police --name 'Di Test' --role Sergeant --new-passphrase-file police
ends 0 "a second label that begins so" "$ctl" person add --agency police --name 'Ed Test' --role 'Sergeant of the day' --store s \
	--key Coordinator --passphrase-file first --new-passphrase-file wrong
ends 65 "a beginning that two keys have" "$ctl" list forums --store s --key 'police, s' --passphrase-file police
says "is told with both" "  Police, Sergeant of the day"
is_not "and no other" grep -q Coordinator "$err"
ends 0 "a whole label that another begins with" "$ctl" list forums --store s --key 'police, sergeant' --passphrase-file police
ends 0 "the second is taken away" "$ctl" person remove 'Police, Sergeant of the day' --store s --key Coordinator --passphrase-file first
named() { run "$ctl" list forums --store s --key 'Police, Sergeant' --passphrase-file "$1"; }
for _ in 1 2 3; do named wrong; done
equal "wrong tries at a key that is named" "$status" 2
equal "wait at that key alone" "$(count)" 1
prints "which the list of keys says" "Police, Sergeant                          passphrase; a person of agency 1; waits after wrong tries until 20"
named police
equal "the right one has to wait" "$status" 75
ends 0 "another key opens meanwhile" "$ctl" list forums --store s --key coord --passphrase-file first
run "$ctl" list forums --store s --passphrase-file police
equal "without a name it is not called wrong" "$status" 75
says "it is said how many wait" "1 key has to wait after wrong passphrases"
says "and what names it" "--key names the one that is meant"
for _ in 1 2; do run "$ctl" list forums --store s --passphrase-file wrong; done
equal "guesses at the others are not free" "$(count)" 3
rm s/tries

# ---- a new data key ----
cp -r s before
ends 64 "a verb without arguments takes none" "$ctl" rekey now --store s
says "and says how it is called" "Usage: caseroomctl rekey [OPTION...]. Nothing was done."
ends 0 "a new data key" "$ctl" rekey --store s --passphrase-file first --key coord
prints "what is to be done after it" "Destroy older backups"
run "$ctl" audit --json --store s --passphrase-file first --key coord
is "the audit has who asked for it, and that it was made" jq -e '[.[] | select(.act == "store.rekey" or .act == "store.data-key") | .act + " " + .who] ==
	["store.rekey Alex Test, Coordinator, City council", "store.data-key Alex Test, Coordinator, City council"]' "$out"
ends 0 "every key opens" "$ctl" list forums --store s --passphrase-file housing --key housing
ends 0 "the store holds" "$ctl" verify --store s --passphrase-file first --key coord
cp before/keyring s/keyring
run "$ctl" verify --store s --passphrase-file first --key coord
is_not "the keyring of before opens nothing" test "$status" -eq 0
done_testing
