#!/usr/bin/env bash
# A sample store is damaged, salvaged, and what is saved is held beside what was there.
. "$(dirname "$0")/lib.sh"

pass=$dir/pass store=$dir/store
echo 'orchard lantern pebble harbour' >"$pass"
ends 0 'a sample store' "$ctl" init --store "$store" --sample --demo-keys "$dir/keys" --passphrase-file "$pass" --recovery-file "$dir/recovery"
list() { "$ctl" list "$2" --json --store "$1" --passphrase-file "$pass"; }
for kind in cases actions agencies; do list "$store" $kind >"$dir/$kind.json"; done
rm -f "$store/tries"
cp -a "$store" "$dir/whole"

# flip FILE PAGE...: another byte in the middle of each page
flip() {
	local file=$1 page at byte
	shift
	for page in "$@"; do
		at=$(((page - 1) * 4096 + 2000))
		byte=$(od -An -tu1 -j $at -N 1 "$file")
		# shellcheck disable=SC2059  # the format is the byte
		printf "\\$(printf %03o $((byte ^ 8)))" | dd of="$file" bs=1 seek=$at conv=notrunc status=none
	done
}
broken() { # PAGE...: a copy of the store with these pages broken, in $dir/broken
	rm -rf "$dir/broken" "$dir/saved"
	cp -a "$dir/whole" "$dir/broken"
	flip "$dir/broken/store.db" "$@"
	(cd "$dir/broken" && sha256sum store.db keyring anchor) >"$dir/sums"
}
salvage() { "$ctl" salvage --store "$dir/broken" --out "$dir/saved" --passphrase-file "$pass"; }

# a store that opens: its own audit log says that all of it was taken along
cp -a "$dir/whole" "$dir/healthy"
auditor_key "$dir/healthy" "$pass"
ends 0 'a store that is not damaged is salvaged' "$ctl" salvage --store "$dir/healthy" --out "$dir/saved" --passphrase-file "$pass"
prints 'it is told where that stands' 'The audit log of the other one says so'
is_not 'and no missing entry' grep -q 'No entry about this' "$out"
run "$ctl" audit --json --store "$dir/healthy" --passphrase-file "$pass"
is 'its audit log has who did it' jq -e 'any(.[]; .act == "store.salvaged" and (.who | test("Training|council|City")))' "$out"
is 'the entry opens the store first' jq -e '[.[].act] | index("store.salvaged") > index("store.opened")' "$out"
ends 0 'it is whole' "$ctl" verify --store "$dir/healthy" --passphrase-file "$pass"
ends 0 'and so is the new one' "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
auditor_opens "$dir/saved"
ends 1 'a place that holds a store gets no second one' "$ctl" salvage --store "$dir/healthy" --out "$dir/saved" --passphrase-file "$pass"
is_not 'and is not told of as if it did' sh -c "\"$ctl\" audit --json --store '$dir/healthy' --passphrase-file '$pass' | jq -e '[.[] | select(.act == \"store.salvaged\")] | length > 1'"
rm -rf "$dir/saved"
ends 1 "an auditor's key salvages nothing" "$ctl" salvage --store "$dir/healthy" --out "$dir/saved" --passphrase-file "$dir/auditor"
says 'and is told why' "auditor's"
is_not 'no store was made' test -e "$dir/saved/keyring"
rm "$dir/healthy/anchor"
ends 1 "nor one that does not open" "$ctl" salvage --store "$dir/healthy" --out "$dir/saved" --passphrase-file "$dir/auditor"
says 'and is told what to use' "Use a person's key"
is_not 'no store was made of that either' test -e "$dir/saved/keyring"

# an older keyring is put back: the new store has its keys, which is told
cp -a "$dir/whole" "$dir/broken"
ends 0 'a key is added' "$ctl" person add --agency police --name 'Bo Example' --role Sergeant --new-passphrase-file "$dir/auditor" \
	--store "$dir/broken" --passphrase-file "$pass"
cp "$dir/whole/keyring" "$dir/broken/keyring"
ends 0 'a store with an older keyring is salvaged' salvage
prints 'it is told whose keys these are' 'one that was made since is not among them'
prints 'and what to do' 'caseroomctl rekey'
is 'that is kept beside it too' grep -q 'The keyring is older than the store' "$dir/saved/lost.txt"
prints 'why no entry could be written is one sentence' 'The keyring is older than the store remembers: a key that was changed or removed since would open it again.'
is_not 'without the advice for before a salvage' grep -q 'Put the newest keyring back' "$dir/saved/lost.txt"

# the file of another store
"$ctl" init --store "$dir/other" --sample --demo-keys "$dir/other-keys" --passphrase-file "$pass" --recovery-file "$dir/other-words" >/dev/null
rm -rf "$dir/broken" "$dir/saved"
cp -a "$dir/whole" "$dir/broken"
cp "$dir/other/store.db" "$dir/broken/store.db"
ends 3 "another store's file is not salvaged" salvage
says 'and it is told why' 'do not belong together'
is_not 'nothing was made' test -e "$dir/saved"

