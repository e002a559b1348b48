#!/usr/bin/env bash
# A backup comes back by touch, on both panels: on a box without a store, with other words, with a stick that is pulled out,
# stopped, cut by SIGKILL; in the place of a store that does not open; and of a stick on which a part is damaged.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
shots=${OUT:-$dir/shots}
mkdir -p stick empty key "$shots"
incidents=$(($(wc -l <"$sample/incidents.csv") - 1))
(umask 077 && echo 'orchard lantern pebble harbour' >pass && echo 'actor bundle daffodil fiddle halves leader noon proud' >others)
on() {
	local store=$1
	shift
	"$ctl" "$@" --store "$store" --passphrase-file pass
}
# what the panel says of when a file was written is the stick's word; this one is told again in the steps
written() { find "$1" -exec touch -d '2026-11-19 14:05' {} +; }
panel() { # NAME SCRIPT STORE STICK [SIZE]
	ends 0 "$1" "$BUILD/caseroom" --store "$3" --stick "$4" --script "$2" --out "$shots" --size "${5:-1280x800}"
}
byte() { # FILE AT: another value there
	local was
	was=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059  # the format is the byte
	printf "\\$(printf %03o $((was ^ 8)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

ends 0 "a sample store" "$ctl" init --store s --sample --demo-keys keys --passphrase-file pass --recovery-file words
ends 0 "a backup of it" on s backup stick
written stick
on s export referrals >referrals.csv
last=$(tail -n 1 referrals.csv | cut -d , -f 1)
today=$(date '+%-d %B %Y')
cp -r s newer
ends 0 "the store goes on after that" on newer agenda safer-estates --date 2026-12-17

# ---- on a box without a store ----
back() { # SIZE FIND
	rm -rf "new-$1" "stick-$1" && cp -rp stick "stick-$1.taken-out"
	sed "s/TODAY/$today/; s/FIND/$2/; s/LAST-CASE/$last/" "$top/tests/e2e/restore.steps" >"restore-$1.steps"
	mkdir -p "$shots/$1"
	ends 0 "a store comes back by touch at $1" "$BUILD/caseroom" --store "new-$1" --stick "stick-$1" --script "restore-$1.steps" \
		--out "$shots/$1" --size "$1"
	ends 0 "it verifies" on "new-$1" verify
	run on "new-$1" export referrals
	is "it says the same as the one before" cmp "$out" referrals.csv
	run on "new-$1" audit --json
	prints "its audit log says that it was restored" "store.restored"
}
back 1280x800 "Find a case"
back 800x480 Find
cp -r empty none
panel "a stick without a backup says what was looked for" "$top/tests/e2e/restore-none.steps" absent none 800x480
is_not "and nothing was made" test -e absent

panel "by a keyboard alone" "$top/tests/e2e/restore-keys.steps" by-keys stick
ends 0 "as whole" on by-keys verify

# ---- cut in the middle ----
# The panel is ended as soon as FILE is there; it was in the middle when the mark of making still stands.
cut_at() { # STORE SCRIPT FILE
	local pid
	"$BUILD/caseroom" --store "$1" --stick stick --script "$2" --out "$shots" --size 1280x800 >/dev/null 2>&1 &
	pid=$!
	until [ -e "$3" ] || ! kill -0 $pid 2>/dev/null; do :; done
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ -e "$3" ]
}
again=$top/tests/e2e/restore-again.steps
for _ in 1 2 3 4 5; do
	rm -rf cut
	cut_at cut "$again" cut/making && break
done
is "SIGKILL while the store is made" test -e cut/making
panel "it begins again, and comes back" "$again" cut stick
ends 0 "whole" on cut verify
is_not "and no mark of making is left" test -e cut/making

# ---- in the place of a store that does not open ----
replace() { # NAME PROBLEM NEWER ROOM-KEY STICK SIZE
	sed "s/PROBLEM/$2/; s/NEWER/$3/; s/ROOM-KEY/$4/; s/shot replace/shot $1/" "$top/tests/e2e/restore-replace.steps" >"$1.steps"
	rm -rf broken.before-*
	panel "$1" "$1.steps" broken "$5" "$6"
	ends 0 "what came back verifies" on broken verify
	run on broken list meetings
	is_not "it is the one of the backup" grep -q 2026-12-17 "$out"
	is "the old one is kept" test -d broken.before-*
}
cp -r newer broken
byte broken/store.db 2000
replace damaged "The store is damaged" "What that is cannot be told: its record does not open." "A room key that" stick 1280x800

