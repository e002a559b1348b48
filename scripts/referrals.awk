#!/usr/bin/awk -f
# Prints N invented referrals in the form of assets/sample/referrals.csv, the same ones each time:
#	awk -f scripts/referrals.awk -v n=200 > assets/sample/referrals-200.csv
# Everything is clearly synthetic: QX postcodes, 01632 960xxx, surnames such as Sample. References begin at
# C-2026-1001, so that they meet no case of the sample partnership; past 2,000 a year the years go back.

# A multiplicative generator small enough for the arithmetic of every awk.
function random(below)
{
	seed = (seed * 16807) % 2147483647
	return int(seed / 2147483647 * below)
}

function pick(list,    part, k)
{
	k = split(list, part, "|")
	return part[1 + random(k)]
}

# Days since 1970-01-01 and back (proleptic Gregorian, eras of 400 years); years here are after 1900.
function to_day(y, m, d,    era, yoe, doy)
{
	if (m <= 2)
		y--
	era = int(y / 400)
	yoe = y - era * 400
	doy = int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
	return era * 146097 + yoe * 365 + int(yoe / 4) - int(yoe / 100) + doy - 719468
}

function date(day,    era, doe, yoe, doy, mp, d, m)
{
	day += 719468
	era = int(day / 146097)
	doe = day - era * 146097
	yoe = int((doe - int(doe / 1460) + int(doe / 36524) - int(doe / 146096)) / 365)
	doy = doe - (365 * yoe + int(yoe / 4) - int(yoe / 100))
	mp = int((5 * doy + 2) / 153)
	d = doy - int((153 * mp + 2) / 5) + 1
	m = mp < 10 ? mp + 3 : mp - 9
	return sprintf("%04d-%02d-%02d", yoe + era * 400 + (m <= 2), m, d)
}

