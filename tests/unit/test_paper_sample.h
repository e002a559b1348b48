#ifndef CASEROOM_TEST_PAPER_SAMPLE_H
#define CASEROOM_TEST_PAPER_SAMPLE_H
/* An invented meeting: nobody here lives, no postcode QX exists, 01632 960 is kept for fiction. */
#include "caseroom/paper.h"

static const struct paper_attendee SAMPLE_ATTENDEE[] = {
        {.agency = "Victim services",
                .name = "Asha Sample",
                .initials = "AS",
                .role = "Chair",
                .state = "Chair, signed 13:54",
                .signed_statement = true},
        {.agency = "Police",
                .name = "Sgt Wyn Specimen",
                .initials = "WS",
                .role = "Core",
                .state = "Signed 13:56",
                .signed_statement = true},
        {.agency = "City council",
                .name = "Jo Muster",
                .initials = "JM",
                .role = "Core",
                .state = "Signed 13:57",
                .signed_statement = true},
        {.agency = "Social landlord",
                .name = "Łucja Próbka",
                .initials = "ŁP",
                .role = "Deputy",
                .state = "Sub: housing officer, signed 13:58",
                .signed_statement = true},
        {.agency = "Probation",
                .name = "Ravi Placeholder",
                .initials = "RP",
                .role = "Core",
                .state = "Signed 13:55",
                .signed_statement = true},
        {.agency = "Mental health trust",
                .name = "Dr Siân Exemplar",
                .initials = "SE",
                .role = "Core",
                .state = "Signed 14:02, arrived late",
                .signed_statement = true},
        {.agency = "Adult social care",
                .name = "Tom Sample-Specimen",
                .initials = "TSS",
                .role = "Core",
                .state = "Signed 13:59",
                .signed_statement = true},
        {.agency = "University",
                .name = "Kit Dummy",
                .initials = "KD",
                .role = "Student observer",
                .state = "Signed 13:59",
                .observer = true,
                .signed_statement = true},
        {.agency = "Ward partnership",
                .name = "Pat Nonesuch",
                .initials = "PN",
                .role = "Community observer",
                .state = "Did not sign, left 14:00",
                .observer = true,
                .signed_statement = false},
};

static const struct paper_apology SAMPLE_APOLOGY[] = {
        {"Fire and rescue", "Lee Example", "", "information received 17 November"},
        {"Social landlord", "Max Mustermann", "Łucja Próbka", ""},
};

static const char *const SAMPLE_EMPTY[] = {"Drug and alcohol service", "Education"};

static const struct paper_old_action SAMPLE_OLD[] = {
        {"A-2026-0088", "Fit a new lock to the rear door of 4 Sample Court", "Social landlord",
                "Łucja Próbka", "5 November", "Done: lock fitted on 3 November"},
        {"A-2026-0090", "Offer a place in the mediation scheme to both households", "City council",
                "Jo Muster", "12 November", "Overtaken by circumstances: one household has moved"},
        {"A-2026-0091", "Ask the surgery whether it will send someone", "Mental health trust",
                "Dr Siân Exemplar", "12 November",
                "Not done: no reply to two letters. Carried on to 10 December"},
};

static const struct paper_entry SAMPLE_ENTRY_1[] = {
        {"Police", "Fact", "J. Specimen",
                "Two calls since 1 November, both after 23:00. A community protection warning was "
                "given on 9 November; no "
                "further call since.",
                "CDA 1998, section 115; Article 6(1)(e); Schedule 2 paragraph 2; handling: this "
                "group only",
                "Joint visit with the landlord. Police, 20 November"},
        {"Social landlord", "Fact", "J. Specimen",
                "Tenancy warning served on 16 November. The front door was kicked in on 14 "
                "November and is boarded up.",
                "Article 6(1)(e); handling: not to be told to the household",
                "Door repair. Landlord, 3 December"},
        {"Fire and rescue", "Fact", "",
                "By letter: a home safety visit was made on 6 November; two alarms fitted.", "",
                ""},
        {"Mental health trust", "Opinion", "R. Specimen",
                "Sleep is poor and she is more anxious than at the last review. She is safe to be "
                "called on 01632 960 012 in "
                "the morning; no letter is to be sent.",
                "Article 6(1)(e); Article 9(2)(g) with Schedule 1 paragraph 18; handling: safe "
                "contact",
                ""},
        {"Probation", "Decided not to share", "J. Specimen", "",
                "Reason kept by Probation: not necessary for today's decision", ""},
        {"Adult social care", "Nothing to share", "", "Not known to the service.", "", ""},
        {"Victim services", "Discussion", "",
                "The group weighed moving the household to QX4 1AA against staying with the door "
                "repaired and alarms in "
                "place. The household wants to stay.",
                "", ""},
        {"Probation", "Dissent", "", "Review in two weeks, not three.", "", ""},
};

