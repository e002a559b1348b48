#!/usr/bin/env bash
# Which Debian 12 packages Caseroom needs, and which of them are missing. Lists first, then installs with apt-get.
#   scripts/deps.sh           list what is missing and install it
#   scripts/deps.sh --check   list what is missing and fail; quick and silent when nothing is
#   scripts/deps.sh --list    all of them, one a line
set -euo pipefail

BUILD_PACKAGES=(gcc libc6-dev make pkg-config binutils
	libsdl2-dev libsdl2-ttf-dev libsodium-dev libssl-dev libsqlite3-dev libjansson-dev libcsv-dev
	libcairo2-dev libpango1.0-dev libharfbuzz-dev libical-dev libarchive-dev libcmark-dev libgfshare-dev libfido2-dev fonts-noto-core)
TEST_PACKAGES=(age jq poppler-utils sqlite3 xvfb xdotool systemd clang valgrind)

packages=("${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}")
mode=${1:-}
case $mode in
"" | --check) ;;
--list)
	printf '%s\n' "${packages[@]}"
	exit 0
	;;
*)
	echo "usage: scripts/deps.sh [--check | --list]" >&2
	exit 64
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	[ "$mode" = --check ] && exit 0 # not Debian: the compiler will say what it lacks
	echo "This is not Debian. Caseroom is built on Debian 12 with these packages: ${packages[*]}" >&2
	exit 1
fi

installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^ii *//p' || true)
missing=()
for p in "${packages[@]}"; do
	grep -qxF "$p" <<<"$installed" || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Missing packages: ${missing[*]}" >&2
command="apt-get install --no-install-recommends ${missing[*]}"
if [ "$mode" = --check ]; then
	echo "Install them with: make deps (or as the administrator: $command)" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
install=(apt-get install -y -q --no-install-recommends)
if [ "$(id -u)" -eq 0 ]; then
	apt-get update -q
	"${install[@]}" "${missing[@]}"
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	sudo apt-get update -q
	sudo DEBIAN_FRONTEND=noninteractive "${install[@]}" "${missing[@]}"
else
	echo "They cannot be installed from here: you are not the administrator and there is no sudo." >&2
	echo "Ask for this to be run as the administrator: $command" >&2
	exit 1
fi
