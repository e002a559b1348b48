#!/usr/bin/env bash
# The checker, which shares no code with the program and knows docs/FORMAT.md alone, opens what the program wrote, and
# agrees with it on what is whole.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
checker=$BUILD/tests/checker
echo 'orchard lantern pebble harbour' >pass
echo 'meadow cobalt saddle ribbon' >second
echo 481516 >pin
is 'it shares nothing with the program' sh -c "! grep -q 'include \"' '$top/tests/checker/checker.c'"
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

# hands
hurt() { # NAME SENTENCE: the store in t is not whole, and the sentence says of what
	ends 1 "$1: not whole" "$checker" t pass
	prints "$1: named" "DOES NOT HOLD: $2"
	rm -rf t
}
poke() { printf '\377\376\375' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
cp -a left t && poke t/store.db-wal 17 && hurt 'another log' 'the log is of a generation that the anchor knows'
cp -a left t && poke t/store.db 20000 && hurt 'a page changed' 'every page opens'
cp -a left t && poke t/anchor 150 && poke t/anchor 4246 && hurt 'both records of the anchor' 'the anchor'
cp -a left t && poke t/keyring 40 && hurt 'the keyring' 'checksum of the keyring'
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
