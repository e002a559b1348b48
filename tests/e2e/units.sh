#!/usr/bin/env bash
# What `make install` puts where, and what systemd says of the service.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
root=$dir/root
if [ ! -x "$BUILD/caseroom" ]; then
	not_ok "install" "$BUILD/caseroom is not built"
	done_testing
fi
run make -s -o all -C "$top" BUILD="$BUILD" install DESTDIR="$root" PREFIX=/usr
equal "make install" "$status" 0
while read -r mode path; do
	equal "$path is installed" "$(stat -c %a "$root/$path" 2>/dev/null)" "$mode"
done <<'EOT'
755 usr/bin/caseroom
755 usr/bin/caseroomctl
644 usr/share/man/man1/caseroom.1
644 usr/share/man/man1/caseroomctl.1
644 usr/share/doc/caseroom/LICENSE
644 usr/share/doc/caseroom/LICENCES.md
644 usr/lib/systemd/system/caseroom.service
644 usr/lib/systemd/system/caseroom-stick@.service
644 usr/lib/udev/rules.d/70-caseroom.rules
644 usr/lib/sysusers.d/caseroom.conf
644 usr/lib/tmpfiles.d/caseroom.conf
EOT
equal "and nothing else" "$(find "$root" -type f | wc -l)" 11
unit=$root/usr/lib/systemd/system/caseroom.service
is "the service is there" test -s "$unit"
is_not "no path is left to fill in" grep -q '@PREFIX@' "$unit"
is "the service starts what was installed" grep -q '^ExecStart=/usr/bin/caseroom ' "$unit"
# a restored store is made beside the one it replaces, so that one cannot be the state directory itself
is "a store can give way to another" grep -q '^ExecStart=.* --store /var/lib/caseroom/[a-z]* ' "$unit"
is "the installed program runs" "$root/usr/bin/caseroomctl" --help
run make -s -o all -C "$top" BUILD="$BUILD" install DESTDIR="$root/2" PREFIX=/opt/caseroom
is "another prefix goes through" grep -q '^ExecStart=/opt/caseroom/bin/caseroom ' "$root/2/usr/lib/systemd/system/caseroom.service"

if command -v systemd-analyze >/dev/null; then
	# verify wants the program where the unit says; this machine has none there
	mkdir "$dir/verify"
	sed "s,^ExecStart=/usr,ExecStart=$root/usr," "$unit" >"$dir/verify/caseroom.service"
	run systemd-analyze verify --man=no "$dir/verify/caseroom.service"
	equal "systemd-analyze verify" "$status" 0
	equal "and it has no remark" "$(grep -c caseroom "$err")" 0
	sed 's/^ProtectSystem=.*/ProtectSystm=strict/' "$dir/verify/caseroom.service" >"$dir/verify/wrong.service"
	run systemd-analyze verify --man=no "$dir/verify/wrong.service"
	is "which a wrong directive would have" grep -q 'ProtectSystm' "$err"
	cp "$root/usr/lib/systemd/system/caseroom-stick@.service" "$dir/verify/caseroom-stick@sda1.service"
	run systemd-analyze verify --man=no "$dir/verify/caseroom-stick@sda1.service"
	equal "systemd-analyze verify of the stick's" "$status" 0
	equal "and it has no remark either" "$(grep -c caseroom "$err")" 0
	run systemd-analyze security --offline=true "$unit"
	score=$(sed -n 's/.*exposure level for [^:]*: \([0-9.]*\) .*/\1/p' "$out")
	equal "its exposure is 0.4" "$score" 0.4
fi
done_testing