function cell(s)
{
	if (s !~ /[",\n]/)
		return s
	gsub(/"/, "\"\"", s)
	return "\"" s "\""
}

function person()
{
	return pick(FIRST) " " pick(LAST)
}

function born(least, most)
{
	return date(received - 366 * least - random(365 * (most - least)))
}

function phone()
{
	return sprintf("01632 960%03d", random(1000))
}

function party(role, name, day, phone_no, safe, as, to)
{
	print start ",party," role "," cell(name) "," day "," cell(address) "," postcode "," phone_no "," cell(safe) "," \
		as "," cell(to) ",,,,"
}

function incident(    what, part)
{
	split(pick(WHAT[forum]), part, "~")
	print start ",incident,,,,,,,,,," date(received - random(60)) "," part[1] "," pick(BY[forum]) "," cell(part[2])
}

function referral(i,    year, spread, at, where, one, two, child, k)
{
	year = 2026 - int(i / 2000)
	spread = n < 2000 ? n : 2000
	at = int((i % 2000) * (year == 2026 ? 319 : 364) / spread)
	received = to_day(year, 1, 1) + at
	k = random(20)
	forum = k < 12 ? "safer-estates" : k < 17 ? "street-aware" : "marac"
	where = random(40)
	address = (1 + random(60)) " " STREET[1 + where % N_STREETS]
	postcode = sprintf("QX%d %d%s%s", 1 + where % 4, 1 + where % 9, substr("ABDEFGHJ", 1 + random(8), 1),
		substr("LNPQRSTU", 1 + where % 8, 1))
	start = sprintf("C-%04d-%04d", year, 1001 + i % 2000) "," date(received) "," forum "," pick(STRAND[forum]) "," \
		pick(BY[forum]) "," cell(pick(REASON[forum])) ",normal,"
	one = person()
	do
		two = person()
	while (two == one)
	if (forum == "street-aware")
		party("subject-victim", random(6) ? one : "Unknown", born(16, 70), "", "", "", "")
	else {
		party(forum == "marac" ? "victim" : "complainant", one, born(18, 85), phone(), pick(SAFE), "", "")
		if (random(4) == 0) {
			do
				child = pick(FIRST) " " substr(one, index(one, " ") + 1)
			while (child == one || child == two)
			party("child", child, born(1, 15), "", "", "child-of", one)
		}
		if (forum == "marac")
			party("subject", two, born(18, 70), "", "", pick("partner-of|ex-partner-of|relative-of"), one)
		else if (random(10) < 6) {
			address = (61 + random(9)) " " STREET[1 + where % N_STREETS]
			party("subject", random(6) ? two : "Unknown", "", "", "", "neighbour-of", one)
		}
	}
	for (k = random(3); k > 0; k--)
		incident()
}

BEGIN {
	if (n < 1 || n > 100000) {
		print "usage: awk -f scripts/referrals.awk -v n=200" > "/dev/stderr"
		exit 2
	}
	seed = 20261122
	FIRST = "Avery|Robin|Dale|Jules|Sage|Morgan|Ellis|Rowan|Quinn|Harper|Linden|Wren|Marlow|Briar|Jamie|Casey|Taylor|" \
		"Noor|Asha|Idris|Freya|Kit|Perry|Leigh|Rory|Ash|Drew|Sky|Toby|Nell|Ivo|Maya|Orla|Pax|Reese|Teal|Uma|Zia|Łucja|Zoë"
	LAST = "Sample|Specimen|Example|Placeholder|Model|Pattern|Instance|Mockup|Testcase|Template|Draft|Proof|Stencil|" \
		"Prototype|Replica|Outline|Sketch|Exemplar|Facsimile"
	N_STREETS = split("Sorrel Court|Larch Terrace|Yarrow Street|Harebell Walk|Meadowsweet Road|Foxglove Lane|Teasel Way|" \
		"Bramble Close|Mill Bridge|Juniper Row", STREET, "|")
	SAFE = "|||text only|ring after 18:00|email only|letter only, plain envelope|ring 10:00 to 12:00, weekdays"
	STRAND["safer-estates"] = "Neighbour ASB|Neighbour ASB|Noise|Youth ASB|Hate-related ASB|Drug dealing|Cuckooing|Vehicle nuisance"
	STRAND["street-aware"] = "Begging|Street drinking|Youth ASB"
	STRAND["marac"] = "Partner abuse|Ex-partner abuse|Ex-partner abuse|Family abuse|Stalking"
	BY["safer-estates"] = "police|council|landlord|victims|fire|adult-care"
	BY["street-aware"] = "police|council|business|outreach"
	BY["marac"] = "police|advocacy|housing|primary-care"
	REASON["safer-estates"] = "Weekly trouble on the landing, two households affected.|Shouting and threats since the summer.|" \
		"Noise at night; the landlord's letters changed nothing.|Afraid to leave the home after dark."
	REASON["street-aware"] = "Same place every day; shops complain.|New here and not known to any service.|" \
		"Fell asleep in the cold, twice in a week."
	REASON["marac"] = "Threats since the separation.|Professional judgement, getting worse.|Third call in a month, children at home."
	WHAT["safer-estates"] = "noise~Music until 03:00.|verbal~Sworn at on the stairs.|door~Banging on the door, then running off.|" \
		"damage~Letter box broken.|threat~Told to \"watch it\".|rubbish~Bags left on the landing."
	WHAT["street-aware"] = "begging~Beside the cash machine.|drinking~Group on the benches.|gathering~Ten young people at the arcade."
	WHAT["marac"] = "domestic~Call to the police, both said all was well.|stalking~Waited outside work.|domestic~Messages all night."
	print "case_ref,received,forum,strand,referred_by,reason,restriction,named_agencies,row_kind,role,name,born,address," \
		"postcode,phone,safe_contact,related_as,related_to,incident_date,incident_kind,reported_to,what"
	for (i = 0; i < n; i++)
		referral(i)
}
