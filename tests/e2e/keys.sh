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

mkdir stick
: >stick/caseroom-room-key
cp -r sample taken
panel "taking the room key out closes the store" roomkey-out taken stick 1280x800
done_testing
