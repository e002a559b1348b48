#!/usr/bin/env bash
# The panel as somebody meets it for the first time, in both sizes: large text, a wait after wrong tries, a store that was
# just made.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
shots=${OUT:-$dir/shots}
mkdir -p empty
(umask 077 && echo 'orchard lantern pebble harbour' >pass)
ends 0 "a sample store" "$ctl" init --store sample --sample --demo-keys keys --passphrase-file pass --recovery-file recovery

# panel NAME STORE SIZE: the steps are NAME.steps
panel() {
	mkdir -p "$shots/$3"
	ends 0 "$1 at $3" "$BUILD/caseroom" --store "$2" --stick empty --script "$1.steps" --out "$shots/$3" --size "$3"
}

# large text: the lock screen, what went wrong, and the way back to other text
cat >large.steps <<'EOF'
theme light large
check
tap "Passphrase"
shot large-typing.png
check
type "four other words here"
key Enter
await
expect "That passphrase does not open this room"
shot large-wrong.png
check
tap "Page down"
check
tap "Back to the keys"
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
theme light large
shot large-home.png
check
tap "Other"
expect "What else"
check
tap "Leave it"
tap "More"
key PageDown
key PageDown
tap "Display"
expect "How should the screen look?"
shot large-display.png
check
EOF
cat >large-setup.steps <<'EOF'
theme light large
shot large-setup.png
check
tap "Restore from a backup"
await
absent "There is no store on this box yet"
EOF
cat >wrong.txt <<'EOF'
tap "Passphrase"
type "four other words here"
key Enter
await
EOF
# the wait is told as a time of day, on the page and at the keys, and then that it is over
{
	echo 'date 2026-11-19 14:00'
	cat wrong.txt
	echo 'tap "Back to the keys"'
	cat wrong.txt
	echo 'tap "Back to the keys"'
	cat wrong.txt
	cat <<'EOF'
expect "The next is possible at 14:01"
shot wait-page.png
check
date 2026-11-19 14:02
wait 100
expect "You can try again now"
absent "is possible at"
date 2026-11-19 14:00
wait 100
tap "Back to the keys"
expect "The next is possible at 14:01"
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
expect "The next is possible at 14:01"
shot wait.png
check
key SelectAll
key Backspace
date 2026-11-19 14:02
wait 100
expect "You can try again now"
check
type "orchard lantern pebble harbour"
key Enter
await-open
EOF
} >wait.steps
for size in 800x480 1280x800; do
	rm -rf store
	cp -r sample store
	panel large store "$size"
	panel large-setup none "$size"
	rm -rf store
	cp -r sample store
	panel wait store "$size"
done

# a store that was just made: home says what to do first, and offers no other group
ends 0 "a new store" "$ctl" init --store new --passphrase-file pass --recovery-file recovery-new
cat >new.steps <<'EOF'
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
absent "Change group"
shot first-home.png
check
tap "What to do first"
expect "the last page of the quick guide"
shot first-sheet.png
check
EOF
panel new new 1280x800
panel new new 800x480
done_testing
