#!/usr/bin/env bash
# Research before a meeting (R29): requests that hold names and nothing else, a return read from a file, private until it is
# said at the table by touch (research.steps). Then every way out of the store is walked (R42, R43): nothing of it can be read
# without its agency's key, and each part of it is marked, numbered and says whom it is for.
. "$(dirname "$0")/lib.sh"

(umask 077 && echo "orchard lantern pebble harbour" >"$dir/pass")
run "$ctl" init --store "$dir/store" --sample --demo-keys "$dir/keys" --passphrase-file "$dir/pass" --recovery-file "$dir/recovery"
[ "$status" -eq 0 ] || { not_ok sample "$(tail -n 1 "$err")"; done_testing; }
on() { "$ctl" "$@" --store "$dir/store" --passphrase-file "$dir/pass"; }
meeting=$(on list meetings | awk '$4 == "planned" { print $1; exit }')
code_of() { on export agencies | awk -F, -v c="$1" '$3 == c { print $1 }'; }

# ---- the request ----
ends 0 r29_requests_are_sealed on request "$meeting" --out "$dir/requests"
prints r29_unsigned_agency_is_asked_nothing "Drug and alcohol has not signed the agreement"
prints r29_sealed_for_each_other "8 sealed files"
if ! command -v age >/dev/null; then
	echo "age is not installed: sealed papers were not opened"
	done_testing
fi
unpack() { # FILE: with its agency's key, into $dir/open/NAME
	local code into
	code=$(code_of "$(basename "$1" | sed -E 's/^[a-z]+-[0-9-]{10}-(.*)-copy-.*/\1/')")
	into=$dir/open/$(basename "$1" .age)
	mkdir -p "$into"
	age -d -i "$dir/keys/$code.key" "$1" 2>/dev/null | tar -x -C "$into"
}
for f in "$dir"/requests/*.age; do unpack "$f" || not_ok r29_opens_with_its_key "$f"; done
fire=$(echo "$dir"/open/request-*-FRS-*) police=$(echo "$dir"/open/request-*-POL-*)
form=$fire/research-request.csv
equal r29_form_is_what_an_import_takes "$(head -n 1 "$form" | tr -d '\r')" \
	marking,copy,forum,meeting,agency,case_ref,name,born,postcode,nothing_known,words,fact_or_opinion,source,source_date
is r29_asks_for_a_name grep -q "C-2026-0118,Avery Sample,1990-05-14,," "$form"
is_not r29_no_address_of_a_victim grep -rqE "Sorrel|QX[0-9]" "$fire"
is_not r29_no_reason_no_part grep -rqiE "complainant|subject|victim of|noise|ASB" "$fire"/*.txt "$form"
is_not r29_named_case_only_to_named grep -rq "Yael" "$fire"
is r29_named_case_to_a_named_one grep -q "Yael" "$police/research-request.csv"
is_not r29_hidden_case_only_to_named grep -rqE "C-2026-0122|Facsimile" "$fire"
is r29_hidden_case_to_a_named_one grep -q "C-2026-0122,Wren Facsimile" "$police/research-request.csv"
ends 1 r29_not_for_a_meeting_that_was_held on request 1 --out "$dir/requests"
says r29_not_for_a_meeting_that_was_held_says_why "Research is asked for before it."

# ---- the return, as its agency fills it in ----
awk -F, -v OFS=, 'NR == 1 { print; next } $6 != "C-2026-0118" { next }
	$7 == "Dale Specimen" { sub(/\r$/, ""); print $1, $2, $3, $4, $5, $6, $7, $8, $9, "", "Heronword seen at the back door.", "fact", "Own record", "2026-11-02"; next }
	{ $10 = "yes"; print }' "$form" >"$dir/return.csv"
sed 's/,fact,/,rumour,/' "$dir/return.csv" >"$dir/bad.csv"
ends 65 r29_bad_return_is_not_taken on import research "$dir/bad.csv"
says r29_bad_return_is_told_with_its_place "bad.csv:3: fact_or_opinion \"rumour\" is not fact or opinion"
ends 0 r29_return_is_taken on import research "$dir/return.csv"
council=$(echo "$dir"/open/request-*-CCL-*/research-request.csv)
awk -F, -v OFS=, 'NR == 1 { print; next } $6 == "C-2026-0118" && !n++ { sub(/\r$/, ""); $7 = ""; $11 = "Otterword about the lease."; $12 = "opinion"; $13 = "Tenancy file"; print }' "$council" >"$dir/council.csv"
ends 0 r29_other_return_is_taken on import research "$dir/council.csv"
printed=$(for k in $("$ctl" list --help 2>/dev/null | tr ' ' '\n' | grep -E '^[a-z]+\.?$' | tr -d .); do
	[ "$k" = research ] || on list "$k" 2>/dev/null; done
	on show cases C-2026-0118 2>/dev/null; for k in forums agencies people referrals incidents; do on export "$k" 2>/dev/null; done)