broken 1
ends 3 'page 1 is broken, and verify says so' "$ctl" verify --store "$dir/broken" --passphrase-file "$pass"
says 'and that it can be salvaged' 'caseroomctl salvage'
says 'and how much of it' 'records can be saved'
ends 0 'it is salvaged' salvage
prints 'page 1 is named' 'Page 1 did not open'
prints 'and that its audit log could not be told' 'No entry about this could be written into the audit log of the damaged store. It did not open: '
is 'nothing of the damaged store has changed' sh -c "cd '$dir/broken' && sha256sum -c '$dir/sums'"
is 'the list of what was lost lies beside the store' grep -q 'Page 1 did not open' "$dir/saved/lost.txt"
ends 0 'all that is saved is as it was written' "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
for kind in cases actions agencies; do
	list "$dir/saved" $kind >"$dir/saved.json"
	is "all $kind are there, as they were" cmp "$dir/$kind.json" "$dir/saved.json"
done
ends 1 'a place that holds a store is not written over' "$ctl" salvage --store "$dir/whole" --out "$dir/saved" --passphrase-file "$pass"
says 'and says why' 'There is a store here already'
ends 64 'without --out nothing is done' "$ctl" salvage --store "$dir/broken"

# the first page of a table leads to all its others
opened=0
for page in 2 8 12 33; do
	broken $page
	run salvage
	[ "$status" -eq 0 ] || continue
	run "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
	# 3: a link to one of the records that were lost
	case $status in 0 | 3) opened=$((opened + 1)) ;; esac
done
equal 'first pages one by one: each store is salvaged, and opens' "$opened" 4

# a page with entries of the audit log: many pages are broken at once to learn which it is
pages=$(($(stat -c %s "$dir/whole/store.db") / 4096))
# shellcheck disable=SC2046
broken $(seq 130 "$pages")
ends 0 'half a store is salvaged' salvage
audit=$(sed -n 's/^Page \([0-9]*\) did not open: it was of the table audit. Records.*/\1/p' "$out" | head -n 1)
is_not 'a page of the audit log was found' test -z "$audit"
ends 3 'links of what is left lead nowhere' "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
says 'verify counts them' 'lead nowhere'
says 'and names the gap in the audit log beside' 'The audit log is broken at entry'
broken "${audit:-1}"
ends 0 'a store without a page of its audit log is salvaged' salvage
ends 5 "without it the store opens, and verify says where the audit log is broken" "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
says 'by its number' 'at entry'
ends 0 'the store goes on' "$ctl" list cases --store "$dir/saved" --passphrase-file "$pass"

broken 1 60 100 140
rm "$dir/broken/anchor"
ends 0 'four pages and the anchor are gone: what is left is saved' salvage
is_not 'the search index, which is made anew, is not called lost' grep -q 'table find_' "$dir/saved/lost.txt"
prints 'each page is named' 'Page 140 did not open'
prints 'and the anchor' 'The anchor did not open'
broken 1
rm "$dir/broken/anchor"
ends 0 'page 1 and the anchor are gone' salvage
run "$ctl" audit --json --store "$dir/saved" --passphrase-file "$pass"
is 'its audit log says that it was salvaged' grep -q store.salvaged "$out"
is_not 'and not that a backup was restored, which nobody did' grep -q store.restored "$out"
# killed with a commit in the log, and then damaged
rm -rf "$dir/broken" "$dir/saved"
cp -a "$dir/whole" "$dir/broken"
mkfifo "$dir/never"
sed '1!{s/^/X/;s/,/,X/;}' <"$sample/agencies.csv" >"$dir/more.csv"
"$ctl" import agencies "$dir/more.csv" "$dir/never" --store "$dir/broken" --passphrase-file "$pass" >/dev/null 2>&1 &
pid=$!
for _ in $(seq 300); do
	[ "$(stat -c %s "$dir/broken/store.db-wal" 2>/dev/null || echo 0)" -gt 4192 ] && break
	sleep 0.1
done
sleep 0.5
kill -9 $pid
wait $pid 2>/dev/null || true
rm -f "$dir/broken/tries"
cp -a "$dir/broken" "$dir/left"
list "$dir/left" agencies >"$dir/left.json"
is_not 'the last commit is in the log alone' cmp -s "$dir/left.json" "$dir/agencies.json"
flip "$dir/broken/store.db" 1 # the log has page 1 too, or else its form is known
ends 0 'killed and damaged: it is salvaged' salvage
list "$dir/saved" agencies >"$dir/saved.json"
is 'with what was said last' cmp "$dir/left.json" "$dir/saved.json"
ends 0 'and all of it is as it was written' "$ctl" verify --store "$dir/saved" --passphrase-file "$pass"
done_testing
