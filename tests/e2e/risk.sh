#!/usr/bin/env bash
# Practice texts of the partnership's own, from the command line; risk tools and clocks on the panel.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 2
echo 'orchard lantern pebble harbour' >pass
store() { run "$ctl" "$@" --store s --passphrase-file pass; }
"$ctl" init --store s --sample --passphrase-file pass >/dev/null || exit 2

# ---- practice texts ----
store practice list
equal "practice list" "$status" 0
prints "the program's texts are listed" "tool-asb-matrix.json"
store practice show tool-asb-matrix.json
is "a shipped text is shown to the byte" cmp "$out" "$top/assets/practice/tool-asb-matrix.json"
jq '.id = "ours" | .name = "Our own tool" | .version = 1 | .source = "Own wording, example"' "$out" >tool-ours.json
store practice check tool-ours.json
equal "practice check" "$status" 0
prints "it says that nothing was changed" "Nothing was changed"
store practice list
is_not "and nothing was" grep -q tool-ours "$out"
store practice add tool-ours.json
equal "practice add" "$status" 0
store practice list
prints "it is in force" "of the store, since"
store practice show tool-ours.json
is "it comes out to the byte" cmp "$out" tool-ours.json
jq '.name = "Another name"' tool-ours.json >changed.json && mv changed.json tool-ours.json
store practice add tool-ours.json
equal "another content under the same version" "$status" 65
says "it says what to do" "raise its version above 1"
says "and of which file" "caseroomctl: tool-ours.json: "
store practice check tool-ours.json
equal "a check says the same" "$status" 65
jq '.version = 2' tool-ours.json >changed.json && mv changed.json tool-ours.json
store practice add tool-ours.json
equal "a later version" "$status" 0
store practice show tool-ours.json 1
prints "the first version is kept" "Our own tool"
jq '.factors[0].options[0].points = "many"' tool-ours.json >tool-bad.json
store practice add tool-bad.json
equal "a mistake" "$status" 65
says "file, place and reason" "tool-bad.json, factors[1].options[1].points"
head -c 300000 /dev/zero | tr '\0' ' ' >tool-big.json
store practice add tool-big.json
equal "a file too large" "$status" 1
store practice remove tool-ours.json
equal "practice remove" "$status" 0
store practice show tool-ours.json
equal "it is no longer in force" "$status" 1
store audit --json
equal "each change is in the audit log" "$(jq '[.[] | select(.act == "practice.text")] | length' "$out")" 3
store verify
equal "the store holds" "$status" 0

# ---- a sixth meeting type, from JSON alone ----
head -n 1 "$sample/forums.csv" >forums.csv
grep '^marac,' "$sample/forums.csv" | sed 's/^marac,/rough-sleepers,/' >>forums.csv
head -n 1 "$sample/members.csv" >members.csv
grep '^marac,' "$sample/members.csv" | sed 's/^marac,/rough-sleepers,/' >>members.csv
store practice show meeting-marac.json
jq '.id = "rough-sleepers" | .name = "Rough sleepers panel" | .version = 1 | .forums = ["rough-sleepers"] | del(.forum_kinds) |
	.risk_tool = "street-example" | .agenda.parts = [{kind: "welcome", title: "Round of names", minutes: 3},
	{kind: "cases", title: "People", minutes: 0}, {kind: "next", title: "When we meet again", minutes: 1}]' "$out" >meeting-rough-sleepers.json
store practice add meeting-rough-sleepers.json
equal "the type is taken" "$status" 0
store import forums forums.csv
store import members members.csv
store agenda rough-sleepers --date 2026-12-03
equal "its meeting is planned" "$status" 0
prints "by its own agenda" "Round of names"
store practice remove meeting-rough-sleepers.json
equal "and then it stays" "$status" 1

# ---- the panel ----
"$ctl" init --store panel --sample --passphrase-file pass >/dev/null || exit 2
for size in 1280x800 1920x1080; do
	cp -r panel "panel-$size" && mkdir "out-$size"
	ends 0 "clocks, tools and comparison at $size" "$BUILD/caseroom" --store "panel-$size" --script "$top/tests/e2e/risk.steps" --out "out-$size" --size "$size"
done
run "$ctl" show cases C-2026-0129 --store panel-1280x800 --passphrase-file pass
prints "what happened stands in the case, with its words" "The officer rang twice and then visited."
run "$ctl" audit --json --store panel-1280x800 --passphrase-file pass
is "what happened is in the audit log" jq -e 'any(.[]; .act == "case.event")' "$out"

done_testing
