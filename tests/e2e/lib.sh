# Sourced by the scripts beside it: a temporary directory, and checks that print "ok NAME" or "not ok NAME: why".
# shellcheck shell=bash disable=SC2034
set -u
export LC_ALL=C.UTF-8
# A program that cannot be traced (it holds secrets) is closed to the leak check too, except for root.
[ "$(id -u)" -eq 0 ] || export ASAN_OPTIONS=detect_leaks=0
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
ctl=$BUILD/caseroomctl
sample=$top/assets/sample
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$top/tests/lsan.supp:print_suppressions=0}
part=$(basename "$0" .sh)
dir=$(mktemp -d "${TMPDIR:-/tmp}/caseroom-e2e-XXXXXX") || exit 2
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' INT TERM
out=$dir/out err=$dir/err
failures=0

ok() { printf 'ok %s: %s\n' "$part" "$1"; }
not_ok() {
	printf 'not ok %s: %s: %s\n' "$part" "$1" "$2"
	failures=$((failures + 1))
}

# is NAME COMMAND...: the command is true
is() {
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then ok "$name"; else not_ok "$name" "not so: $*"; fi
}
is_not() {
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then not_ok "$name" "should not be so: $*"; else ok "$name"; fi
}
# run COMMAND...: output into $out and $err, status into $status
run() {
	"$@" >"$out" 2>"$err" </dev/null
	status=$?
}
# ends STATUS NAME COMMAND...: the exit status; [says/prints after it look at the same output]
ends() {
	local want=$1 name=$2
	shift 2
	run "$@"
	if [ "$status" -eq "$want" ]; then
		ok "$name"
	else
		not_ok "$name" "status $status, not $want: $(tail -n 2 "$err" | tr '\n' ' ' | cut -c 1-200)"
	fi
}
says() { # NAME TEXT: on standard error
	if grep -qF -- "$2" "$err"; then ok "$1"; else not_ok "$1" "stderr is: $(tr '\n' ' ' <"$err" | cut -c 1-250)"; fi
}
prints() { # NAME TEXT: on standard output
	if grep -qF -- "$2" "$out"; then ok "$1"; else not_ok "$1" "stdout is: $(tr '\n' ' ' <"$out" | cut -c 1-250)"; fi
}
equal() { # NAME GOT WANT
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "is \"$2\", not \"$3\""; fi
}
# auditor_key STORE PASSPHRASE-FILE: in every store an auditor has a key; auditor_opens STORE: it still opens that
auditor_key() {
	(umask 077 && echo 'velvet anchor thimble marrow' >"$dir/auditor")
	ends 0 "an auditor's key" "$ctl" person add --auditor --agency council --name "Ash Ledger" --role "Internal auditor" \
		--store "$1" --passphrase-file "$2" --new-passphrase-file "$dir/auditor"
}
auditor_opens() {
	ends 0 "an auditor reads its log" "$ctl" audit --store "$1" --passphrase-file "$dir/auditor"
	ends 0 "and checks it" "$ctl" verify --store "$1" --passphrase-file "$dir/auditor"
	prints "with its seals" "Every seal of the audit log holds"
	ends 0 "and opens it at the panel" "$BUILD/caseroom" --store "$1" --script "$top/tests/e2e/auditor-opens.steps" --out "$dir" --size 1280x800
}
done_testing() {
	[ "$failures" -eq 0 ]
	exit
}
