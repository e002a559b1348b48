#!/usr/bin/env bash
# The audit log from the outside: read by anybody and by an auditor, at the panel in both sizes, and held against a paper.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
echo 'velvet anchor thimble marrow' >auditor
store() { run "$ctl" "$@" --store s --passphrase-file pass; }
audits() { run "$ctl" "$@" --store s --passphrase-file auditor; }
ends 0 "a store" "$ctl" init --store s --sample --passphrase-file pass --recovery-file words
ends 0 "an auditor's key" "$ctl" person add --auditor --agency council --name "Ash Ledger" --role "Internal auditor" \
	--store s --passphrase-file pass --new-passphrase-file auditor

# ---- by anybody ----
store audit
prints "who, what, on what" "Harper Model, Community safety lead, City council: kept a decision: C-2026-0118"
is_not "no hidden case" grep -q C-2026-0122 "$out"
words=$(sed -n 's/^The audit log ends with: //p' "$out")
last=$(tail -n 2 "$out" | head -n 1 | awk '{print $1}')
equal "its end in five words" "$(wc -w <<<"$words")" 5
store audit --fingerprint "$words"
prints "the entry of a fingerprint" "That is entry $last of the audit log"
store audit --fingerprint "${words% *}"
equal "four words are none" "$status" 65
store audit --fingerprint "0123 4567 89AB CDEF"
equal "a fingerprint of another store" "$status" 1
says "is told as such" "No entry of this store has that fingerprint"
store audit --case C-2026-0118 --json
is "one case" jq -e 'length > 5 and all(.[]; .ref == "C-2026-0118")' "$out"
store audit --case C-2026-0122
equal "no hidden case by its reference" "$status" 1
store audit --person "Ash Ledger" --json
is "what was done about a person" jq -e 'any(.[]; .act == "person.add")' "$out"
store audit --since 2026-11-01 --json
is "from a day on" jq -e 'length > 0 and all(.[]; .at >= "2026-11-01")' "$out"
store verify
prints "its seals are for others to check" "can be checked with an auditor's key"

# ---- by the auditor ----
audits verify
prints "an auditor checks the seals" "Every seal of the audit log holds, from entry"
audits audit --case C-2026-0122
prints "an auditor sees what is hidden, by ids" "kept a decision: C-2026-0122, decision"
is_not "and no name of the case" grep -qE 'Avery|Robin Sample' "$out"
audits audit --since 2020-01-01
is_not "nor anywhere in the log" grep -qE 'Avery|Robin Sample|Sorrel' "$out"
refused="This key is an auditor's: it reads the audit log and nothing else. Use caseroomctl audit."
echo '{"version": 2}' >lists.json
echo 'umber walrus sundial fennel' >new
for verb in "list cases" "list people" "list subject Avery" "list nonsense" "show cases C-2026-0118" "export referrals" "papers 1 --out o" \
	"request 1 --out o" "agenda safer-estates --date 2026-12-17" "agenda nowhere --date 2026-12-17" "backup stick" "practice list" \
	"practice show lists" "practice check lists.json" "practice remove lists" "dispose list" "dispose certificate" \
	"dispose review case C-2026-0031" "dispose hold case C-2026-0031 --until 2030-01-01 --reason Claim" "dispose lift case C-2026-0031 --reason Over" \
	"dispose carry-out --for-ever" "quorum 1" "roomkey make stick" "recovery new --recovery-file words2" \
	"recipient add police age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" \
	"person add --agency nowhere --name N --role R --new-passphrase-file new"; do
	# shellcheck disable=SC2086
	audits $verb
	equal "an auditor's key and $verb" "$status $(cat "$err")" "1 caseroomctl: $refused"
	is_not "prints nothing" test -s "$out"
done
lead="Training: City council, Community safety lead"
audits person remove "$lead"
equal "an auditor's key and person remove" "$status $(cat "$err")" "1 caseroomctl: $refused"
audits person passphrase "$lead" --new-passphrase-file new
equal "an auditor's key and another's passphrase" "$status" 1
says "which is said" "This key is somebody else's"
run "$ctl" keys --store s
prints "the keys need no key" "reads the audit log alone"
run "$ctl" audit --help
prints "the help says what is an auditor's" "An auditor's key may do this."
run "$ctl" show --help
is_not "and what is not" grep -q "auditor" "$out"
store audit --json
is "each opening is an entry, with the key" jq -e '[.[] | select(.act == "store.opened" and (.on | endswith("Internal auditor")))] | length > 9' "$out"
is_not "nothing was given out" jq -e 'any(.[]; .act == "export.referrals")' "$out"

# ---- by the recovery words ----
run "$ctl" verify --store s --passphrase-file words
prints "the recovery words check every seal" "Every seal of the audit log holds, from entry 1"
store audit --json
is "and their use is told for ever" jq -e 'any(.[]; .act == "store.opened-recovery")' "$out"

# ---- the panel ----
cp -r s small
mkdir shots
ends 0 "the panel at 1280x800" "$BUILD/caseroom" --store s --script "$top/tests/e2e/audit.steps" --out shots --size 1280x800
sed 's/"Someone else"/"Other"/; s/"opened the store:.*"/"read the audit log"/; s/"Check chain and seals"/"Check"/; s/"Choose what is shown"/"Choose"/; s/^tap "Help"/tap "More"\n&/; s/^tap "The fingerprint of a paper"/tap "Page down"\n&/' "$top/tests/e2e/audit.steps" >small.steps
ends 0 "the panel at 800x480" "$BUILD/caseroom" --store small --script small.steps --out shots --size 800x480
# ---- wrong tries ----
echo 'marble candle river thistle' >wrong
ends 2 "a wrong passphrase" "$ctl" verify --store s --passphrase-file wrong
ends 2 "another" "$ctl" verify --store s --passphrase-file wrong
store audit --json
is "tries are told at the next opening" jq -e '[.[] | select(.act == "store.tries")] | length == 2 and .[1].on == "2"' "$out"
store audit
prints "in plain words" "had wrong tries at this key before: 2"
store audit --json
is "and once" jq -e '[.[] | select(.act == "store.tries")] | length == 2' "$out"
ends 0 "the store holds" "$ctl" verify --store s --passphrase-file pass
done_testing
