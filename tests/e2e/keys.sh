#!/usr/bin/env bash
# Keys as a person sees them, on both panels: the room key taken out. Each script's invariants are checked on the way.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
(umask 077 && echo "orchard lantern pebble harbour" >pass)
ends 0 "a sample store" "$ctl" init --store sample --sample --passphrase-file pass --recovery-file recovery

# panel NAME SCRIPT STORE STICK SIZE: a script of the panel, its pictures in $OUT when that is given
panel() {
	mkdir -p "${OUT:-.}/shots"
	ends 0 "$1" "$BUILD/caseroom" --store "$3" --stick "$4" --script "$top/tests/e2e/$2.steps" --out "${OUT:-.}/shots" --size "$5"
}

# the two panels name a few buttons differently
keys() { # SIZE SETTINGS SOMEONE
	sed "s/SETTINGS/$2/; s/SOMEONE/$3/" "$top/tests/e2e/keys.steps" >"keys-$1.steps"
	cp -r sample "keys-$1"
	mkdir -p "keys-stick-$1" "${OUT:-.}/keys-$1.d"
	ends 0 "keys on the panel at $1" "$BUILD/caseroom" --store "keys-$1" --stick "keys-stick-$1" --script "keys-$1.steps" \
		--out "${OUT:-.}/keys-$1.d" --size "$1"
}
keys 1280x800 Settings "Someone else"
keys 800x480 Other Other

cp -r sample three
echo 'umber kettle orchard pebble' >police
echo 'amber kettle orchard pebble' >housing
ends 0 "a key for the police" "$ctl" person add --store three --passphrase-file pass --agency police --name 'Ada Example' \
	--role Sergeant --new-passphrase-file police
ends 0 "a key for victim support" "$ctl" person add --store three --passphrase-file pass --agency victims --name 'Bo Example' \
	--role Worker --new-passphrase-file housing
mkdir none
panel "a key is changed, removed, and three agencies open together" keys-change three none 1280x800
run "$ctl" audit --json --store three --passphrase-file recovery
for act in key.change key.quorum key.remove; do
	is "the audit log has $act" jq -e --arg a "$act" '[.[] | select(.act == $a)] | length >= 1' "$out"
done
is "who asked for a new data key made it" jq -e '[.[] | select(.act == "store.rekey" or .act == "store.data-key").who] | length == 2 and .[0] == .[1]' "$out"
run "$ctl" keys --store three
is_not "the keys are those of the panel" grep -q Sergeant "$out"

mkdir stick
: >stick/caseroom-room-key
cp -r sample taken
panel "taking the room key out closes the store" roomkey-out taken stick 1280x800
done_testing
