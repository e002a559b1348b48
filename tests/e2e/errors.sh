#!/usr/bin/env bash
# Why a store does not open, as the lock screen says it: each cause with a heading, what was found, and a next step of its
# own. The stores are damaged here as somebody with the card in hand can damage them.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
shots=${OUT:-$dir/shots}
mkdir -p stick other "$shots"
(umask 077 && echo 'orchard lantern pebble harbour' >pass && echo 482915 >pin)
ends 0 "a sample store" "$ctl" init --store whole --sample --demo-keys keys --passphrase-file pass --recovery-file recovery
ends 0 "its room key" "$ctl" roomkey make stick --store whole --passphrase-file pass
ends 0 "a room key of elsewhere" "$ctl" roomkey make other --store whole --passphrase-file pass
rm -f whole/tries
cp -a stick moving
cp -a stick broken-stick
cp -a stick fork-stick

panel() { # NAME STORE STICK SIZE: the steps are NAME.steps
	ends 0 "$1" "$BUILD/caseroom" --store "$2" --stick "$3" --script "$1.steps" --out "$shots" --size "$4"
}
page() { # NAME STORE HEADING FOUND NEXT [STICK] [SIZE] [PASSPHRASE]
	sed "s/NAME/$1/; s/HEADING/$3/; s/FOUND/$4/; s/NEXT/$5/; s/PASSPHRASE/${8:-orchard lantern pebble harbour}/" \
		"$top/tests/e2e/errors.steps" >"$1.steps"
	panel "$1" "$2" "${6:-empty}" "${7:-1280x800}"
}
copy() { rm -rf "$2" && cp -a "$1" "$2"; }
byte() { # FILE AT: another value there
	local was
	was=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059  # the format is the byte
	printf "\\$(printf %03o $((was ^ 8)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
page_of() { dd if="$1" of="$2" bs=4096 skip="$3" seek="$3" count=1 conv=notrunc status=none; }
mkdir empty

# ---- keys ----
copy whole store
page wrong store "That passphrase does not open this room" "2 more tries" "Look at capital letters" empty 1280x800 "four other words here"
page wrong-2 store "That passphrase does not open this room" "1 more try" "hold “Show”" empty 800x480 "four other words here"
page wrong-3 store "That passphrase does not open this room" "The next is possible at" "recovery words" empty 1280x800 "four other words here"
cat >waiting.steps <<'STEPS'
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
expect "The next is possible at"
expect "Who is opening?"
STEPS
panel waiting store empty 1280x800

copy whole pins
ends 0 "a key with a PIN" "$ctl" person add --store pins --passphrase-file pass --room-key moving --agency police --name 'Ada Example' \
	--role Sergeant --pin --new-passphrase-file pin
cat >room-keys.steps <<'EOF'
tap "Someone else"
tap "Training: Police, Sergeant"
expect "Room key in place"
room-key out
expect "The room key is not in place"
shot room-key-missing.png
check
EOF
panel room-keys pins moving 1280x800
cat >room-key-other.steps <<'EOF'
tap "Someone else"
tap "Training: Police, Sergeant"
expect "This is another room key"
shot room-key-other.png
check
EOF
panel room-key-other pins other 1280x800
byte broken-stick/caseroom-room-key 40
sed 's/another room key/damaged/; s/This is damaged/The room key cannot be read/; s/-other/-broken/' room-key-other.steps >room-key-broken.steps
panel room-key-broken pins broken-stick 1280x800

copy whole store
echo 'not a count of tries' >store/tries
ends 75 "a damaged file of tries" "$ctl" list cases --store store --passphrase-file pass
says "is not called wrong passphrases" "The file that counts wrong tries (tries) is damaged"

# ---- the card ----
copy whole store
byte store/store.db 2000
page damaged store "The store is damaged" "Page 1 of the store is not what was written" "records can be saved"
copy whole store
byte store/store.db $((59 * 4096 + 4085))
page damaged-small store "The store is damaged" "page 60 did not open" "caseroomctl salvage" empty 800x480

# a page that opening does not read: whatever meets it says so, and the store is closed
copy whole store
for at in $(seq 3 4 59); do byte store/store.db $(((at - 1) * 4096 + 2000)); done
ends 0 "pages are broken to learn whose they are" "$ctl" salvage --store store --out listed --passphrase-file pass
party=$(sed -n 's/^Page \([0-9]*\) did not open: the table party began there.*/\1/p' listed/lost.txt)
copy whole store
byte store/store.db $(((${party:-1} - 1) * 4096 + 2000))
cp -a store met
ends 3 "what meets it ends as damaged" "$ctl" show cases C-2025-0212 --store store --passphrase-file pass
says "and names the page" "Page $party of the store is not what was written"
ends 3 "so does what writes" "$ctl" import referrals "$sample/referrals-200.csv" --store store --passphrase-file pass
says "and names it too" "Page $party of the store is not what was written"
cat >met.steps <<EOF
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
tap "Find a case"
tap "Name, address or reference"
type "aver"
expect "The store is damaged"
expect "Page $party of the store is not what was written"
expect "A backup brings the store back"
shot met.png
check
tap "Restore from a backup"
expect "stick"
EOF
panel met met empty 1280x800

copy whole newer
ends 0 "something new is written" "$ctl" agenda safer-estates --date 2026-12-17 --store newer --passphrase-file pass
changed=$(cmp -l whole/store.db newer/store.db 2>/dev/null | awk '{ p = int(($1 - 1) / 4096); if (p > 5) { print p; exit } }')
copy newer store
page_of whole/store.db store/store.db "$changed"
page page-back store "Older pages were put back" "older ones that were put back" "can be saved"

copy newer store
byte store/keyring 200
cat >keyring-damaged.steps <<'EOF'
expect "The keyring is missing, damaged or was changed"
expect "its bytes are not what was written"
expect "Without it nothing can be read."
shot keyring-damaged.png
check
EOF
panel keyring-damaged store empty 1280x800
# the agency of a key, with the sum made right again
copy newer store
byte store/keyring $((160 + 768 + 22))
head -c -16 store/keyring >keyring
b2sum -l 128 keyring | cut -c 1-32 | tr a-f A-F | sed 's/../\\x&/g' | tr -d '\n' | xargs -0 printf >>keyring
cp keyring store/keyring
page keyring-changed store "The keyring is missing, damaged or was changed" "changed by someone who had no key" "a backup has a copy of the keyring"
copy newer store
cp store/keyring keyring
ends 0 "new recovery words" "$ctl" recovery new --store store --passphrase-file pass --recovery-file recovery-2
cp keyring store/keyring
page keyring-back store "The keyring is an older one" "older than the store remembers" "Keys that were removed"

# ---- the log: a panel is held where the anchor has heard of it, and killed ----
copy whole live
mkdir live-out
mkfifo live-out/there live-out/hold
cat >live.steps <<'EOF'
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
wait 3000
tap "Find a case"
wait 3000
tap "Home"
wait 3000
dump there
dump hold
EOF
"$BUILD/caseroom" --store live --script live.steps --out live-out --size 1280x800 &
panel=$!
cat live-out/there >/dev/null
kill -9 $panel
wait $panel 2>/dev/null
is "a panel that was killed leaves a log" test "$(stat -c %s live/store.db-wal)" -gt 4096
copy live store
truncate -s -5000 store/store.db-wal
page log-cut store "What was written last is missing" "was cut" "the newest copy of all files"
copy live store
rm store/store.db-wal
page log-gone store "What was written last is missing" "is missing, or was emptied" "the newest copy of all files"
ends 0 "with its log it opens" "$ctl" verify --store live --passphrase-file pass

# ---- all of it, with the room key in ----
copy whole older
copy whole store
ends 0 "a meeting, with the room key in" "$BUILD/caseroom" --store store --stick stick --script "$top/tests/e2e/meeting.steps" \
	--out "$dir" --size 1280x800
copy store meeting
cp older/store.db store/store.db
page file-back store "One file is older than the others" "The database file" "the files belong together"
copy older store
page store-back store "An older store was put back" "1 meeting and" "Look for the newer card" stick
# the backup of before that meeting, brought back on purpose or not
copy older store
mkdir backup
ends 0 "a backup" "$ctl" backup backup --store store --passphrase-file pass
ends 0 "is restored" "$ctl" restore backup --store store --recovery-file recovery --replace
page restored store "A backup was brought back" "1 meeting and" "open once with the recovery words" stick
# two histories of one store: the room key has seen the one, and the other goes further
copy whole store
ends 0 "the room key sees a store" "$ctl" list forums --store store --passphrase-file pass --room-key fork-stick
copy whole store
for day in 11 12 13; do
	ends 0 "an older copy of it is written to" "$ctl" agenda safer-estates --date 2026-12-$day --store store --passphrase-file pass
done
page audit store "The audit log does not hold" "entry" "put an older card back" fork-stick
done_testing