rm -rf broken broken.before-* && cp -r newer broken && rm broken/keyring
panel "a store without its keyring is not taken for an empty box" "$top/tests/e2e/restore-lost.steps" broken stick 800x480
ends 0 "and gives way as well" on broken verify
is "what was left of it is kept" test -e broken.before-*/store.db

# The room key remembers more than the card: an older one was put back. The words open it, so what is newer in it is told.
cp -r s older
ends 0 "a room key" on older roomkey make key
ends 0 "incidents" on older import incidents "$sample/incidents.csv"
ends 0 "a meeting" on older agenda safer-estates --date 2026-12-17 --room-key key
rm -rf broken && cp -r older broken
ends 0 "and one more" on older agenda safer-estates --date 2026-12-18 --room-key key
cp -r stick/* key && written key
replace older "older" '17 December 2026"\nexpect "Imported here since: '"$incidents"' lines of incidents' "The room key on this stick goes with" key 1280x800
ends 0 "it opens beside the room key" on broken verify --room-key key

# A restore was cut between its two renames: what lies beside is the old store, and is not cleared away.
rm -rf broken broken.before-* && cp -r newer broken && cp -r s broken.restoring
ends 0 "restored after such a cut" "$ctl" restore stick --store broken --recovery-file words --replace
equal "both of the stores are kept" "$(find . -maxdepth 1 -name 'broken.before-*' | wc -l)" 2
rm -rf broken broken.before-* && cp -r newer broken && byte broken/store.db 2000
sed 's/PROBLEM/The store is damaged/; s/NEWER/goes further/; s/ROOM-KEY/A room key/; s/shot replace/shot cut/' \
	"$top/tests/e2e/restore-replace.steps" >cut.steps
for _ in 1 2 3 4 5; do
	rm -rf broken.restoring
	cut_at broken cut.steps broken.restoring/making && break
done
is "SIGKILL while one is replaced" test -e broken.restoring/making
is "leaves the one that was there" test -e broken/keyring
rm -rf broken.before-*
panel "and it begins again" cut.steps broken stick
ends 0 "to the end" on broken verify
is_not "nothing is left beside it but the old one" test -e broken.restoring

# ---- the newest part is damaged ----
cp -r s two && cp -r stick two-parts
ends 0 "something new" on two agenda safer-estates --date 2026-12-17
ends 0 "a second part" on two backup two-parts
f=$(find two-parts -name 000002.age)
byte "$f" $(($(stat -c %s "$f") / 2))
panel "a part is damaged: which, and the state before it" "$top/tests/e2e/restore-earlier.steps" earlier two-parts
ends 0 "that state verifies" on earlier verify
run on earlier list meetings
is_not "and has not what came after it" grep -q 2026-12-17 "$out"
ends 3 "the command says so too" "$ctl" restore two-parts --store r --recovery-file words
prints "and of when that state is" "An earlier state is whole: the store as it was on $today"
ends 0 "and brings it back when it is asked for" "$ctl" restore two-parts --store r --recovery-file words --earlier
rm -rf r "$(find two-parts -name 000001.age)"
ends 3 "without the first part there is none" "$ctl" restore two-parts --store r --recovery-file words
says "it says which" "Part 1 of this backup is missing"

# ---- an auditor's key opens what came back ----
cp -r s audited && mkdir audited-stick
auditor_key audited pass
ends 0 "a backup of that store" on audited backup audited-stick
panel "it comes back by touch" "$again" audited-back audited-stick
auditor_opens audited-back

# ---- what an import brought ----
cp -r s imported
ends 0 "cases are imported" on imported import referrals "$sample/referrals-200.csv"
ends 0 "and incidents" on imported import incidents "$sample/incidents.csv"
ends 1 "a restore over them" "$ctl" restore stick --store imported --recovery-file words
prints "says how many lines of cases are not in the backup" \
	"imported since: $(($(wc -l <"$sample/referrals-200.csv") - 1)) lines of referrals"
prints "and of incidents" "imported since: $incidents lines of incidents"
byte imported/store.db 2000
ends 1 "where it does not open" "$ctl" restore stick --store imported --recovery-file words
prints "that is said, and what it may be" "What that is could not be told: its record does not open. One entry can be an import of many cases."
rm imported/anchor
ends 1 "where its anchor is gone" "$ctl" restore stick --store imported --recovery-file words
prints "it is the anchor, and not the words" "could not be told: its anchor is missing or damaged."

done_testing
