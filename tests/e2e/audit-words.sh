#!/usr/bin/env bash
# Every act that the program writes into the audit log has plain words: each literal in the source that has the form of an
# act stands in audit_words.c.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
grep -rhvE '^#include' --include='*.c' src/record src/ctl src/room src/paper | grep -ohE '"[a-z]{2,}\.[a-z]+(-[a-z]+)*"' |
	grep -vE '\.(id|kind|csv|json|pdf|txt|ics)"$|^"(excluded|list|import|export)\.' | sort -u >"$dir/acts"
is "acts were found" grep -q '"store.opened"' "$dir/acts"
while read -r act; do
	is "$act has its words" grep -qE "^ +\{$act, \"[a-z]" src/record/audit_words.c
done <"$dir/acts"
while read -r act; do
	is "$act is written somewhere" grep -rqF --include='*.c' --exclude=audit_words.c "$act" src/record src/ctl src/room
done < <(sed -nE 's/^ +\{("[a-z]+\.[a-z-]+"), "[^%]*$/\1/p' src/record/audit_words.c)
done_testing
