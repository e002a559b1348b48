#!/usr/bin/env bash
# Every screen has its help, and a training store shows itself on every screen, covered, locked and on paper.
. "$(dirname "$0")/lib.sh"

# a screen is a `struct screen_ops`, which begins with its name and its place
missing=
for name in $(grep -ho '"[a-z-]*", PLACE_' "$top"/src/room/*.c | sed 's/^"\(.*\)".*/\1/'); do
	[ -s "$top/assets/help/$name.help" ] || missing="$missing $name"
done
equal "every screen has its help" "$missing" ""
unused=
for f in "$top"/assets/help/*.help; do
	name=$(basename "$f" .help)
	grep -q "\"$name\", PLACE_" "$top"/src/room/*.c || unused="$unused $name"
done
equal "no help is of a screen that is gone" "$unused" ""

(umask 077 && echo "orchard lantern pebble harbour" >"$dir/pass")
run "$ctl" init --store "$dir/store" --sample --demo-keys "$dir/keys" --passphrase-file "$dir/pass" --recovery-file "$dir/recovery"
mkdir "$dir/shots"
ends 0 "help lies over the screen and takes nothing away" "$BUILD/caseroom" --store "$dir/store" --script "$top/tests/e2e/help.steps" \
	--out "$dir/shots" --size 1280x800
done_testing
