#!/usr/bin/env bash
# The checker, which shares no code with the program and knows docs/FORMAT.md alone, opens what the program wrote, and
# agrees with it on what is whole.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
checker=$BUILD/tests/checker
echo 'orchard lantern pebble harbour' >pass
echo 'meadow cobalt saddle ribbon' >second
echo 481516 >pin
list=$top/assets/words.lst
is 'it shares nothing with the program' sh -c "! cat '$top'/tests/checker/*.[ch] | grep 'include \"' | grep -qv '\"checker.h\"'"
mkdir stick

ends 0 'a sample store' "$ctl" init --store s --sample --demo-keys keys --passphrase-file pass --recovery-file words
ends 0 'the program finds it whole' "$ctl" verify --store s --passphrase-file pass
head=$(sed -n 's/^The audit log ends with \(.*\)\./\1/p' "$out")
ends 0 'closed cleanly: whole' "$checker" s pass
prints 'every page opens' 'holds: every page opens'
prints 'no page is older' 'holds: the page set'
prints 'no log is left' 'log: 0 frames'
prints 'the audit log is one chain' 'holds: the audit log is one chain'
prints 'and ends as the program says' "${head:-none}"
cp -a s one
ends 1 'another passphrase opens nothing' "$checker" s second

# killed with a commit in the log: a file that never ends keeps the program waiting after the first
mkfifo never
"$ctl" export agencies --store s --passphrase-file pass >agencies.csv
"$ctl" import agencies agencies.csv never --store s --passphrase-file pass >/dev/null 2>&1 &
pid=$!
for _ in $(seq 300); do
	[ "$(stat -c %s s/store.db-wal 2>/dev/null || echo 0)" -gt 4192 ] && break
	sleep 0.1
done
sleep 0.5
kill -9 $pid
wait $pid 2>/dev/null || true
cp -a s left
ends 0 'killed: whole, with its log' "$checker" left pass
is_not 'frames of it' grep -q 'log: 0 frames' "$out"

ends 0 'a second agency' "$ctl" person add --agency police --name 'Ada Quill' --role Sergeant --store s --passphrase-file pass --new-passphrase-file second
ends 0 'a room key' "$ctl" roomkey make stick --store s --passphrase-file pass
ends 0 'a PIN that goes with it' "$ctl" person add --agency housing --name 'Bo Finch' --role Officer --store s --passphrase-file pass --room-key stick --pin --new-passphrase-file pin
ends 0 'the PIN and the room key open it' "$checker" s pin --room-key stick/caseroom-room-key
ends 1 'the PIN alone does not' "$checker" s pin
ends 0 'two agencies are asked for' "$ctl" quorum 2 --store s --passphrase-file pass
ends 1 'one key is not enough' "$checker" s pass
ends 0 'two are: whole' "$checker" s pass second
ends 0 'another two' "$checker" s second pin --room-key stick/caseroom-room-key

prints 'the stick is a witness of it' 'holds: and has the history that the witness saw'

# the box's own secret
head -c 32 /dev/urandom >box
echo 'thimble arcade juniper fresco' >third
ends 0 'a key for this box alone' "$ctl" person add --agency probation --name 'Di Marsh' --role Officer --store one --passphrase-file pass --device-secret box --this-box --new-passphrase-file third
ends 0 'it opens with the secret of the box' "$checker" one third --device-secret box
ends 1 'and not without' "$checker" one third

# the recovery words open the store, the seals of its audit log, and its backup
ends 0 'the recovery words open it' "$checker" one --recovery words --words "$list"
prints 'every entry has its seal, from the key that the words hold' 'holds: each entry has the seal of its key'
is 'most entries are sealed' test "$(sed -n 's/^audit seals: \([0-9]*\) entries, from the key of a slot$/\1/p' "$out")" -gt 300
tr a-z A-Z <words | sed 's/\([A-Z]\{4\}\)[A-Z]*/\1/g; s/ /-/g' >short
ends 0 'typed in capitals, four letters each' "$checker" one --recovery short --words "$list"
mkdir bank
ends 0 'a backup' "$ctl" backup bank --store one --passphrase-file pass
"$ctl" import agencies agencies.csv --store one --passphrase-file pass >/dev/null 2>&1
"$ctl" recipient add police "$(age-keygen -y keys/police.key 2>/dev/null || sed -n 's/^# public key: //p' keys/police.key)" --store one --passphrase-file pass >/dev/null 2>&1
ends 0 'and what has changed since' "$ctl" backup bank --store one --passphrase-file pass
folder=$(echo bank/caseroom-backup-*)
ends 0 'the words open the backup' "$checker" one --recovery words --words "$list" --backup "$folder"
prints 'of two parts' 'backup: 2 parts'
prints 'all of whose pages are the newest' 'holds: the page set of the backup'
prints 'and which the box noted' 'holds: and has every part with its digest'
is 'nearly all pages are as in the store' awk '/^backup:/ { exit !($6 > 0.9 * $4) }' "$out"
ends 1 'the passphrase does not open the backup' "$checker" one pass --backup "$folder"