case $printed in *Heronword* | *Otterword*) not_ok r29_in_no_list_or_export "found" ;; *) ok r29_in_no_list_or_export ;; esac
ends 0 r29_own_list on list research
prints r29_own_list_has_its_own "Otterword about the lease."
is_not r29_own_list_has_nobody_elses grep -q Heronword "$out"
ends 1 r29_return_is_not_exported on export research

# ---- at the table, and the register of agreements ----
for script in research:1280x800 agreements:1280x800 research-small:800x480; do
	name=${script%:*}
	cp -r "$dir/store" "$dir/store-$name" && mkdir "$dir/out-$name"
	ends 0 "r29_panel_$name" "$BUILD/caseroom" --store "$dir/store-$name" --script "$top/tests/e2e/$name.steps" \
		--out "$dir/out-$name" --size "${script#*:}"
done

# ---- every way out ----
ends 0 r43_papers_of_a_meeting on papers 4 --out "$dir/papers"
ends 0 r43_backup on backup "$dir/papers"
plain=$(grep -rlaE "Heronword|Otterword|Avery|Specimen|C-2026-|Sorrel" "$dir/requests" "$dir/papers" "$dir/store" "$dir"/out-*/*.age 2>/dev/null)
equal r43_nothing_plain_in_any_file "$plain" ""
unsealed=$(find "$dir/requests" "$dir/papers" -name '*.age' | while read -r f; do head -c 21 "$f" | grep -q '^age-encryption.org/v1' || echo "$f"; done)
equal r43_every_paper_is_sealed "$unsealed" ""
equal r43_no_paper_but_sealed "$(find "$dir/requests" "$dir/papers" -type f ! -name '*.age' ! -path '*/caseroom-backup-*')" ""
wrong=0
for f in "$dir"/requests/*.age "$dir"/papers/*.age; do
	code=$(code_of "$(basename "$f" | sed -E 's/^[a-z]+-[0-9-]{10}-(.*)-copy-.*/\1/')")
	for k in "$dir"/keys/*.key; do
		[ "$(basename "$k" .key)" = "$code" ] || ! age -d -i "$k" "$f" >/dev/null 2>&1 || wrong=$((wrong + 1))
	done
	unpack "$f"
done
equal r43_opens_with_no_other_key "$wrong" 0
bad=""
for d in "$dir"/open/*/; do
	number=$(basename "$d" | sed -E 's/.*-copy-([0-9]+)$/\1/')
	who=$(on export agencies | awk -F, -v c="$(basename "$d" | sed -E 's/^[a-z]+-[0-9-]{10}-(.*)-copy-.*/\1/')" '$3 == c { print $2 }')
	for f in "$d"*.txt "$d"*.pdf; do
		text=$(case $f in *.pdf) pdftotext -layout "$f" - ;; *) cat "$f" ;; esac)
		grep -q "OFFICIAL-SENSITIVE" <<<"$text" && grep -q "Copy $number, $who" <<<"$text" || bad="$bad $f"
	done
	grep -q '"marking": "OFFICIAL-SENSITIVE' "$d/manifest.json" && grep -q "\"copy\": $number," "$d/manifest.json" &&
		grep -q "\"recipient\": \"$who\"" "$d/manifest.json" || bad="$bad $d"
done
equal r42_each_output_is_marked_numbered_and_addressed "$bad" ""
equal r42_each_row_of_a_form_too "$(tail -n +2 "$form" | grep -cv '^OFFICIAL-SENSITIVE[^,]*,[0-9]*,')" 0
ends 0 store_is_whole on verify
done_testing
