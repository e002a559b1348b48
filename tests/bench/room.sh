#!/usr/bin/env bash
# tests/bench/room.sh BUILD: what the whole program costs: from exec to the lock screen drawn, memory with a case open, and
# what it does when nobody touches it. One line a figure, as the other benchmarks. The last need Xvfb and xdotool.
# shellcheck source=tests/e2e/lib.sh
BUILD=${1:?usage: tests/bench/room.sh BUILD}
. "$(dirname "$0")/../e2e/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
"$ctl" init --store store --sample --demo-keys keys --passphrase-file pass --recovery-file recovery >/dev/null 2>&1 || exit 2

# From exec to the end of the program, which draws its first frame, does one step and goes: more than to the frame itself.
# With a picture the step makes a PNG of it.
first() { # STEP NAME GOAL
	echo "$1 first" >first.steps
	for _ in 1 2 3 4 5 6 7; do
		start=$(date +%s%N)
		"$BUILD/caseroom" --store store --size 1280x800 --script first.steps --out . || exit 2
		echo $((($(date +%s%N) - start) / 1000))
	done | sort -n | awk -v name="$2" -v goal="$3" 'NR == 4 { printf "%s %.1f ms%s\n", name, $1 / 1000, goal }'
}
first dump exec_to_first_frame " goal <= 60"
first shot exec_to_first_png ""

for need in Xvfb xdotool; do
	command -v $need >/dev/null || { echo "no $need: memory and idling are not measured" >&2 && exit 0; }
done
mkdir fb
Xvfb -displayfd 3 -screen 0 1280x800x24 -fbdir fb -nocursor -nolisten tcp 3>display 2>/dev/null &
xvfb=$!
app=
# shellcheck disable=SC2317  # by the trap
stop() {
	[ -z "$app" ] || kill -KILL "$app" 2>/dev/null
	kill "$xvfb" 2>/dev/null
	wait 2>/dev/null
	rm -rf "$dir"
}
trap stop EXIT
await() { # until the file is there, at most 60 s
	local i
	for ((i = 0; i < 600; i++)); do
		[ -s "$1" ] && return
		sleep 0.1
	done
	echo "room.sh: $1 did not come" >&2
	exit 2
}
await display
DISPLAY=:$(cat display)
export DISPLAY SDL_VIDEODRIVER=x11

window() { # STEPS: the program in a window, the steps done
	"$BUILD/caseroom" --store store --size 1280x800 --script "$1" --window --out . 2>app.err &
	app=$!
	await "${1%.steps}.done"
	sleep 1 # the last frame
}
switches() { cat "/proc/$app"/task/*/status | awk '/ctxt_switches/ { n += $2 } END { print n }'; }
ticks() { awk '{ print $14 + $15 }' "/proc/$app/stat"; }
memory() { awk -v name="$1" -v goal="$2" '/^Pss:/ { printf "%s %.1f MiB%s\n", name, $2 / 1024, goal }' "/proc/$app/smaps_rollup" ||
	echo "$1: closed to this user; measure it as root" >&2; }
# idle NAME [FREE]: ten seconds; the clock was set to the beginning of a minute, so that it does not tick in them
idle() {
	local s t pictures
	s=$(switches) t=$(ticks)
	pictures=$(for _ in 1 2 3 4 5 6 7 8 9 10; do
		cksum <fb/Xvfb_screen0
		sleep 1
	done | sort -u | wc -l)
	awk -v name="$1" -v p="$pictures" -v n=$(($(switches) - s)) -v t=$(($(ticks) - t)) -v hz="$(getconf CLK_TCK)" \
		-v free="${2:-}" 'BEGIN {
		printf "%s_new_pictures_in_10_s %d count%s\n", name, p - 1, free ? "" : " goal <= 0"
		printf "%s_wake_ups %.1f a-second%s\n", name, n / 10, free ? "" : " goal <= 1"
		printf "%s_cpu %.2f percent goal <= 0.05\n", name, t * 100 / hz / 10
	}'
}
end() {
	kill -TERM "$app"
	wait "$app"
	app=
}

printf 'date 2026-11-19 13:54\ndump lock.done\n' >lock.steps
window lock.steps
memory lock_screen_pss ""
idle lock_screen
end

# the meeting up to the first case in full
{
	sed '/^shot 06-case\.png/q' "$top/tests/e2e/meeting.steps" | grep -vE '^(shot|check|dump|#)'
	printf 'date 2026-11-19 14:20\ndump case.done\n'
} >case.steps
window case.steps
sleep 11 # what can be taken back for ten seconds shows how long
memory case_open_pss ' goal <= 40'
idle case_open free # the time of the item runs on the screen
end