static const struct paper_action SAMPLE_ACTION_1[] = {
        {.ref = "A-2026-0101",
                .what = "Joint visit with the landlord, before 18:00",
                .agency = "Police",
                .owner = "Sgt Wyn Specimen",
                .done_when = "Visit made and written up",
                .case_ref = "C-2026-0118",
                .due = 20777,
                .review = DAY_NONE,
                .uid = "5f0c9a31c8d84d3f9a5b0f7e60f1a001"},
        {.ref = "A-2026-0102",
                .what = "Repair the front door; \"temporary\" board off",
                .agency = "Social landlord",
                .owner = "Łucja Próbka",
                .done_when = "Door shuts and locks",
                .case_ref = "C-2026-0118",
                .due = 20790,
                .review = 20797,
                .uid = "5f0c9a31c8d84d3f9a5b0f7e60f1a002"},
};

static const struct paper_entry SAMPLE_ENTRY_2[] = {
        {"City council", "Fact", "Sample Court car park",
                "Eleven reports in October of gatherings after dark; lighting column 14 is out.",
                "", "Lighting. Council, 27 November"},
        {"Police", "Opinion", "", "Most are aged 14 to 16. No offence was seen on three patrols.",
                "", ""},
};

static const struct paper_action SAMPLE_ACTION_2[] = {
        {.ref = "A-2026-0103",
                .what = "Mend lighting column 14",
                .agency = "City council",
                .owner = "Jo Muster",
                .done_when = "Lit at dusk",
                .case_ref = "C-2026-0125",
                .due = 20784,
                .review = DAY_NONE,
                .uid = "5f0c9a31c8d84d3f9a5b0f7e60f1a003"},
};

static const struct paper_item SAMPLE_ITEM[] = {
        {.number = 1,
                .title = "C-2026-0118, neighbour ASB, third review",
                .presence = "Kit Dummy (observer) left for this item: restricted to the agencies "
                            "named.",
                .timing = "14:11 to 14:23, 12 minutes planned",
                .entry = SAMPLE_ENTRY_1,
                .n_entries = COUNT_OF(SAMPLE_ENTRY_1),
                .risk = "High (38 of 60), raised from medium; proposed 34, chair's reason: "
                        "second forced entry.",
                .decision = "Stay with measures in place; joint visit; injunction papers to be "
                            "drawn up if a third call comes.",
                .dissent = "Probation asked for a review in two weeks.",
                .review = "10 December 2026",
                .action = SAMPLE_ACTION_1,
                .n_actions = COUNT_OF(SAMPLE_ACTION_1)},
        {.number = 2,
                .title = "C-2026-0125, Sample Court car park, first review",
                .timing = "14:23 to 14:40, 12 minutes planned",
                .entry = SAMPLE_ENTRY_2,
                .n_entries = COUNT_OF(SAMPLE_ENTRY_2),
                .risk = "Medium (21 of 60), as proposed.",
                .decision = "Lighting first; look again with the November figures.",
                .dissent = "",
                .review = "",
                .action = SAMPLE_ACTION_2,
                .n_actions = COUNT_OF(SAMPLE_ACTION_2)},
        {.number = 3,
                .title = "Terms of reference",
                .timing = "14:40 to 14:46",
                .decision = "Agreed for twelve months."},
};

static const char *const SAMPLE_OPEN[] = {"C-2026-0125 has no review date."};

static const struct paper_minutes SAMPLE = {
        .marking = "OFFICIAL-SENSITIVE",
        .partnership = "Quexham community safety partnership",
        .heading = "Safer Estates steering group, Quexham",
        .forum = "Safer Estates steering group",
        .type_name = "ASB case conference",
        .venue = "Committee room 2, Sample House, QX1 1AA",
        .status = "Draft minutes",
        .version = 1,
        .day = 20776, /* 19 November 2026 */
        .started = "14:00",
        .ended = "16:31",
        .chair = "Asha Sample, Victim services",
        .minute_taker = "Nia Specimen, City council",
        .attendee = SAMPLE_ATTENDEE,
        .n_attendees = COUNT_OF(SAMPLE_ATTENDEE),
        .apology = SAMPLE_APOLOGY,
        .n_apologies = COUNT_OF(SAMPLE_APOLOGY),
        .empty_seat = SAMPLE_EMPTY,
        .n_empty_seats = COUNT_OF(SAMPLE_EMPTY),
        .quorum = "The meeting was quorate: Police, City council and Social landlord were present, "
                  "and four more agencies.",
        .declaration_title = "Confidentiality",
        .declaration = "What is said here is said for the protection of people and the prevention "
                       "of crime and disorder. It is "
                       "kept within the agencies present and used for nothing else. Each agency "
                       "answers for its own actions.",
        .last_minutes = "The minutes of 22 October were agreed as a correct record.",
        .old_action = SAMPLE_OLD,
        .n_old_actions = COUNT_OF(SAMPLE_OLD),
        .item = SAMPLE_ITEM,
        .n_items = COUNT_OF(SAMPLE_ITEM),
        .open_point = SAMPLE_OPEN,
        .n_open_points = COUNT_OF(SAMPLE_OPEN),
        .next_meeting = "Thursday 10 December 2026, 14:00, Committee room 2.",
        .statistics = "Cases: 2, of them 1 reviewed\nActions agreed: 3; done since the last "
                      "meeting: 1 of 3\nDecisions not to "
                      "share: 1",
        .fingerprint = "copper harvest lantern meadow thimble",
};

#endif