# hands
hurt() { # NAME SENTENCE [OPTION...]: the store in t is not whole, and the sentence says of what
	ends 1 "$1: not whole" "$checker" t pass "${@:3}"
	prints "$1: named" "DOES NOT HOLD: $2"
	rm -rf t
}
poke() { printf '\377\376\375' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# the first version, and what is made of it
mkdir old && cp "$top"/tests/unit/store-1/* old
ends 0 'a store of the first version' "$checker" old pass
prints 'which it is' 'keyring: version 1'
ends 0 'the program opens it' "$ctl" list cases --store old --passphrase-file pass
ends 0 'and it is of the second' "$checker" old pass
prints 'which it is now' 'keyring: version 2'

# disposal: a new data key
cat >retention-own.json <<'EOF'
{"version": 2, "source": "Quexham", "rules": [
 {"id": "case", "record": "case", "what": "Case that was acted on", "from": "closing", "length": 1, "unit": "days",
  "decides": "A core member of another agency", "source": "Quexham retention schedule, line 4"},
 {"id": "case-no-action", "record": "case-no-action", "what": "Case closed without an action", "from": "closing",
  "length": 1, "unit": "days", "decides": "A core member of another agency", "source": "Quexham retention schedule, line 5"}
]}
EOF
on_one() { "$ctl" "$@" --store one --passphrase-file pass; }
cp -a one before
on_one practice add retention-own.json >/dev/null && on_one dispose review case C-2026-0031 >/dev/null
ends 0 'a case is disposed of' on_one dispose carry-out --for-ever
ends 0 'the store with its new data key' "$checker" one pass
prints 'which is the second' 'data key 2'
ends 0 'the words still open it, and every seal holds' "$checker" one --recovery words --words "$list"
prints 'under one row of keys' 'holds: and the anchor has the next key'
cp -a before t && cp one/keyring t/keyring && hurt 'the card of before with the keyring of now' 'the anchor'
ends 0 'while its own keyring opens it' "$checker" before pass

cp -a left t && poke t/store.db-wal 17 && hurt 'another log' 'the log is of a generation that the anchor knows'
cp -a left t && poke t/store.db 20000 && hurt 'a page changed' 'every page opens'
cp -a left t && poke t/anchor 150 && poke t/anchor 4246 && hurt 'both records of the anchor' 'the anchor'
cp -a left t && poke t/keyring 40 && hurt 'the keyring' 'checksum of the keyring'
cp -a one t && cp stick/caseroom-room-key other && poke other 20 && hurt 'the room key' 'the head of the room key' --room-key other
damaged() { # NAME FILE PLACE SENTENCE: of the backup
	rm -rf bad && cp -a "$folder" bad-copy && mkdir bad && mv bad-copy "bad/${folder#*/}"
	poke "bad/${folder#*/}/0001/$2" "$3"
	ends 1 "$1: not whole" "$checker" before --recovery words --words "$list" --backup "bad/${folder#*/}"
	prints "$1: named" "DOES NOT HOLD: $4"
}
damaged 'a part of the backup' 000002.age 3000 'a part opens with the identity'
damaged "the box's note" state 300 'the note of the box opens'
rm "bad/${folder#*/}/0001/000002.age" && cp "$folder/0001/state" "bad/${folder#*/}/0001/state"
ends 1 'the last part is gone: not whole' "$checker" before --recovery words --words "$list" --backup "bad/${folder#*/}"
prints 'the last part is gone: named' 'DOES NOT HOLD: and has every part'
"$ctl" verify --store left --passphrase-file pass >/dev/null 2>&1
cp -a left t
ends 0 'a case more' "$ctl" import incidents "$sample/incidents.csv" --store left --passphrase-file pass
for page in $(seq 2 200); do # one page as it was before, that has changed since
	if ! cmp -s <(dd if=left/store.db bs=4096 skip=$((page - 1)) count=1 status=none) <(dd if=t/store.db bs=4096 skip=$((page - 1)) count=1 status=none); then
		dd if=t/store.db of=left/store.db bs=4096 skip=$((page - 1)) seek=$((page - 1)) count=1 conv=notrunc status=none
		break
	fi
done
rm -rf t && mv left t
hurt 'one older page put back' 'the page set: no page is older'
done_testing
