#!/usr/bin/env bash
# The program in a real window with a real pointer: unlocked by touching its keyboard, two seats signed, the screen hidden
# and held to show again, ended by SIGTERM.
#
# The same steps offscreen say where everything stands (`places`); the window is then touched there. What is on the screen
# is read from the server's own framebuffer file; what was kept, from the store afterwards.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
for need in Xvfb xdotool; do
	if ! command -v $need >/dev/null; then
		echo "ok window: skipped, there is no $need"
		done_testing
	fi
done
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
w=1280 h=800
# a slow machine, or sanitizers: how many tenths of a second a picture may take
patience=300

"$ctl" init --store fresh --sample --demo-keys keys --passphrase-file pass --recovery-file recovery >/dev/null 2>&1 || exit 2
mkdir plan fb && cp -r fresh plan/store && cp -r fresh store

# ---- where things are ----
cat >plan.steps <<'STEPS'
date 2026-11-19 13:54
places lock
tap "Passphrase"
places keyboard
type "orchard lantern pebble harbour"
key Enter
await-open
places home
tap "Open the meeting"
places seats
tap "Victim services"
places sign
tap "I agree and sign"
places signed
tap "Hide screen"
places cover
hold "Hold to show the room"
places back
tap "Police"
places sign2
tap "I agree and sign"
STEPS
ends 0 "the plan offscreen" "$BUILD/caseroom" --store plan/store --size ${w}x$h --script plan.steps --out plan

# ---- a window ----
Xvfb -displayfd 3 -screen 0 ${w}x${h}x24 -fbdir fb -nocursor -nolisten tcp 3>display 2>xvfb.err &
xvfb=$!
app=
stop() {
	[ -z "$app" ] || kill -KILL $app 2>/dev/null
	kill $xvfb 2>/dev/null
	wait 2>/dev/null
	rm -rf "$dir"
}
trap stop EXIT

# await WHAT COMMAND...: until the command is true, at most $patience tenths of a second
await() {
	local what=$1 i
	shift
	for ((i = 0; i < patience; i++)); do
		"$@" && return 0
		[ -z "$app" ] || kill -0 $app 2>/dev/null || break
		sleep 0.1
	done
	not_ok "$what" "not within $((patience / 10)) s: $(tail -n 2 app.err 2>/dev/null)"
	done_testing
}
has_display() { [ -s display ]; }
await "the X server" has_display
DISPLAY=:$(cat display)
export DISPLAY SDL_VIDEODRIVER=x11

# Only the day is set by a script, since the sample meets on that day: then the window is the person's.
echo 'date 2026-11-19 13:54' >day.steps
"$BUILD/caseroom" --store store --size ${w}x$h --script day.steps --window --out . 2>app.err &
app=$!
mapped() { window=$(xdotool search --onlyvisible --pid $app 2>/dev/null | head -n 1) && [ -n "$window" ]; }
await "a window" mapped
equal "the window has the size asked for" "$(xdotool getwindowgeometry --shell "$window" | grep -E '^(WIDTH|HEIGHT)=' | tr '\n' ' ')" "WIDTH=$w HEIGHT=$h "
eval "$(xdotool getwindowgeometry --shell "$window" | grep -E '^[XY]=')"

# The picture below the header, where the clock stands: 32 bits a pixel at the end of the server's file.
picture() { tail -c $(((h - 80) * w * 4)) fb/Xvfb_screen0 | cksum; }
header() { tail -c $((h * w * 4)) fb/Xvfb_screen0 | head -c $((80 * w * 4)) | cksum; }
changed() { [ "$(picture)" != "$was" ]; }
drawn() { [ "$(tail -c $((h * w * 4)) fb/Xvfb_screen0 | head -c $((w * 4 * 60)) | od -An -tx4 -v -w4 | sort -u | wc -l)" -gt 2 ]; }
rests() { # two pictures in a row are the same
	local one
	one=$(picture)
	sleep 0.1
	[ "$one" = "$(picture)" ]
}
# Until it rests; but what can be taken back for ten seconds shows how long, and nobody waits for that.
settle() {
	local i
	for ((i = 0; i < 8; i++)); do
		rests && return
	done
}
# place STAGE NAME: "X Y" on the screen
place() {
	local at
	at=$(awk -v want="\"$2\"" '{ name = $0; sub(/^[0-9]+ [0-9]+ /, "", name) } name == want { print $1, $2; exit }' "plan/$1")
	[ -n "$at" ] || { not_ok "touch $2" "the plan has no such place" >&2; return 1; }
	echo "$((${at% *} + X)) $((${at#* } + Y))"
}
# tap STAGE NAME: a real press and release there, until the picture is another one
tap() {
	local at
	at=$(place "$1" "$2") || done_testing
	was=$(picture)
	# shellcheck disable=SC2086  # two numbers
	xdotool mousemove --sync $at mousedown 1 mouseup 1
	await "a picture after touching $2" changed
	settle
}

await "the lock screen" drawn
await "the lock screen rests" rests
tap lock "Passphrase"
equal "the keyboard came up" "$(grep -c '"q"' plan/keyboard)" 1
for ((i = 0; i < 30; i++)); do
	letter=$(head -n 1 pass | cut -c $((i + 1)))
	[ "$letter" != " " ] || letter=Space
	at=$(place keyboard "$letter") || done_testing
	# shellcheck disable=SC2086
	xdotool mousemove $at mousedown 1 mouseup 1
done
await "the letters are taken" rests
is_not "it is locked until Open is touched" test -e store/store.db-wal
tap keyboard "Open"
is_open() { [ -e store/store.db-wal ]; }
await "the store opens by its keyboard" is_open
ok "the store opens by its keyboard"
await "home rests" rests
tap home "Open the meeting"
tap seats "Victim services"
tap sign "I agree and sign"
tap signed "Hide screen"
# a tap is not enough
hidden=$(picture) plain_head=$(header)
at=$(place cover "Hold to show the room") || done_testing
# shellcheck disable=SC2086
xdotool mousemove --sync $at mousedown 1 mouseup 1
await "the cover rests" rests
equal "a tap does not show the room" "$(picture)" "$hidden"
# held, the ring goes round until the room is back
was=$(picture)
xdotool mousedown 1
await "the ring goes round" changed
room_head() { [ "$(header)" != "$plain_head" ]; }
await "holding shows the room again" room_head
ok "holding shows the room again"
settle
xdotool mouseup 1
tap back "Police"
tap sign2 "I agree and sign"

# ---- the end ----
kill -TERM $app
start=$(date +%s)
gone() { ! kill -0 "$watched" 2>/dev/null || [ "$(ps -o stat= -p "$watched" | cut -c 1)" = Z ]; }
watched=$app app=
await "it ends when told to" gone
wait "$watched"
equal "SIGTERM ends it with status 0" $? 0
is "within ten seconds" test $(($(date +%s) - start)) -le 10
blank() { [ "$(tail -c $((h * w * 4)) fb/Xvfb_screen0 | tr -d '\000' | wc -c)" -eq 0 ]; }
await "nothing stays on the screen" blank
ok "nothing stays on the screen"
ends 0 "the store is whole" "$ctl" verify --store store --passphrase-file pass
"$ctl" audit --store store --passphrase-file pass --json >audit.json
equal "two seats were signed by touch" "$(jq '[.[] | select(.act == "seat.sign" and .meeting == "5")] | length' audit.json)" 2
equal "in the meeting that was opened by touch" "$(jq -r '[.[] | select(.act == "seat.sign")][-1].meeting' audit.json)" 5
done_testing
