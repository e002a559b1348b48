#!/usr/bin/env bash
# The quick guide for chairs: three pages of A4, tagged, whole, and every word in strong type is a word of the panel.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
pdf=$BUILD/quick-guide.pdf
md=docs/quick-guide.md

ends 0 "the guide is there" test -s "$pdf"
pdfinfo "$pdf" >"$dir/info"
equal "it has three pages" "$(sed -n 's/^Pages: *//p' "$dir/info")" 3
equal "it is A4" "$(grep -c '(A4)' "$dir/info")" 1
equal "it is tagged" "$(sed -n 's/^Tagged: *//p' "$dir/info")" yes
equal "its title says what it is" "$(sed -n 's/^Title: *//p' "$dir/info")" "Caseroom: quick guide for chairs"
equal "it is set in the fonts of assets/" "$(pdffonts "$pdf" | tail -n +3 | grep -vc 'NotoSans')" 0
equal "each page says that it is not legal advice" \
	"$(for p in 1 2 3; do pdftotext -f $p -l $p "$pdf" - | grep -c 'Not legal advice'; done | tr '\n' ' ')" "1 1 1 "

# All of the text is on the pages, in its order.
words() { tr -s ' \n\f' '\n' | grep -v '^$'; }
sed -e 's/\*\*//g' -e 's/^#* *//' -e 's/^\(- \|[0-9]\. \)//' "$md" | words >"$dir/said"
pdftotext -layout "$pdf" - | tr -d "\f" | sed -e 's/^ *\([0-9]\|•\)  *//' -e '/Page [123] of 3/d' | words >"$dir/set"
is "every word is on the pages" diff "$dir/said" "$dir/set"

# A button named here is named so on the panel.
missing=
while read -r label; do
	grep -qF "\"$label" src/room/*.c src/ui/*.c || missing="$missing [$label]"
done < <(tr '\n' ' ' <"$md" | grep -o '\*\*[^*]*\*\*' | sed -e 's/\*\*//g' -e 's/  */ /g')
equal "every word in strong type is the panel's" "$missing" ""
done_testing
