#!/usr/bin/env bash
# Keys and verify; a store that was damaged, put back, or held by another program.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'umber lantern orchard pebble' >pass
echo 'copper walrus sundial fennel' >second
echo 'violet anchor muffin gravel' >third
echo 'wrong wrung wring wrought' >wrong
echo 'hunter2' >weak
store() { run "$ctl" "$@" --store s --passphrase-file pass; }

"$ctl" init --store s --passphrase-file pass >/dev/null || exit 2
for kind in forums agencies members people referrals; do
	"$ctl" import $kind "$sample/$kind.csv" --store s --passphrase-file pass >/dev/null || exit 2
done

# ---- people and their keys ----
add=(person add --agency police --name 'Ada Example' --role Sergeant --forum safer-estates --standing deputy)
store "${add[@]}" --new-passphrase-file weak
equal "a weak passphrase adds nobody" "$status" 1
store person add --agency nobody --name 'Ada Example' --role Sergeant --new-passphrase-file second
equal "an agency that is none" "$status" 1
store person add --agency police --name 'Ada Example' --role Sergeant --forum nowhere --new-passphrase-file second
equal "a group that is none" "$status" 1
store person add --agency police --name 'Ada Example' --role Sergeant --standing guest --new-passphrase-file second
equal "a standing that is none" "$status" 65
run "$ctl" list people --store s --passphrase-file second
equal "none of them made a key" "$status" 2
store "${add[@]}" --new-passphrase-file second
equal "person add" "$status" 0
prints "it names the key" '"Police, Sergeant"'
store "${add[@]}" --new-passphrase-file third
equal "the same label twice" "$status" 1
run "$ctl" list people --json --store s --passphrase-file second
equal "the new key opens" "$status" 0
equal "and is that person's" "$(jq -r '.[] | select(.opens == "yes") | .name' "$out")" 'Ada Example'
own() { run "$ctl" "$@" --store s --passphrase-file second --key 'police, serg'; }
own person passphrase 'Police, Sergeant' --new-passphrase-file weak
equal "a change to a weak passphrase" "$status" 1
own person passphrase 'Police, Sergeant' --new-passphrase-file third
equal "person passphrase" "$status" 0
ends 2 "the old passphrase opens nothing" "$ctl" list people --store s --passphrase-file second
ends 0 "the new one does" "$ctl" list people --store s --passphrase-file third
store person remove 'Police, Nobody'
equal "a key that is not there" "$status" 65
says "it lists those there are" "Police, Sergeant"
store person remove 'Police, Sergeant'
equal "person remove" "$status" 0
ends 2 "a key taken away opens nothing" "$ctl" list people --store s --passphrase-file third
store list people --json
is "the person stays in the record" jq -e '.[] | select(.name == "Ada Example" and .opens == "no")' "$out"
store person remove Coordinator
equal "the last key stays" "$status" 1
ends 0 "and opens" "$ctl" list forums --store s --passphrase-file pass

# ---- age keys ----
age_key=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
store recipient add police "$age_key"
equal "recipient add" "$status" 0
store list agencies --json
equal "it is kept" "$(jq -r '.[] | select(.code == "police") | .recipient' "$out")" "$age_key"
store recipient add police "${age_key%p}q"
equal "a mistyped key" "$status" 65
store recipient add nobody "$age_key"
equal "an agency that is none gets no key" "$status" 1
store list agencies --json
equal "the right key stays" "$(jq -r '.[] | select(.code == "police") | .recipient' "$out")" "$age_key"

# ---- verify ----
ends 0 "verify" "$ctl" verify --store s --passphrase-file pass
prints "it counts" "pages, every link"
ends 2 "verify with a wrong key" "$ctl" verify --store s --passphrase-file wrong
ends 2 "a second wrong key" "$ctl" verify --store s --passphrase-file wrong
ends 0 "a right one in between" "$ctl" verify --store s --passphrase-file pass
cp -a s r
for _ in 1 2 3; do run "$ctl" verify --store r --passphrase-file wrong; done
ends 75 "after three wrong ones there is a wait" "$ctl" verify --store r --passphrase-file pass
says "it says how long" "minute"

# each page in turn of a copy: a flipped byte is always found, and never by a crash
pages=$(($(stat -c %s s/store.db) / 4096)) found=0 tried=0
for page in 0 1 $((pages / 2)) $((pages - 1)); do
	rm -rf d && cp -a s d
	at=$((page * 4096 + 1234))
	old=$(od -An -tu1 -j $at -N 1 d/store.db | tr -d ' ')
	# shellcheck disable=SC2059
	printf "\\$(printf %03o $((old ^ 1)))" | dd of=d/store.db bs=1 seek=$at conv=notrunc status=none
	run "$ctl" verify --store d --passphrase-file pass
	tried=$((tried + 1))
	[ "$status" -eq 3 ] && found=$((found + 1))
done
equal "a flipped byte is found on every page tried" "$found" "$tried"
rm -rf d && cp -a s d
printf 'X' | dd of=d/keyring bs=1 seek=100 conv=notrunc status=none
run "$ctl" verify --store d --passphrase-file pass
is "a changed keyring does not open" test "$status" -ne 0

rm -rf old && cp -a s old
store import incidents "$sample/incidents.csv"
cp old/store.db s/store.db
ends 4 "a store put back is older than its witness" "$ctl" verify --store s --passphrase-file pass
says "it says what to do" "caseroomctl salvage"
cp -a old/. s/

# ---- one at a time, and the terminal ----
ends 75 "a store that another program has" flock s "$ctl" list forums --store s --passphrase-file pass
ends 0 "and then has no more" "$ctl" list forums --store s --passphrase-file pass

# asked <expected status> <line typed>: at a terminal of its own
asked() {
	rm -f seen typed
	mkfifo typed
	script -qefc "'$ctl' list forums --store s" seen <typed >/dev/null 2>&1 &
	local pid=$! i=0
	exec 9>typed
	until grep -q 'Passphrase of the store: ' seen 2>/dev/null || [ $((i += 1)) -gt 200 ]; do sleep 0.05; done
	printf '%b' "$1" >&9
	wait "$pid"
	status=$?
	exec 9>&-
}
if command -v script >/dev/null; then
	asked 'umber lantern orchard pebble\n'
	equal "a passphrase typed at the terminal opens" "$status" 0
	is "and the list is printed" grep -q 'Safer Estates' seen
	is_not "and is not shown" grep -q 'lantern' seen
	asked 'umber lantern\003'
	equal "Ctrl-C at the question gives up" "$status" 1
	is "with a sentence" grep -q 'Nothing was done' seen
fi

done_testing
