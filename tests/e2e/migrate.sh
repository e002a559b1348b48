#!/usr/bin/env bash
# A store that the released program left (tests/unit/store-1) opens on the panel and at the command line, with all that was in it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
cp -r "$top/tests/unit/store-1" panel
cp -r "$top/tests/unit/store-1" line
cat >open.steps <<'STEPS'
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
expect "Home"
check
tap "Find a case"
tap "Name, address or reference"
type "aver"
expect "Avery Sample"
STEPS
ends 0 "the panel opens it" "$BUILD/caseroom" --store panel --script open.steps --out . --size 1280x800
ends 0 "the panel opens it again" "$BUILD/caseroom" --store panel --script open.steps --out . --size 1920x1080
for store in line panel; do
	ends 0 "what is in it holds ($store)" "$ctl" verify --store $store --passphrase-file pass
	ends 0 "its actions are listed ($store)" "$ctl" list actions --store $store --passphrase-file pass
	cp out actions-$store
done
is "both have the same" cmp actions-line actions-panel
done_testing
