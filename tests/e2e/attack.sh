#!/usr/bin/env bash
# What an attacker tries at the panel and on the card, and must not get. Memory is read as root only.
. "$(dirname "$0")/lib.sh"
room=$BUILD/caseroom
pass=$dir/pass store=$dir/store
(umask 077 && echo "orchard lantern pebble harbour" >"$pass")
"$ctl" init --store "$store" --sample --demo-keys "$dir/keys" --passphrase-file "$pass" >"$out" 2>"$err" || { not_ok start "no sample"; done_testing; }
mkdir "$dir/shots"

play() { # NAME: the steps on standard input; a copy of the store each time
	rm -rf "$dir/copy" && cp -a "$store" "$dir/copy"
	cat >"$dir/$1.steps"
	run "$room" --store "$dir/copy" --script "$dir/$1.steps" --out "$dir/shots"
	if [ "$status" -eq 0 ]; then ok "$1"; else not_ok "$1" "$(tail -n 1 "$err")"; fi
}

opened='tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
date 2026-11-19 13:54'

# another group is chosen while somebody from the community sits there
play "another group shows no names" <<EOF
$opened
tap "Open the meeting"
tap "Police"
tap "I agree and sign"
tap "Add a person"
tap "Community member"
type "Sky Sample, neighbour"
tap "Add"
tap "Community: neighbour"
tap "I agree and sign"
tap "Home"
tap "Change group"
tap "Street Aware"
tap "Find a case"
tap "Name, address or reference"
type "larc"
absent "Larch"
absent "Specimen"
key Enter
EOF

# closing the meeting sends nobody out: until it locks the panel shows what the room may see
{
	sed '/^shot /d;/^check/d;/^dump /d;/^tap "Find a case"/,$d' "$top/tests/e2e/meeting.steps"
	cat <<EOF
tap "Find a case"
tap "Name, address or reference"
type "yael"
absent "Sketch"
key Enter
tap "Home"
tap "Change group"
tap "Street Aware"
tap "Find a case"
tap "Name, address or reference"
type "yael"
absent "Sketch"
key Enter
tap "Home"
tap "Lock"
tap "Passphrase"
type "orchard lantern pebble harbour"
key Enter
await-open
tap "Find a case"
tap "Name, address or reference"
type "yael"
expect "Yael Sketch"
EOF
} >"$dir/all"
play "after the meeting the room is the same" <"$dir/all"

# a locked panel holds nothing of a case: not on the heap, not in what SQLite or the text engine gave back
if [ "$(id -u)" -eq 0 ] && ! grep -q sanitize "$BUILD/flags" 2>/dev/null; then
	mkfifo "$dir/shots/open" "$dir/shots/locked"
	cp -a "$store" "$dir/held"
	cat >"$dir/held.steps" <<EOF
$opened
tap "Find a case"
tap "Name, address or reference"
type "larc"
key Enter
tap "C-2025-0212"
dump open
tap "Home"
tap "Lock"
dump locked
EOF
	"$room" --store "$dir/held" --script "$dir/held.steps" --out "$dir/shots" >"$out" 2>"$err" &
	pid=$!
	memory() { # WORD: how often the word lies in what the program can write
		local range mode rest total=0 a b
		while read -r range mode rest; do
			case $mode in rw*) ;; *) continue ;; esac
			a=$((16#${range%-*} / 4096)) b=$((16#${range#*-} / 4096))
			total=$((total + $(dd if="/proc/$pid/mem" bs=4096 skip=$a count=$((b - a)) 2>/dev/null | grep -aoF -- "$1" | wc -l)))
		done <"/proc/$pid/maps"
		echo "$total"
	}
	# the program waits until the other end of the pipe is opened
	settle() {
		local i
		for i in $(seq 200); do
			case $(cat "/proc/$pid/wchan" 2>/dev/null) in *wait_for_partner*) return ;; esac
			[ "$(cut -d' ' -f1 "/proc/$pid/syscall" 2>/dev/null)" = 257 ] && return
			sleep 0.05
		done
	}
	settle
	if [ "$(memory 'Taylor Specimen')" -gt 0 ]; then ok "an open case is in memory"; else not_ok "an open case is in memory" "the test looks in the wrong place"; fi
	equal "the passphrase is gone once the store is open" "$(memory 'orchard lantern')" 1 # the script's own line
	cat "$dir/shots/open" >/dev/null
	settle
	equal "no name is in memory after the lock" "$(memory 'Specimen')" 0
	equal "no words are in memory after the lock" "$(memory 'keep quiet')" 0
	cat "$dir/shots/locked" >/dev/null
	wait "$pid"
fi

# what a partner's file holds is shown, never sent to the terminal
{
	head -n 1 "$sample/referrals.csv"
	printf 'C-2026-9999,2026-11-01,safer-estates,Noise,police,r,normal,,party,victim,"Eve\033]0;x\007il",1990-01-01,,,,,,,,,,\n'
	printf 'C-2026-9998,2026-11-01,safer-estates,Noise,police,r,normal,,party,victim,"Eve \342\200\256evil",1990-01-01,,,,,,,,,,\n'
} >"$dir/escape.csv"
ends 65 "an escape sequence in a cell is refused" "$ctl" import referrals "$dir/escape.csv" --store "$store" --passphrase-file "$pass"
says "the cell is named" 'name "Eve?]0;x?il" holds letters that cannot be shown'
is_not "no escape reaches the terminal" grep -q "$(printf '\033')" "$err"

# nothing personal in any file of the store or in what was said
if grep -rqaE 'Avery|Sorrel|Larch|Specimen' "$store" "$dir/copy"; then not_ok "no name in a file of the store" "found"; else ok "no name in a file of the store"; fi
equal "no readable mode in the store" "$(find "$store" -perm /077 | wc -l)" 0
done_testing
