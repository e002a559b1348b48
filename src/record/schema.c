#include "record_int.h"
#include <stdio.h>

/*
 * The schema, as a list of migrations: entry n takes a store from version n to n + 1. Never edit a
 * released entry; add one. Days are INTEGER days since 1970-01-01, moments INTEGER UTC
 * microseconds; booleans 0 or 1. Every table has an INTEGER PRIMARY KEY; what may one day be merged
 * with another box has a random 16-byte uid beside it. What can be undone is AUTOINCREMENT: a
 * draft, an audit row or somebody's notes may still name the id that was taken back.
 */
static const char *const MIGRATION[SCHEMA_VERSION] = {
        "CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

        /* the partnership; `quoted` keeps which cells of an imported CSV row stood in quotes, so
           that it goes out as it came in */
        "CREATE TABLE agency(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, code TEXT NOT NULL "
        "UNIQUE, name TEXT NOT NULL,"
        " code3 TEXT NOT NULL, kind TEXT NOT NULL, isa_signed INTEGER, recipient TEXT, quoted "
        "INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE TABLE person(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, agency INTEGER "
        "REFERENCES agency(id), name TEXT NOT NULL,"
        " initials TEXT NOT NULL, role TEXT NOT NULL, slot BLOB) STRICT;"
        "CREATE INDEX person_agency ON person(agency);"
        "CREATE TABLE forum(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, code TEXT NOT NULL "
        "UNIQUE, name TEXT NOT NULL,"
        " kind TEXT NOT NULL, reports_to TEXT NOT NULL, priority TEXT NOT NULL, purpose TEXT NOT "
        "NULL, meets TEXT NOT NULL,"
        " duration_months TEXT NOT NULL, chair TEXT NOT NULL, report_due TEXT NOT NULL, quoted "
        "INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE TABLE member(id INTEGER PRIMARY KEY, forum TEXT NOT NULL, agency_kind TEXT NOT "
        "NULL, standing TEXT NOT NULL,"
        " quoted INTEGER NOT NULL DEFAULT 0, UNIQUE(forum, agency_kind)) STRICT;"
        "CREATE TABLE membership(id INTEGER PRIMARY KEY, forum INTEGER NOT NULL REFERENCES "
        "forum(id), person INTEGER NOT NULL"
        " REFERENCES person(id), standing INTEGER NOT NULL, quoted INTEGER NOT NULL DEFAULT 0, "
        "UNIQUE(forum, person)) STRICT;"
        "CREATE INDEX membership_person ON membership(person);"
        "CREATE TABLE measure(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, theme TEXT NOT "
        "NULL, name TEXT NOT NULL, unit TEXT NOT NULL,"
        " better TEXT NOT NULL, baseline TEXT NOT NULL, baseline_as_printed TEXT NOT NULL, target "
        "TEXT NOT NULL,"
        " target_as_printed TEXT NOT NULL, target_year TEXT NOT NULL, benchmark TEXT NOT NULL, "
        "quoted INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE TABLE plan(id INTEGER PRIMARY KEY, theme TEXT NOT NULL, project TEXT NOT NULL, "
        "objective TEXT NOT NULL, action TEXT NOT NULL,"
        " lead_role TEXT NOT NULL, measures TEXT NOT NULL, timescale TEXT NOT NULL, status TEXT "
        "NOT NULL, quoted INTEGER NOT NULL DEFAULT 0,"
        " UNIQUE(theme, project)) STRICT;"
        "CREATE TABLE project(id INTEGER PRIMARY KEY, lead_organisation TEXT NOT NULL, project "
        "TEXT NOT NULL, aim TEXT NOT NULL,"
        " quoted INTEGER NOT NULL DEFAULT 0, UNIQUE(lead_organisation, project)) STRICT;"
        "CREATE TABLE standard(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, what TEXT NOT "
        "NULL, \"limit\" TEXT NOT NULL, unit TEXT NOT NULL,"
        " applies_to TEXT NOT NULL, source TEXT NOT NULL, quoted INTEGER NOT NULL DEFAULT 0) "
        "STRICT;"

        /* cases */
        "CREATE TABLE kase(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, ref TEXT NOT NULL "
        "UNIQUE, forum INTEGER NOT NULL REFERENCES forum(id),"
        " strand TEXT NOT NULL, received INTEGER NOT NULL, referred_by INTEGER REFERENCES "
        "agency(id), reason TEXT NOT NULL,"
        " restriction INTEGER NOT NULL DEFAULT 0, open INTEGER NOT NULL DEFAULT 1, review INTEGER, "
        "closed INTEGER, outcome TEXT,"
        " band INTEGER NOT NULL DEFAULT -1, score INTEGER NOT NULL DEFAULT -1, discussed INTEGER "
        "NOT NULL DEFAULT 0, last_meeting INTEGER,"
        " children INTEGER NOT NULL DEFAULT 0, safe_contact INTEGER NOT NULL DEFAULT 0, repeat "
        "INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE INDEX kase_forum ON kase(forum, open, review);"
        "CREATE INDEX kase_received ON kase(forum, received);"
        "CREATE TABLE kase_agency(id INTEGER PRIMARY KEY, kase INTEGER NOT NULL REFERENCES "
        "kase(id), agency INTEGER NOT NULL REFERENCES agency(id),"
        " UNIQUE(kase, agency)) STRICT;"
        "CREATE INDEX kase_agency_agency ON kase_agency(agency);"
        "CREATE TABLE party(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, kase INTEGER NOT "
        "NULL REFERENCES kase(id), role TEXT NOT NULL,"
        " name TEXT NOT NULL, born INTEGER, address TEXT NOT NULL, postcode TEXT NOT NULL, phone "
        "TEXT NOT NULL, safe_contact TEXT NOT NULL,"
        " position INTEGER NOT NULL) STRICT;"
        "CREATE INDEX party_kase ON party(kase, position);"
        "CREATE TABLE relation(id INTEGER PRIMARY KEY, kase INTEGER NOT NULL REFERENCES kase(id), "
        "party INTEGER NOT NULL REFERENCES party(id),"
        " kind TEXT NOT NULL, other INTEGER NOT NULL REFERENCES party(id), UNIQUE(party, kind, "
        "other)) STRICT;"
        "CREATE INDEX relation_kase ON relation(kase);"
        "CREATE INDEX relation_other ON relation(other);"
        "CREATE TABLE incident(id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, kase INTEGER NOT "
        "NULL REFERENCES kase(id), day INTEGER NOT NULL,"
        " kind TEXT NOT NULL, reported_to INTEGER REFERENCES agency(id), what TEXT NOT NULL, "
        "position INTEGER NOT NULL) STRICT;"
        "CREATE INDEX incident_kase ON incident(kase, day);"
        "CREATE TABLE clock(id INTEGER PRIMARY KEY, kase INTEGER NOT NULL REFERENCES kase(id), "
        "clock TEXT NOT NULL, version INTEGER NOT NULL,"
        " started INTEGER NOT NULL, due INTEGER NOT NULL, stopped INTEGER) STRICT;"
        "CREATE INDEX clock_due ON clock(stopped, due);"
        "CREATE INDEX clock_kase ON clock(kase, clock);"

        /* meetings */
        "CREATE TABLE meeting(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "forum INTEGER NOT NULL REFERENCES forum(id), type TEXT NOT NULL,"
        " type_version INTEGER NOT NULL, day INTEGER NOT NULL, starts INTEGER NOT NULL, state "
        "INTEGER NOT NULL DEFAULT 0, venue TEXT NOT NULL,"
        " started INTEGER, ended INTEGER, chair INTEGER, minute_taker INTEGER, table_item INTEGER, "
        "table_since INTEGER, word INTEGER,"
        " quorum_reason TEXT, quorum_words TEXT, next_day INTEGER, next_starts INTEGER, "
        "minutes_version INTEGER NOT NULL DEFAULT 0,"
        " approved INTEGER, agreed_at INTEGER REFERENCES meeting(id), correction TEXT, "
        "UNIQUE(forum, starts)) STRICT;"
        "CREATE INDEX meeting_forum ON meeting(forum, state, day);"
        "CREATE TABLE seat(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, meeting "
        "INTEGER NOT NULL REFERENCES meeting(id),"
        " agency INTEGER REFERENCES agency(id), person INTEGER REFERENCES person(id), "
        "substitute_for INTEGER REFERENCES person(id),"
        " standing INTEGER NOT NULL, guest INTEGER NOT NULL DEFAULT 0, apologies INTEGER, "
        "information INTEGER, signed INTEGER,"
        " declaration_version INTEGER, left_at INTEGER, position INTEGER NOT NULL) STRICT;"
        "CREATE INDEX seat_meeting ON seat(meeting, position);"
        "CREATE TABLE absence(id INTEGER PRIMARY KEY, seat INTEGER NOT NULL REFERENCES seat(id), "
        "item INTEGER NOT NULL REFERENCES item(id),"
        " left_at INTEGER NOT NULL, back_at INTEGER, words TEXT NOT NULL) STRICT;"
        "CREATE INDEX absence_seat ON absence(seat, item);"
        "CREATE INDEX absence_item ON absence(item);"
        "CREATE TABLE conflict(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "seat INTEGER NOT NULL REFERENCES seat(id), kase INTEGER NOT NULL"
        " REFERENCES kase(id), words TEXT NOT NULL, decision TEXT NOT NULL, at INTEGER NOT NULL, "
        "UNIQUE(seat, kase)) STRICT;"
        "CREATE INDEX conflict_kase ON conflict(kase);"
        "CREATE TABLE item(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, meeting "
        "INTEGER NOT NULL REFERENCES meeting(id), kind INTEGER NOT NULL,"
        " title TEXT NOT NULL, kase INTEGER REFERENCES kase(id), position INTEGER NOT NULL, "
        "minutes INTEGER NOT NULL, state INTEGER NOT NULL"
        " DEFAULT 0, urgent INTEGER NOT NULL DEFAULT 0, added_reason TEXT NOT NULL DEFAULT '', "
        "added_words TEXT NOT NULL DEFAULT '',"
        " reason TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '', opened INTEGER, ended "
        "INTEGER, used_s INTEGER NOT NULL DEFAULT 0) STRICT;"
        "CREATE INDEX item_meeting ON item(meeting, position);"
        "CREATE INDEX item_kase ON item(kase);"

        /* what was said and decided: appended; a correction is a new row that names the one it
           replaces */
        "CREATE TABLE share(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, item "
        "INTEGER NOT NULL REFERENCES item(id), kase INTEGER"
        " REFERENCES kase(id), agency INTEGER NOT NULL REFERENCES agency(id), person INTEGER "
        "REFERENCES person(id), what INTEGER NOT NULL,"
        " about INTEGER REFERENCES party(id), words TEXT NOT NULL, opinion INTEGER NOT NULL, "
        "source TEXT NOT NULL, source_day INTEGER,"
        " purpose TEXT NOT NULL, gateway TEXT NOT NULL, article6 TEXT NOT NULL, article9 TEXT NOT "
        "NULL, article10 TEXT NOT NULL,"
        " necessity TEXT NOT NULL, consent TEXT NOT NULL, handling TEXT NOT NULL, reason TEXT NOT "
        "NULL, restriction INTEGER NOT NULL,"
        " type_version INTEGER NOT NULL, said INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT "
        "1, replaces INTEGER UNIQUE REFERENCES share(id))"
        " STRICT;"
        "CREATE INDEX share_kase ON share(kase, said);"
        "CREATE INDEX share_item ON share(item, said);"
        "CREATE TABLE share_agency(id INTEGER PRIMARY KEY, share INTEGER NOT NULL REFERENCES "
        "share(id), agency INTEGER NOT NULL"
        " REFERENCES agency(id), UNIQUE(share, agency)) STRICT;"
        "CREATE TABLE assessment(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "kase INTEGER NOT NULL REFERENCES kase(id), item INTEGER"
        " REFERENCES item(id), tool TEXT NOT NULL, tool_version INTEGER NOT NULL, score INTEGER "
        "NOT NULL, highest INTEGER NOT NULL,"
        " least INTEGER NOT NULL, most INTEGER NOT NULL, known INTEGER NOT NULL, asked INTEGER NOT "
        "NULL, proposed INTEGER NOT NULL,"
        " band INTEGER NOT NULL, thresholds TEXT NOT NULL, override TEXT NOT NULL, made INTEGER "
        "NOT NULL) STRICT;"
        "CREATE INDEX assessment_kase ON assessment(kase, made);"
        "CREATE TABLE answer(id INTEGER PRIMARY KEY, assessment INTEGER NOT NULL REFERENCES "
        "assessment(id), factor TEXT NOT NULL,"
        " option INTEGER NOT NULL, source TEXT NOT NULL, UNIQUE(assessment, factor)) STRICT;"
        "CREATE TABLE decision(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "item INTEGER NOT NULL REFERENCES item(id), kase INTEGER"
        " REFERENCES kase(id), closes INTEGER NOT NULL, review INTEGER, outcome TEXT NOT NULL, "
        "words TEXT NOT NULL, dissent TEXT NOT NULL,"
        " dissent_agency INTEGER REFERENCES agency(id), made INTEGER NOT NULL) STRICT;"
        "CREATE INDEX decision_item ON decision(item);"
        "CREATE INDEX decision_kase ON decision(kase, made);"
        "CREATE TABLE action(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, ref "
        "TEXT NOT NULL UNIQUE, forum INTEGER NOT NULL REFERENCES forum(id),"
        " meeting INTEGER NOT NULL REFERENCES meeting(id), item INTEGER REFERENCES item(id), kase "
        "INTEGER REFERENCES kase(id),"
        " agency INTEGER NOT NULL REFERENCES agency(id), person INTEGER NOT NULL REFERENCES "
        "person(id), what TEXT NOT NULL,"
        " done_when TEXT NOT NULL, due INTEGER NOT NULL, review INTEGER, state INTEGER NOT NULL "
        "DEFAULT 0, made INTEGER NOT NULL) STRICT;"
        "CREATE INDEX action_kase ON action(kase, state);"
        "CREATE INDEX action_forum ON action(forum, state, due);"
        "CREATE INDEX action_item ON action(item);"
        "CREATE INDEX action_meeting ON action(meeting);"
        "CREATE TABLE action_update(id INTEGER PRIMARY KEY, action INTEGER NOT NULL REFERENCES "
        "action(id), meeting INTEGER REFERENCES meeting(id),"
        " state INTEGER NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
        "CREATE INDEX action_update_action ON action_update(action, at);"
        "CREATE INDEX action_update_meeting ON action_update(meeting);"
        "CREATE TABLE note(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, meeting "
        "INTEGER NOT NULL REFERENCES meeting(id), item INTEGER"
        " REFERENCES item(id), agency INTEGER REFERENCES agency(id), words TEXT NOT NULL, at "
        "INTEGER NOT NULL) STRICT;"
        "CREATE INDEX note_meeting ON note(meeting, item, at);"
        "CREATE TABLE paper(id INTEGER PRIMARY KEY, meeting INTEGER NOT NULL REFERENCES "
        "meeting(id), copy INTEGER NOT NULL, agency INTEGER"
        " REFERENCES agency(id), digest BLOB NOT NULL, bytes INTEGER NOT NULL, sealed INTEGER NOT "
        "NULL, UNIQUE(meeting, copy)) STRICT;"
        "CREATE TABLE draft(kind TEXT NOT NULL, item INTEGER NOT NULL, agency INTEGER NOT NULL, "
        "words TEXT NOT NULL, at INTEGER NOT NULL,"
        " PRIMARY KEY(kind, item, agency)) STRICT, WITHOUT ROWID;"

        /* the chain: see audit.c */
        "CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor INTEGER NOT NULL, "
        "act TEXT NOT NULL, subject TEXT NOT NULL,"
        " subject_id INTEGER NOT NULL, kase INTEGER NOT NULL, meeting INTEGER NOT NULL, digest "
        "BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
        "CREATE INDEX audit_kase ON audit(kase, seq);"

        /* search: names, addresses and references, folded; rowid = 2 * party or 2 * case + 1 */
        "CREATE VIRTUAL TABLE find USING fts5(body, prefix='1 2 3', tokenize='unicode61');"
        "CREATE TRIGGER find_party AFTER INSERT ON party BEGIN INSERT INTO find(rowid, body) "
        "VALUES(2 * new.id,"
        " fold(new.name || ' ' || new.address || ' ' || new.postcode)); END;"
        "CREATE TRIGGER unfind_party AFTER DELETE ON party BEGIN DELETE FROM find WHERE rowid = 2 "
        "* old.id; END;"
        "CREATE TRIGGER find_kase AFTER INSERT ON kase BEGIN INSERT INTO find(rowid, body) "
        "VALUES(2 * new.id + 1,"
        " fold(new.ref || ' ' || new.strand)); END;"
        "CREATE TRIGGER unfind_kase AFTER DELETE ON kase BEGIN DELETE FROM find WHERE rowid = 2 * "
        "old.id + 1; END;",

        /* 1 -> 2: the meeting in full */
        /* agenda */
        "ALTER TABLE meeting ADD COLUMN emergency TEXT;"
        "CREATE INDEX meeting_state ON meeting(state);" /* who is in the room: those that are open
                                                         */
        "ALTER TABLE item ADD COLUMN needed_for TEXT NOT NULL DEFAULT '';"
        "ALTER TABLE item ADD COLUMN carried INTEGER REFERENCES item(id);" /* put off from */
        "CREATE INDEX item_carried ON item(carried);"
        /* each time that an item lay on the table; used_s of the item is their sum */
        "CREATE TABLE stint(id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL REFERENCES "
        "item(id), begins INTEGER NOT NULL, ends INTEGER NOT NULL) STRICT;"
        "INSERT INTO stint(item, begins, ends) SELECT id, opened, coalesce(ended, opened) FROM "
        "item "
        "WHERE opened IS NOT NULL;"
        "CREATE INDEX stint_item ON stint(item);"
        /* out of the room: for an item, or (NULL) for good */
        "CREATE TABLE away(id INTEGER PRIMARY KEY AUTOINCREMENT, seat INTEGER NOT NULL REFERENCES "
        "seat(id), item INTEGER REFERENCES item(id), left_at INTEGER NOT NULL, back_at INTEGER, "
        "words TEXT NOT NULL) STRICT;"
        "INSERT INTO away SELECT id, seat, item, left_at, back_at, words FROM absence;"
        "DROP TABLE absence;"
        "ALTER TABLE away RENAME TO absence;"
        "INSERT INTO absence(seat, left_at, words) SELECT id, left_at, '' FROM seat WHERE left_at "
        "IS "
        "NOT NULL;"
        "CREATE INDEX absence_seat ON absence(seat, item);"
        "CREATE INDEX absence_item ON absence(item);"
        "CREATE INDEX action_update_at ON action_update(at);"
        /* who somebody is, across cases; `merged` = the identity it turned out to be */
        "CREATE TABLE identity(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "merged INTEGER REFERENCES identity(id)) STRICT;"
        "CREATE INDEX identity_merged ON identity(merged);"
        "INSERT INTO identity(id, uid) SELECT id, randomblob(16) FROM party ORDER BY id;"
        "ALTER TABLE party ADD COLUMN identity INTEGER REFERENCES identity(id);"
        "UPDATE party SET identity = id;"
        "CREATE INDEX party_identity ON party(identity);"
        "CREATE INDEX party_born ON party(born) WHERE born IS NOT NULL;"
        "CREATE INDEX party_place ON party(postcode);"
        "CREATE TRIGGER party_is_somebody AFTER INSERT ON party WHEN new.identity IS NULL BEGIN "
        "INSERT INTO identity(uid) VALUES(randomblob(16));"
        " UPDATE party SET identity = last_insert_rowid() WHERE id = new.id; END;"
        "CREATE TRIGGER refind_party AFTER UPDATE OF name, address, postcode ON party BEGIN "
        "DELETE FROM find WHERE rowid = 2 * old.id;"
        " INSERT INTO find(rowid, body) VALUES(2 * new.id, fold(new.name || ' ' || new.address || "
        "' ' || new.postcode)); END;"
        /* how names sound, a word a sound; rowid = party */
        "CREATE VIRTUAL TABLE find_sound USING fts5(body, detail=none, tokenize='unicode61');"
        "INSERT INTO find_sound(rowid, body) SELECT id, sound(name) FROM party;"
        "CREATE TRIGGER sound_party AFTER INSERT ON party BEGIN INSERT INTO find_sound(rowid, "
        "body) VALUES(new.id, sound(new.name)); END;"
        "CREATE TRIGGER unsound_party AFTER DELETE ON party BEGIN DELETE FROM find_sound WHERE "
        "rowid = old.id; END;"
        "CREATE TRIGGER resound_party AFTER UPDATE OF name ON party BEGIN DELETE FROM find_sound "
        "WHERE rowid = old.id;"
        " INSERT INTO find_sound(rowid, body) VALUES(new.id, sound(new.name)); END;"
        "CREATE TABLE merge(id INTEGER PRIMARY KEY AUTOINCREMENT, kept INTEGER NOT NULL REFERENCES "
        "identity(id), gone INTEGER NOT NULL"
        " REFERENCES identity(id), words TEXT NOT NULL, at INTEGER NOT NULL, undone INTEGER, "
        "undone_words TEXT NOT NULL DEFAULT '') STRICT;"
        "CREATE INDEX merge_kept ON merge(kept);"
        "CREATE INDEX merge_gone ON merge(gone);"
        "CREATE TABLE exemption(id INTEGER PRIMARY KEY AUTOINCREMENT, identity INTEGER NOT NULL "
        "REFERENCES identity(id), subject TEXT NOT NULL, subject_id INTEGER NOT NULL,"
        " reason TEXT NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE(identity, "
        "subject, subject_id)) STRICT;"
        "CREATE TABLE party_was(id INTEGER PRIMARY KEY AUTOINCREMENT, party INTEGER NOT NULL "
        "REFERENCES party(id), role TEXT NOT NULL, name TEXT NOT NULL,"
        " born INTEGER, address TEXT NOT NULL, postcode TEXT NOT NULL, phone TEXT NOT NULL, "
        "safe_contact TEXT NOT NULL, until INTEGER NOT NULL) STRICT;"
        "CREATE INDEX party_was_party ON party_was(party);"
        "ALTER TABLE incident ADD COLUMN same_as INTEGER REFERENCES incident(id);"
        "ALTER TABLE incident ADD COLUMN qualifying INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE incident ADD COLUMN reported INTEGER;" /* day; NULL = the day it was */
        "CREATE INDEX incident_same ON incident(same_as);"
        "ALTER TABLE kase ADD COLUMN repeat_of INTEGER REFERENCES kase(id);"
        "ALTER TABLE kase ADD COLUMN repeat_words TEXT NOT NULL DEFAULT '';"
        "CREATE INDEX kase_repeat ON kase(repeat_of);"
        /* restriction: the chair opened what was held back, for a time */
        "CREATE TABLE glass(id INTEGER PRIMARY KEY AUTOINCREMENT, kase INTEGER NOT NULL REFERENCES "
        "kase(id), meeting INTEGER NOT NULL REFERENCES meeting(id),"
        " seat INTEGER NOT NULL REFERENCES seat(id), words TEXT NOT NULL, at INTEGER NOT NULL, "
        "until INTEGER NOT NULL) STRICT;"
        "CREATE INDEX glass_kase ON glass(kase, meeting);"
        "CREATE INDEX glass_meeting ON glass(meeting);"
        "CREATE INDEX glass_seat ON glass(seat);"
        /* who might see a case from then on, and why that was so decided */
        "CREATE TABLE restricted(id INTEGER PRIMARY KEY AUTOINCREMENT, kase INTEGER NOT NULL "
        "REFERENCES kase(id), meeting INTEGER REFERENCES meeting(id),"
        " level INTEGER NOT NULL, agencies TEXT NOT NULL, words TEXT NOT NULL, at INTEGER NOT "
        "NULL) "
        "STRICT;"
        "CREATE INDEX restricted_kase ON restricted(kase);"
        "CREATE INDEX restricted_meeting ON restricted(meeting);"
        /* events that clocks wait for; practice texts of the partnership's own */
        "CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, kase INTEGER NOT NULL REFERENCES "
        "kase(id), event TEXT NOT NULL, words TEXT NOT NULL,"
        " at INTEGER NOT NULL, made INTEGER NOT NULL) STRICT;"
        "CREATE INDEX event_kase ON event(kase, at);"
        "CREATE INDEX event_at ON event(at);"
        "CREATE TABLE practice_text(id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER "
        "NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL, gone INTEGER,"
        " UNIQUE(name, version)) STRICT;"
        "ALTER TABLE assessment ADD COLUMN escalated TEXT NOT NULL DEFAULT '';"
        /* research: private to its agency until spoken */
        "CREATE TABLE research(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "meeting INTEGER NOT NULL REFERENCES meeting(id), kase INTEGER"
        " NOT NULL REFERENCES kase(id), agency INTEGER NOT NULL REFERENCES agency(id), asked "
        "INTEGER, returned INTEGER, nothing_known INTEGER NOT NULL DEFAULT 0,"
        " UNIQUE(meeting, kase, agency)) STRICT;"
        "CREATE INDEX research_kase ON research(kase, agency);"
        "CREATE INDEX research_agency ON research(agency);"
        "CREATE TABLE research_line(id INTEGER PRIMARY KEY AUTOINCREMENT, research INTEGER NOT "
        "NULL REFERENCES research(id), about INTEGER REFERENCES party(id),"
        " words TEXT NOT NULL, opinion INTEGER NOT NULL, source TEXT NOT NULL, source_day INTEGER, "
        "share INTEGER REFERENCES share(id), gone INTEGER) STRICT;" /* gone: taken back unsaid */
        "CREATE INDEX research_line_research ON research_line(research);"
        "CREATE INDEX research_line_about ON research_line(about);"
        "CREATE INDEX research_line_share ON research_line(share);"
        "CREATE TABLE agreement(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "kind TEXT NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL,"
        " issued INTEGER, review INTEGER, quoted INTEGER NOT NULL DEFAULT 0, UNIQUE(kind, title, "
        "version)) STRICT;"
        "CREATE TABLE signature(id INTEGER PRIMARY KEY AUTOINCREMENT, agreement INTEGER NOT NULL "
        "REFERENCES agreement(id), agency INTEGER NOT NULL"
        " REFERENCES agency(id), day INTEGER NOT NULL, name TEXT NOT NULL, quoted INTEGER NOT NULL "
        "DEFAULT 0, UNIQUE(agreement, agency)) STRICT;"
        "CREATE INDEX signature_agency ON signature(agency);"
        /* the day in the list of agencies becomes a signature; the register alone tells from now on
         */
        "INSERT INTO agreement(uid, kind, title, version) SELECT randomblob(16), 'isa', "
        "'Information sharing agreement', '1' WHERE EXISTS (SELECT 1 FROM agency WHERE isa_signed "
        "IS NOT NULL);"
        "INSERT INTO signature(agreement, agency, day, name) SELECT a.id, g.id, g.isa_signed, '' "
        "FROM agency g, agreement a WHERE g.isa_signed IS NOT NULL ORDER BY g.id;"
        "ALTER TABLE agency DROP COLUMN isa_signed;"
        "ALTER TABLE share ADD COLUMN authorised INTEGER REFERENCES person(id);"
        "CREATE INDEX share_authorised ON share(authorised);"
        "ALTER TABLE share ADD COLUMN agreement INTEGER REFERENCES agreement(id);"
        "CREATE INDEX share_agreement ON share(agreement);"
        "CREATE TABLE share_heard(id INTEGER PRIMARY KEY AUTOINCREMENT, share INTEGER NOT NULL "
        "REFERENCES share(id), seat INTEGER NOT NULL REFERENCES seat(id), UNIQUE(share, seat)) "
        "STRICT;" /* who was in the room then */
        "CREATE INDEX share_heard_seat ON share_heard(seat);"
        /* minutes: what was put right, and what was marked in error */
        "ALTER TABLE note ADD COLUMN replaces INTEGER REFERENCES note(id);"
        "CREATE INDEX note_replaces ON note(replaces);"
        "CREATE TABLE mistake(id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, "
        "subject_id INTEGER NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL,"
        " UNIQUE(subject, subject_id)) STRICT;"
        "CREATE TABLE minutes(id INTEGER PRIMARY KEY AUTOINCREMENT, meeting INTEGER NOT NULL "
        "REFERENCES meeting(id), version INTEGER NOT NULL, stage TEXT NOT NULL,"
        " item INTEGER REFERENCES item(id), words TEXT NOT NULL, at_meeting INTEGER REFERENCES "
        "meeting(id), at INTEGER NOT NULL, UNIQUE(meeting, version)) STRICT;"
        "CREATE INDEX minutes_item ON minutes(item);"
        "CREATE INDEX minutes_at ON minutes(at_meeting);"
        "INSERT INTO minutes(meeting, version, stage, words, at_meeting, at) SELECT id, "
        "minutes_version, CASE WHEN coalesce(correction, '') <> '' THEN 'corrected' WHEN approved "
        "IS NULL THEN 'draft' ELSE 'approved' END, coalesce(correction, ''), CASE WHEN "
        "coalesce(correction, '') <> '' THEN agreed_at END, coalesce(approved, ended, starts) "
        "FROM meeting WHERE minutes_version > 0 ORDER BY id;"
        "ALTER TABLE paper ADD COLUMN kind TEXT NOT NULL DEFAULT 'minutes';"
        "ALTER TABLE paper ADD COLUMN version INTEGER NOT NULL DEFAULT 0;" /* of the minutes */
        /* the ASB case review */
        "CREATE TABLE review(id INTEGER PRIMARY KEY AUTOINCREMENT, kase INTEGER NOT NULL UNIQUE "
        "REFERENCES kase(id), applied INTEGER NOT NULL, applicant TEXT NOT NULL,"
        " words TEXT NOT NULL, met INTEGER, decided INTEGER, meeting INTEGER REFERENCES "
        "meeting(id), route TEXT NOT NULL DEFAULT '',"
        " reasons TEXT NOT NULL DEFAULT '', victim TEXT NOT NULL DEFAULT '', victim_words TEXT NOT "
        "NULL DEFAULT '') STRICT;"
        "CREATE TABLE review_step(id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB NOT NULL UNIQUE, "
        "kase INTEGER NOT NULL REFERENCES kase(id), what TEXT NOT NULL,"
        " agency INTEGER REFERENCES agency(id), answers INTEGER REFERENCES review_step(id), words "
        "TEXT NOT NULL, day INTEGER, at INTEGER NOT NULL) STRICT;"
        "CREATE INDEX review_step_kase ON review_step(kase, at);"
        "CREATE INDEX review_step_answers ON review_step(answers);"
        "CREATE INDEX review_step_agency ON review_step(agency);"
        "CREATE INDEX review_meeting ON review(meeting);"
        /* sub-groups: terms of reference that end, and how the plan goes */
        "CREATE TABLE terms(id INTEGER PRIMARY KEY AUTOINCREMENT, forum INTEGER NOT NULL "
        "REFERENCES forum(id), begins INTEGER NOT NULL, months INTEGER NOT NULL,"
        " words TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
        "CREATE INDEX terms_forum ON terms(forum, begins);"
        "CREATE TABLE progress(id INTEGER PRIMARY KEY AUTOINCREMENT, plan INTEGER NOT NULL "
        "REFERENCES plan(id), meeting INTEGER REFERENCES meeting(id),"
        " status TEXT NOT NULL, words TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
        "CREATE INDEX progress_plan ON progress(plan, at);"
        "CREATE INDEX progress_meeting ON progress(meeting);",

        /* 2 -> 3: the vault at full strength */
        /* retention and disposal: `subject` and `subject_id` as record_disposal.h names them */
        "CREATE TABLE hold(id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, subject_id "
        "INTEGER NOT NULL, words TEXT NOT NULL, agency INTEGER REFERENCES agency(id),"
        " person INTEGER NOT NULL REFERENCES person(id), review INTEGER NOT NULL, at INTEGER NOT "
        "NULL, lifted INTEGER, lifted_words TEXT NOT NULL DEFAULT '', lifted_by INTEGER REFERENCES "
        "person(id)) STRICT;"
        "CREATE UNIQUE INDEX hold_stands ON hold(subject, subject_id) WHERE lifted IS NULL;"
        "CREATE TABLE disposal(id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, "
        "subject_id INTEGER NOT NULL, keep_until INTEGER, words TEXT NOT NULL, agency INTEGER "
        "REFERENCES agency(id),"
        " person INTEGER NOT NULL REFERENCES person(id), at INTEGER NOT NULL, replaced INTEGER) "
        "STRICT;" /* keep_until NULL: it is to go */
        "CREATE UNIQUE INDEX disposal_stands ON disposal(subject, subject_id) WHERE replaced IS "
        "NULL;"
        "CREATE TABLE certificate(id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, "
        "carried TEXT NOT NULL, key_before BLOB NOT NULL, key_after BLOB, key_at INTEGER, audit "
        "INTEGER NOT NULL) STRICT;"
        "CREATE INDEX certificate_key ON certificate(key_after);"
        "CREATE TABLE certificate_line(id INTEGER PRIMARY KEY, certificate INTEGER NOT NULL "
        "REFERENCES certificate(id), what TEXT NOT NULL, period TEXT NOT NULL, source TEXT NOT "
        "NULL,"
        " n INTEGER NOT NULL, reviewer TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT "
        "NULL) STRICT;"
        "CREATE INDEX certificate_line_of ON certificate_line(certificate);"
        "CREATE TABLE certificate_count(id INTEGER PRIMARY KEY, certificate INTEGER NOT NULL "
        "REFERENCES certificate(id), what TEXT NOT NULL, n INTEGER NOT NULL, UNIQUE(certificate, "
        "what)) STRICT;"
        "CREATE TABLE certificate_copy(id INTEGER PRIMARY KEY, certificate INTEGER NOT NULL "
        "REFERENCES certificate(id), copy INTEGER NOT NULL, agency INTEGER REFERENCES agency(id),"
        " digest BLOB NOT NULL, bytes INTEGER NOT NULL, sealed INTEGER NOT NULL, "
        "UNIQUE(certificate, copy)) STRICT;"
        "CREATE INDEX kase_closed ON kase(closed) WHERE open = 0;"
        "CREATE INDEX meeting_ended ON meeting(ended) WHERE ended IS NOT NULL;"
        "CREATE INDEX paper_sealed ON paper(sealed) WHERE bytes > 0;"
        "CREATE INDEX draft_at ON draft(at);"
        /* so that a row which is deleted need not be looked for in whole tables */
        "CREATE INDEX note_item ON note(item);"
        "CREATE INDEX assessment_item ON assessment(item);"
        "CREATE INDEX share_about ON share(about) WHERE about IS NOT NULL;"
        "CREATE INDEX exemption_subject ON exemption(subject, subject_id);"
        /* the audit: what seals an entry (NULL: written before there was a seal), the ways into it,
           and the keys that opened the store, which stay when they are taken from the keyring */
        "ALTER TABLE audit ADD COLUMN mac BLOB;"
        "CREATE INDEX audit_at ON audit(at);"
        "CREATE INDEX audit_actor ON audit(actor, seq);"
        "CREATE INDEX audit_subject ON audit(subject, subject_id, seq);"
        "CREATE INDEX audit_print ON audit(substr(hash, 1, 8));" /* of a paper, to its entry */
        "CREATE INDEX seat_person ON seat(person);"              /* what was done about somebody */
        "CREATE TABLE opener(id INTEGER PRIMARY KEY AUTOINCREMENT, slot BLOB NOT NULL UNIQUE, "
        "label TEXT NOT NULL, kind INTEGER NOT NULL) STRICT;",

        /* 3 -> 4 */
        /* a hold may stand until it is lifted, without a day to look at it again */
        "CREATE TABLE hold_4(id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, "
        "subject_id "
        "INTEGER NOT NULL, words TEXT NOT NULL, agency INTEGER REFERENCES agency(id),"
        " person INTEGER NOT NULL REFERENCES person(id), review INTEGER, at INTEGER NOT "
        "NULL, lifted INTEGER, lifted_words TEXT NOT NULL DEFAULT '', lifted_by INTEGER REFERENCES "
        "person(id)) STRICT;"
        "INSERT INTO hold_4 SELECT id, subject, subject_id, words, agency, person, review, at, "
        "lifted, lifted_words, lifted_by FROM hold;"
        "DROP TABLE hold;"
        "ALTER TABLE hold_4 RENAME TO hold;"
        "CREATE UNIQUE INDEX hold_stands ON hold(subject, subject_id) WHERE lifted IS NULL;"
        /* cases that were hidden when they went: what the audit has of them stays hidden */
        "CREATE TABLE kase_gone(id INTEGER PRIMARY KEY) STRICT;",
};

