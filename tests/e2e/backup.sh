#!/usr/bin/env bash
# A backup on a stick: brought up to date, damaged, taken to another box, put in the place of a store; and without this
# program, with Debian's age.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
echo 'actor bundle daffodil fiddle halves leader noon proud' >others
mkdir stick
run "$ctl" init --store s --sample --demo-keys keys --passphrase-file pass --recovery-file words
on() {
	local store=$1
	shift
	"$ctl" "$@" --store "$store" --passphrase-file pass
}
set_of() { find stick/caseroom-backup-* -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1; }

# ---- first, and again ----
ends 0 "the first backup" on s backup stick
prints "it says how much" "pages were written and read back"
is "it has its folder" test -f "$(set_of)/000001.age"
is_not "nothing on the stick is readable" grep -raqE 'Avery|Sorrel|SQLite format|C-2026-' stick
first=$(du -sb stick | cut -f 1)
ends 0 "one more person" on s recipient add police "$(sed -n 's/^# public key: //p' keys/police.key 2>/dev/null | grep . || age-keygen -y keys/police.key)"
ends 0 "the second backup" on s backup stick
is "little was written" test $(($(du -sb stick | cut -f 1) - first)) -lt $((first / 4))
ends 1 "no stick" on s backup gone
says "it says so" "The stick is not there: there is no folder gone. Put it in"

# ---- on another box ----
on s export referrals >referrals.csv
ends 2 "other words" "$ctl" restore stick --store r --recovery-file others
is_not "make nothing" test -e r/keyring
ends 1 "without the words or a terminal" setsid "$ctl" restore stick --store r
says "it names its own option" "--recovery-file"
is_not "and no other" grep -q -- "--passphrase-file" "$err"
ends 0 "restore on another box" "$ctl" restore stick --store r --recovery-file words
is_not "nothing was kept there" grep -q "is kept whole" "$out"
prints "it tells of the room key" "A room key that saw more than the backup holds refuses this store"
prints "it says of when" "The backup was made on"
ends 0 "it verifies" on r verify
run on r export referrals
is "and says the same" cmp "$out" referrals.csv
run on r audit --json
prints "its audit says that it was restored" "store.restored"
run on r audit
prints "in words" "was first to open the store after a restore"
run on s audit --json
is_not "that of the other does not" grep -q store.restored "$out"

# ---- an auditor's key opens what came back ----
cp -r s audited && mkdir audited-stick
auditor_key audited pass
ends 0 "a backup of that store" on audited backup audited-stick
ends 0 "comes back in its place" "$ctl" restore audited-stick --store audited --recovery-file words --replace
auditor_opens audited

# ---- over a store that has gone on ----
ends 0 "a meeting is planned" on s agenda safer-estates --date 2026-12-17
plan=$(sed -n 1p "$out")
echo 'copper walrus sundial fennel' >second
ends 0 "a key is added" on s person add --agency police --name 'Ada Example' --role Sergeant --new-passphrase-file second
ends 1 "restore over a store" "$ctl" restore stick --store s --recovery-file words
prints "it says what is newer: the meeting" "17 December 2026"
prints "it says what is newer: the audit" "of the audit log"
prints "it says what is newer: the key" "key added since: Training: Police, Sergeant"
says "it says how" "--replace"
run on s list meetings
prints "and changed nothing" "2026-12-17"
ends 0 "restore in its place" "$ctl" restore stick --store s --recovery-file words --replace
prints "it says where the old one is" "The store that was there is kept whole in s.before-"
run on s list meetings
is_not "the meeting is not in the backup" grep -q 2026-12-17 "$out"
kept=$(find . -maxdepth 1 -name "s.before-*" | head -n 1)
run on "$kept" list meetings
prints "the old store is kept beside it" "2026-12-17"
ends 0 "a backup of the restored store" on s backup stick
ends 0 "it verifies too" on s verify

# ---- the room key remembers more than the backup ----
mkdir key
ends 0 "a room key" on s roomkey make key
ends 0 "it sees the store" "$ctl" verify --store s --passphrase-file words --room-key key
ends 0 "one more meeting" "$ctl" agenda safer-estates --date 2026-12-18 --store s --passphrase-file words --room-key key
cp -r s s-key
cp -r key key-before
ends 0 "restored with the room key there" "$ctl" restore stick --store s --recovery-file words --replace --room-key key
is_not "then it says nothing of opening once" grep -q "refuses this store" "$out"
ends 0 "it opens beside the room key" "$ctl" verify --store s --passphrase-file words --room-key key
ends 0 "restored without it" "$ctl" restore stick --store s-key --recovery-file words --replace
for day in 19 20 21; do run on s-key agenda safer-estates --date 2026-12-$day; done
ends 4 "and used: the room key says restored" "$ctl" verify --store s-key --passphrase-file pass --room-key key-before
says "and not broken" "restored from a backup"
ends 0 "as it was told, once with the words" "$ctl" verify --store s-key --passphrase-file words --room-key key-before
ends 0 "from then on it goes with the store" "$ctl" verify --store s-key --passphrase-file pass --room-key key-before

