#!/usr/bin/env bash
# Dependencies run downward only (docs/ARCHITECTURE.md). Reads the includes of src/ and include/, and fails on an upward
# edge, on a library outside the layers it belongs to, and on functions nobody here may call. Prints each fault with its line.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

# layer: the layers whose public headers it may include. Two departures from a plain list: plat hands out ui's events, so
# it stands above ui; and record, vault and paper know nothing of the screen side.
declare -A MAY=(
	[base]=""
	[vault]="base"
	[practice]="base"
	[record]="base vault practice"
	[gfx]="base"
	[ui]="base gfx"
	[plat]="base gfx ui"
	[pack]="base"
	[paper]="base vault practice record"
	[ctl]="base vault practice record paper pack"
	[room]="base vault practice record gfx ui plat paper pack"
	[display]="base gfx ui plat pack"
	[main]="base vault practice record gfx ui plat pack paper ctl room display"
)
# public header: its layer
declare -A LAYER=(
	[base]=base [time]=base [csv]=base
	[vault]=vault [age]=vault [practice]=practice [record]=record [record_people]=record [record_sharing]=record [record_agenda]=record [record_audit]=record [record_report]=record [record_disposal]=record [record_keys]=record
	[gfx]=gfx [ui]=ui [plat]=plat [pack]=pack
	[paper]=paper [papers]=paper
	[ctl]=ctl [room]=room [display]=display
)
# library header (as it begins): the layers that may include it
LIBRARIES='SDL gfx plat
sodium vault paper pack
libgfshare vault
fido vault
openssl vault
sqlite3 vault record pack
cairo paper
pango paper
glib paper
libical paper
archive paper
hb paper gfx'
BANNED='strcpy|strcat|stpcpy|sprintf|vsprintf|gets|system|popen|tmpfile|tmpnam|tempnam|mktemp|alloca|scanf|strtok'
# Programs that the room is run with tell their watchdog by the environment; a secret or a path never comes that way.
ENVIRONMENT='^src/plat/notify\.c:'

faults=0
fault() {
	echo "layers: $*" >&2
	faults=$((faults + 1))
}
holds() { case " $1 " in *" $2 "*) return 0 ;; esac; return 1; }

edges() { grep -nE '^[[:space:]]*#[[:space:]]*include' "$1" | sed -E 's/^([0-9]+):[^<"]*[<"]([^>"]+)[>"].*/\1 \2/'; }

for dir in src/*/; do
	from=$(basename "$dir")
	if [ -z "${MAY[$from]+x}" ]; then
		fault "src/$from is in no layer; add it to scripts/layers.sh"
		continue
	fi
	while read -r file; do
		while read -r line header; do
			at="$file:$line"
			case $header in
			caseroom/*.h)
				name=${header#caseroom/}
				to=${LAYER[${name%.h}]:-}
				if [ -z "$to" ]; then
					fault "$at: $header is in no layer; add it to scripts/layers.sh"
				elif [ "$to" != "$from" ] && ! holds "${MAY[$from]}" "$to"; then
					fault "$at: $from may not know $to"
				fi
				;;
			../* | */../*)
				fault "$at: $header reaches into another module's private headers"
				;;
			*)
				while read -r library layers; do
					case ${header##*/} in
					"$library"*) holds "$layers" "$from" || fault "$at: $library stays in ${layers// /, }" ;;
					esac
				done <<<"$LIBRARIES"
				;;
			esac
		done < <(edges "$file")
	done < <(find "$dir" -name '*.[ch]' | sort)
done

# a public header may include those of its own layer and below
for file in include/caseroom/*.h; do
	name=$(basename "$file" .h)
	from=${LAYER[$name]:-}
	if [ -z "$from" ]; then
		fault "$file is in no layer; add it to scripts/layers.sh"
		continue
	fi
	while read -r line header; do
		case $header in
		caseroom/*.h)
			to=${header#caseroom/}
			to=${LAYER[${to%.h}]:-none}
			if [ "$to" != "$from" ] && ! holds "${MAY[$from]}" "$to"; then
				fault "$file:$line: $from may not know $to"
			fi
			;;
		esac
	done < <(edges "$file")
done

# Calls, not the same words in a comment's line or a longer name.
while IFS= read -r hit; do
	fault "$hit (banned function)"
done < <(grep -rnE "(^|[^A-Za-z0-9_.>])($BANNED)[[:space:]]*\\(" src include --include='*.[ch]' | grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)' || true)
while IFS= read -r hit; do
	[[ $hit =~ $ENVIRONMENT ]] || fault "$hit (nothing is read from the environment)"
done < <(grep -rnE '(^|[^A-Za-z0-9_])(secure_)?getenv[[:space:]]*\(' src include --include='*.[ch]' || true)

[ "$faults" -eq 0 ] || {
	echo "layers: $faults faults" >&2
	exit 1
}