/* fold(text): the same folding for what is stored and what is looked for. */
static void fold(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const char *s = (const char *)sqlite3_value_text(v[0]);
	int len = sqlite3_value_bytes(v[0]);
	(void)n;
	if (!s)
		return;
	char *out = sqlite3_malloc(2 * len + 1);
	if (!out) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	size_t o = utf8_fold(s, (size_t)len, out, (size_t)(2 * len + 1));
	sqlite3_result_text(ctx, out, (int)o, sqlite3_free);
}

/* sound(name): how a name sounds, so that near matches are found by an index (R14). */
static void sound(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	char out[SOUND_MAX];
	const char *s = (const char *)sqlite3_value_text(v[0]);
	(void)n;
	if (!s)
		return;
	name_sound(s, (size_t)sqlite3_value_bytes(v[0]), out);
	sqlite3_result_text(ctx, out, -1, SQLITE_TRANSIENT);
}

enum err schema_migrate(struct record *r, struct why *w)
{
	return schema_migrate_to(r, SCHEMA_VERSION, w);
}

enum err schema_migrate_to(struct record *r, int64_t to, struct why *w)
{
	int64_t version;
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int rc = sqlite3_create_function_v2(r->db, "fold", 1, flags, NULL, fold, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function_v2(
		        r->db, "sound", 1, flags, NULL, sound, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return sql_error(r, rc);
	TRY(sql_one_int(r, &version, "PRAGMA user_version", ""));
	if (version > SCHEMA_VERSION)
		return why(w, ERR_VERSION,
		        "This store was written by a later Caseroom (records version %d). Use that "
		        "version.",
		        (int)version);
	for (; version < to; version++) {
		char set[64];
		snprintf(set, sizeof(set), "PRAGMA user_version = %d", (int)version + 1);
		TRY(sql_script(r, "BEGIN IMMEDIATE"));
		enum err e = sql_script(r, MIGRATION[version]);
		if (!e)
			e = sql_script(r, set);
		if (!e)
			e = sql_script(r, "COMMIT");
		if (e) {
			if (!sqlite3_get_autocommit(
			            r->db)) /* SQLite may have rolled back already */
				err_ignore(sql_script(r, "ROLLBACK"));
			return why(w, e,
			        "The store could not be brought up to date. It is as it was.");
		}
	}
	return ERR_OK;
}
