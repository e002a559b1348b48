#!/usr/bin/env bash
# What the sentence about a store that does not open says to do next, is done: it works.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
shots=${OUT:-$dir/shots}
mkdir -p stick "$shots"
echo 'orchard lantern pebble harbour' >pass
run "$ctl" init --store whole --sample --demo-keys keys --passphrase-file pass --recovery-file words
ends 0 "a store with a backup" "$ctl" backup stick --store whole --passphrase-file pass
"$ctl" list cases --store whole --passphrase-file pass >cases
rm -f whole/tries
set_of() { find stick/caseroom-backup-* -mindepth 1 -maxdepth 1 -type d | sort | tail -n 1; }
verify() { "$ctl" verify --store store --passphrase-file pass; }

# harmed WHAT SENTENCE COMMAND: a copy of the store, to which that was done, and what is said then
harmed() {
	rm -rf store store.before-* saved
	cp -a whole store
	(cd store && eval "$3")
	ends 3 "$1" verify
	says "$1: it says so" "$2"
}
restore() { # WHAT
	says "$1: it names restore" "caseroomctl restore --replace"
	ends 0 "$1: a backup comes back" "$ctl" restore stick --store store --recovery-file words --replace
	ends 0 "$1: and opens" verify
	is "$1: what was there is kept" test -d store.before-*
}
salvage() { # WHAT
	says "$1: it names salvage" "caseroomctl salvage"
	ends 0 "$1: it is salvaged" "$ctl" salvage --store store --out saved --passphrase-file pass
	"$ctl" list cases --store saved --passphrase-file pass >saved-cases
	is "$1: with every case" cmp cases saved-cases
}
keyring() { # WHAT
	says "$1: it names the backup's copy" "put the file keyring of its newest folder back"
	cp "$(set_of)/keyring" store/keyring
	ends 0 "$1: with that it opens" verify
}

harmed "a missing anchor" "The anchor, which remembers how far this store goes, is missing" "rm anchor"
salvage "a missing anchor"
harmed "a damaged anchor" "is damaged in both its records" "head -c 8192 /dev/zero >anchor"
salvage "a damaged anchor"
harmed "a long anchor" "is too long" "head -c 9000 /dev/zero >anchor"
restore "a long anchor"
harmed "a missing database" "The store's database file (store.db) is missing" "rm store.db"
is_not "a missing database: without a log it does not speak of a salvage" grep -q salvage "$err"
restore "a missing database"
harmed "an empty database" "(store.db) is empty" ": >store.db"
restore "an empty database"
harmed "a missing keyring" "The keyring of this store is missing" "rm keyring"
keyring "a missing keyring"
harmed "a missing keyring" "The keyring of this store is missing" "rm keyring"
restore "a missing keyring"
harmed "an emptied keyring" "something else is in its place" ": >keyring"
keyring "an emptied keyring"
harmed "a damaged keyring" "its bytes are not what was written" "printf X | dd of=keyring bs=1 seek=200 conv=notrunc status=none"
restore "a damaged keyring"
harmed "a short keyring" "its parts do not fit" "truncate -s 500 keyring"
keyring "a short keyring"

# a key was added since the backup: its keyring is too old for the store, and good for a salvage
echo 'copper walrus sundial fennel' >second
rm -rf store store.before-* saved && cp -a whole store
ends 0 "one more key" "$ctl" person add --agency police --name 'Ada Example' --role Sergeant --new-passphrase-file second \
	--store store --passphrase-file pass
cp "$(set_of)/keyring" store/keyring
ends 4 "the keyring of before is too old" verify
salvage "an older keyring"

# ---- on the panel ----
panel() { # NAME FOUND NEXT
	cat >"$1.steps" <<-EOF
		tap "Passphrase"
		type "orchard lantern pebble harbour"
		key Enter
		await
		expect "$2"
		expect "$3"
		shot $1.png
		check
	EOF
	ends 0 "$1 on the panel" "$BUILD/caseroom" --store store --stick none --script "$1.steps" --out "$shots" --size 1280x800
}
mkdir none
harmed "a missing anchor" "is missing" "rm anchor"
panel anchor-missing "remembers how far this store goes, is missing" "can be saved by your administrator"
harmed "a missing database" "is missing" "rm store.db"
panel database-missing "(store.db) is missing" "A backup brings the store back"
harmed "a missing keyring" "is missing" "rm keyring"
cat >keyring-missing.steps <<'EOF'
expect "The keyring is missing, damaged or was changed"
expect "The keyring of this store is missing"
expect "a backup has a copy of the keyring"
absent "What is your partnership called?"
shot keyring-missing.png
check
EOF
ends 0 "a missing keyring on the panel" "$BUILD/caseroom" --store store --stick none --script keyring-missing.steps --out "$shots" --size 800x480
# the keyring of before a new data key
cp -a whole before
ends 0 "a new data key" "$ctl" rekey --store whole --passphrase-file pass
ends 0 "and a backup after it" "$ctl" backup stick --store whole --passphrase-file pass
rm -f whole/tries
harmed "a keyring of before a new data key" "do not belong together" "cp ../before/keyring keyring"
ends 3 "with it nothing is salvaged" "$ctl" salvage --store store --out saved --passphrase-file pass
says "which is told" "Nothing was made"
is_not "and no store is made" test -e saved
keyring "a keyring of before a new data key"
done_testing