# ---- damage ----
cp -r stick bad
f=$(find bad -name 000001.age | sort | tail -n 1) # of the newest set
middle=$(($(stat -c %s "$f") / 2))
byte=$(od -An -tu1 -j $middle -N 1 "$f")
printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$f" bs=1 seek=$middle conv=notrunc status=none
ends 3 "restore of a damaged backup" "$ctl" restore bad --store r2 --recovery-file words
says "it names the part" "Part 1 of"
is_not "and makes nothing" test -e r2/keyring
ends 0 "the next backup sees it" on s backup bad
prints "and begins anew" "a full one was made beside it"
ends 0 "which can be restored" "$ctl" restore bad --store r2 --recovery-file words

# ---- without this program ----
ends 1 "the key is not printed into a pipe" "$ctl" recovery identity stick --recovery-file words
ends 0 "the key that opens the parts, from the stick alone" "$ctl" recovery identity stick id --recovery-file words
equal "is for its owner alone" "$(stat -c %a id)" 600
is "age opens a part with it" age -d -i id -o part "$(set_of)/000001.age"
equal "which is ours" "$(head -c 6 part)" CRPART
is_not "and holds nothing in clear" grep -aqE 'Avery|Sorrel|SQLite format' part
ends 2 "not with other words" "$ctl" recovery identity stick id2 --recovery-file others
ends 1 "not of what is none" "$ctl" recovery identity keys id2 --recovery-file words
is_not "and makes no file" test -e id2
ends 0 "from one set of it" "$ctl" recovery identity "$(set_of)" id3 --recovery-file words
is "it is the same" cmp id id3
ends 0 "from a store" "$ctl" recovery identity s id4 --recovery-file words
is "it is the same too" cmp id id4
run on s audit
prints "and the store says so" "took out the key that opens every backup"
ends 64 "without a folder it is not understood" "$ctl" recovery identity --recovery-file words

# ---- a file of the first version ----
old=$top/tests/unit/store-1
pages=$(($(stat -c %s "$old/store.db") / 4096))
le() { local i; for ((i = 0; i < $1; i++)); do printf "\\x$(printf %02x $((($2 >> (8 * i)) & 255)))"; done; }
{
	printf 'CRBACK\r\n'
	le 2 1 && le 2 0 && le 4 4096
	head -c 32 "$old/keyring" | tail -c 16
	le 4 "$(stat -c %s "$old/keyring")" && le 4 8192 && le 8 $pages && le 8 0
	head -c 72 /dev/zero
	cat "$old/keyring" "$old/anchor" "$old/store.db"
} >old
b2sum -l 256 old | cut -c 1-64 | xxd -r -p >>old
ends 0 "the single file of the first version" "$ctl" restore old --store r3
run on r3 list meetings
prints "comes back" "2026-11-19"
ends 1 "not over a store" "$ctl" restore old --store r3
ends 0 "but in its place" "$ctl" restore old --store r3 --replace
# ---- on the panel ----
OUT=${OUT:-o}
on_panel() { # STORE STICK SIZE SETTINGS: backup.steps
	mkdir -p "$2" "$OUT/backup-$3.d"
	sed "s/SETTINGS/$4/" "$top/tests/e2e/backup.steps" >panel.steps
	ends 0 "the panel makes one by touch at $3" "$BUILD/caseroom" --store "$1" --stick "$2" --script panel.steps --size "$3" --out "$OUT/backup-$3.d"
}
on_panel r panel 1280x800 Settings
ends 0 "which can be restored" "$ctl" restore panel --store r4 --recovery-file words
on_panel r panel-small 800x480 Other

# ---- by itself, when a meeting is closed with the stick in ----
closes() { # STEPS SIZE: the meeting of those steps up to its close, then what the screen says
	cp -r whole "m-$2" && mkdir -p "closing-$2" "$OUT/closing-$2.d"
	{
		sed -E '/^hold "Hold( to close)?"$/q' "$top/tests/e2e/$1.steps" | grep -v '^\(shot\|dump\) '
		cat <<'STEPS'
expect "The meeting is closed"
await
expect "The backup is made"
expect "on the stick. "
shot closed.png
check
STEPS
	} >closes.steps
	ends 0 "a meeting is closed with the stick in at $2" "$BUILD/caseroom" --store "m-$2" --stick "closing-$2" --script closes.steps \
		--size "$2" --out "$OUT/closing-$2.d"
	ends 0 "and what it left on the stick comes back" "$ctl" restore "closing-$2" --store "back-$2" --recovery-file words
	run on "back-$2" list meetings
	prints "with the meeting in it" "2026-11-19"
}
run "$ctl" init --store whole --sample --passphrase-file pass --recovery-file words-2
mv words-2 words
closes meeting 1280x800
closes meeting-small 800x480

# ---- after a new data key and nothing more ----
mkdir rekeyed
ends 0 "a backup" on whole backup rekeyed
ends 0 "a new data key" on whole rekey
ends 0 "the backup after it" on whole backup rekeyed
prints "it says that the one before had the old key" "was made before the new data key"
is_not "and not that anything was disposed of" grep -q 'disposed' "$out"
done_testing
