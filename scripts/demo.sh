#!/usr/bin/env bash
# scripts/demo.sh BUILD: makes the sample partnership and holds a whole conference through the real touch screens: in a
# window, at a pace a person can watch, where there is a display; offscreen where there is none. Leaves sealed papers, the
# demonstration keys to open them with age, and a picture of every screen.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: scripts/demo.sh BUILD}
out=${DEMO_OUT:-$build/demo}
store=$out/store

rm -rf "$out"
mkdir -p "$out/papers"
chmod 700 "$out"
# The sample's own passphrase, in the script of the meeting too; a real store is never opened like this.
(umask 077 && echo "orchard lantern pebble harbour" >"$out/passphrase")
echo "Making the sample partnership: Quexham, invented throughout."
"$build/caseroomctl" init --store "$store" --sample --demo-keys "$out/keys" --passphrase-file "$out/passphrase" \
	--recovery-file "$out/recovery" >/dev/null 2>&1

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
	echo "Holding the conference of 19 November 2026 in a window. Afterwards it stays open for you;"
	echo "the passphrase is: orchard lantern pebble harbour. Close the window to end."
	"$build/caseroom" --store "$store" --script tests/e2e/meeting.steps --out "$out/papers" --window --pace "${DEMO_PACE:-450}"
else
	echo "Holding the conference of 19 November 2026 offscreen (there is no display)."
	"$build/caseroom" --store "$store" --script tests/e2e/meeting.steps --out "$out/papers"
fi
mkdir -p "$out/pictures"
mv "$out"/papers/*.png "$out/pictures/"
rm -f "$out"/papers/*.tree

echo
echo "Pictures of every screen   $out/pictures"
echo "Sealed minutes and extracts $out/papers"
(cd "$out/papers" && printf '  %s\n' *.age)
echo "Demonstration keys         $out/keys"
if command -v age >/dev/null; then
	minutes=$(ls "$out"/papers/minutes-*.age)
	age -d -i "$out/keys/victims.key" "$minutes" | tar -xO minutes.txt >/dev/null
	echo "The minutes were opened with age to make sure. To read them yourself:"
else
	echo "To read the minutes (with Debian's age):"
fi
echo "  age -d -i $out/keys/victims.key $out/papers/minutes-*.age | tar -xO minutes.txt | less"
