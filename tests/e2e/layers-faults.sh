#!/usr/bin/env bash
# The layer check itself: it fails on what it should, in a copy of the tree with one fault put in.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir "$dir/tree"
cp -r "$top/src" "$top/include" "$dir/tree/"
# shellcheck disable=SC2317  # called through ends and run
check() { "$top/scripts/layers.sh" "$dir/tree"; }
ends 0 "the tree as it is" check

# fault NAME FILE LINE SAYS: puts a line into a file, expects the check to fail with these words, takes it out
fault() {
	cp "$dir/tree/$2" "$dir/kept"
	printf '%s\n' "$3" >>"$dir/tree/$2"
	run check
	if [ "$status" -ne 0 ] && grep -qF "$4" "$err"; then ok "$1"; else not_ok "$1" "not found (status $status)"; fi
	cp "$dir/kept" "$dir/tree/$2"
}
fault "base may not know vault" src/base/err.c '#include "caseroom/vault.h"' "base may not know vault"
fault "vault may not know record" src/vault/io.c '#include "caseroom/record.h"' "vault may not know record"
fault "practice may not know record" src/practice/find.c '#include <caseroom/record.h>' "practice may not know record"
fault "record may not know paper" src/record/do.c '#include "caseroom/paper.h"' "record may not know paper"
fault "ctl may not know gfx" src/ctl/run.c '#include "caseroom/gfx.h"' "ctl may not know gfx"
fault "a public header may not look up" include/caseroom/base.h '#include "caseroom/practice.h"' "base may not know practice"
fault "SDL stays in gfx and plat" src/ui/core.c '#include <SDL2/SDL.h>' "SDL stays in"
fault "libsodium stays where keys are" src/record/do.c '#include <sodium.h>' "sodium stays in"
fault "SQLite stays where rows are" src/ctl/show.c '#include <sqlite3.h>' "sqlite3 stays in"
fault "private headers are private" src/record/do.c '#include "../vault/vault_int.h"' "private headers"
fault "strcpy" src/base/err.c 'void f(char *a, const char *b) { strcpy(a, b); }' "banned function"
fault "sprintf" src/base/err.c '	sprintf(a, "%s", b);' "banned function"
fault "system" src/ctl/run.c '	return system("ls");' "banned function"
fault "nothing from the environment" src/ctl/open.c '	char *p = getenv("CASEROOM_PASSPHRASE");' "nothing is read from the environment"
printf '%s\n' '	snprintf(a, sizeof(a), "x");' ' * strcpy(a, b) is not called here' >>"$dir/tree/src/base/err.c"
ends 0 "a longer name and a comment are no faults" check
mkdir "$dir/tree/src/cellar" && touch "$dir/tree/src/cellar/x.c"
ends 1 "a module that is in no layer" check
says "it is named" "src/cellar"
done_testing
