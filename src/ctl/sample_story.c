#include "sample.h"

/*
 * Four meetings of the sample's Safer Estates group, invented throughout. At the end eleven cases
 * that the whole room may see, and one for three agencies alone, come up on 19 November; nine
 * actions are open, two of them late by that day.
 */

#define FACT(agency, about, words, day)                                                            \
	{                                                                                          \
		agency, about, SHARE_WORDS, false, words, NULL, day                                \
	}
#define OPINION(agency, about, words, day)                                                         \
	{                                                                                          \
		agency, about, SHARE_WORDS, true, words, NULL, day                                 \
	}
#define WITHHELD(agency, reason, words)                                                            \
	{                                                                                          \
		agency, NULL, SHARE_NOT, false, words, reason, NULL                                \
	}
#define NOTHING(agency)                                                                            \
	{                                                                                          \
		agency, NULL, SHARE_NOTHING, false, "", NULL, NULL                                 \
	}
#define PROPOSED(answers)                                                                          \
	{                                                                                          \
		answers, -1, NULL                                                                  \
	}
#define NO_TODO                                                                                    \
	{                                                                                          \
		NULL, NULL, NULL, NULL                                                             \
	}
#define NO_RISK                                                                                    \
	{                                                                                          \
		NULL, -1, NULL                                                                     \
	}

/* ---- 12 March: ten new cases ---- */

static const struct item_story MARCH[] = {
        {"C-2026-0094", NULL, "2026-09-17", NULL,
                "A youth worker goes to the shops; looked at again after the summer.", NULL, NULL,
                PROPOSED("20010001021102"),
                {FACT("police", "Kit", "Three calls in February, all before 21:00.", "2026-03-10"),
                        FACT("council", NULL, "The shops have asked for patrols on Fridays.",
                                "2026-03-09"),
                        NOTHING("probation")},
                {{"council", "Youth worker at the shops on Fridays", "First month's notes",
                        "2026-04-30"}}},
        /* 14 of 42 */
        {"C-2026-0118", NULL, "2026-07-23", NULL,
                "Stays open while the landlord speaks to both homes.", NULL, NULL,
                PROPOSED("10100011011110"),
                {FACT("landlord", "Dale", "A first letter went to number 6 on 9 March.",
                         "2026-03-09"),
                        OPINION("victims", "Avery", "Worn out, and worried that Robin hears it.",
                                "2026-03-11"),
                        NOTHING("police")},
                {{"landlord", "Letter to both homes about the shared entrance",
                        "Copy of the letters", "2026-03-20"}}},
        {"C-2025-0212", NULL, "2026-09-17", NULL,
                "A tenancy warning was given; both households are rung each month.", NULL, NULL,
                NO_RISK,
                {FACT("landlord", "Taylor", "A tenancy warning was given on 3 March.",
                        "2026-03-03")},
                {NO_TODO}},
        {"C-2025-0219", NULL, "2026-09-17", NULL,
                "Recorded as hate-related by all agencies from now on.", NULL, NULL, NO_RISK,
                {FACT("police", NULL, "Recorded as hate-related since December.", "2026-03-10")},
                {NO_TODO}},
        {"C-2026-0009", NULL, "2026-07-23", NULL, "Noise diary for three months.", NULL, NULL,
                NO_RISK, {NOTHING("police")}, {NO_TODO}},
        {"C-2026-0031", NULL, "2026-07-23", NULL,
                "A barrier is asked for; looked at again in July.", NULL, NULL, NO_RISK,
                {NOTHING("landlord")}, {NO_TODO}},
        {"C-2026-0052", NULL, "2026-09-17", NULL, "Home visit first, then a plan with the tenant.",
                NULL, NULL, NO_RISK,
                {OPINION("adult-care", "Sage", "Wants help and is ashamed to ask for it.",
                        "2026-03-06")},
                {NO_TODO}},
        {"C-2026-0073", NULL, "2026-09-17", NULL, "One contact person for all calls.", NULL, NULL,
                NO_RISK,
                {FACT("mental-health", "Asha", "Known to the community team, seen every two weeks.",
                        "2026-03-02")},
                {NO_TODO}},
        {"C-2026-0087", NULL, "2026-07-23", NULL, "Visits in pairs, no letters to the flat.", NULL,
                NULL, PROPOSED("20101021021121"),
                {FACT("landlord", "Rory",
                         "The back door is never locked; up to eight people were counted in a "
                         "night.",
                         "2026-03-05"),
                        OPINION("adult-care", "Rory", "Says yes to whoever asks last.",
                                "2026-03-10"),
                        NOTHING("probation")},
                {NO_TODO}},
        {"C-2026-0107", NULL, "2026-07-23", NULL, "The threshold is met; the review panel is told.",
                NULL, NULL, NO_RISK, {NOTHING("victims")}, {NO_TODO}},
        {.ref = NULL},
};

/* ---- 23 July ---- */

static const struct outcome_story JULY_DONE[] = {
        {"Youth worker at the shops on Fridays", ACTION_DONE,
                "Eleven Fridays; the notes are with the council."},
        {"Letter to both homes about the shared entrance", ACTION_DONE, "Sent on 18 March."},
        {NULL, ACTION_OPEN, NULL},
};

static const struct item_story JULY[] = {
        /* 22 of 42 */
        {"C-2026-0118", NULL, "2026-10-22", NULL,
                "Mediation is offered once; a warning follows if it fails.", NULL, NULL,
                PROPOSED("20001011021011"),
                {FACT("police", "Dale", "Called on 11 July; words of advice were given.",
                         "2026-07-12"),
                        OPINION("victims", "Avery", "Keeps a bag packed at a relative's.",
                                "2026-07-20"),
                        WITHHELD("probation", "not-necessary", "")},
                {{"landlord", "Offer of mediation to both homes", "Answer of both", "2026-08-14"}}},
        {"C-2026-0087", NULL, "2026-10-22", NULL, "Visits go on in pairs.", NULL, NULL, NO_RISK,
                {FACT("police", NULL,
                        "The lock was changed on 13 July by somebody other than the landlord.",
                        "2026-07-16")},
                {NO_TODO}},
        {"C-2026-0009", NULL, "2026-10-22", NULL, "Quieter; the diary goes on.", NULL, NULL,
                NO_RISK, {NOTHING("police")}, {NO_TODO}},
        {"C-2026-0031", NULL, NULL, "harm-stopped",
                "No report since the barrier was put up in May.", NULL, NULL, NO_RISK,
                {NOTHING("police")}, {NO_TODO}},
        {"C-2026-0107", NULL, "2026-10-22", NULL, "Recommendations come in the autumn.", NULL, NULL,
                NO_RISK, {NOTHING("landlord")}, {NO_TODO}},
        {"C-2026-0120", "police council victims mental-health", "2026-10-22", NULL,
                "Kept to the named agencies; one worker for him.", NULL, NULL, NO_RISK,
                {FACT("police", NULL, "Seen with the same two older men on four days.",
                         "2026-07-14"),
                        OPINION("mental-health", NULL, "Afraid, and not of us.", "2026-07-21")},
                {NO_TODO}},
        {"C-2026-0122", "police victims adult-care", "2026-10-22", NULL,
                "The address stays with Adult social care.", NULL, NULL, NO_RISK,
                {FACT("adult-care", "Wren", "Moved on 19 July with help.", "2026-07-20")},
                {NO_TODO}},
        {.ref = NULL},
};

/* ---- 17 September ---- */

static const struct outcome_story SEPTEMBER_DONE[] = {
        {"Offer of mediation to both homes", ACTION_NOT_DONE,
                "Number 6 would not open the door; the warning stands instead."},
        {NULL, ACTION_OPEN, NULL},
};

static const struct item_story SEPTEMBER[] = {
        {"C-2026-0094", NULL, "2026-11-19", NULL,
                "Better over the summer; looked at again when the evenings are dark.", NULL, NULL,
                PROPOSED("10100001031102"),
                {FACT("police", "Kit", "One call since July; went home when asked.", "2026-09-15"),
                        NOTHING("landlord"), NOTHING("fire")},
                {NO_TODO}},
        {"C-2025-0212", NULL, "2026-12-17", NULL, "Monthly calls go on.", NULL, NULL, NO_RISK,
                {NOTHING("police")}, {NO_TODO}},
        {"C-2025-0219", NULL, "2026-12-17", NULL, "Graffiti is cleaned within a day.", NULL, NULL,
                NO_RISK,
                {FACT("council", NULL, "Cleaned twice, both times within a day.", "2026-09-10")},
                {NO_TODO}},
        {"C-2026-0052", NULL, "2026-11-19", NULL, "Fire and rescue goes with the social worker.",
                NULL, NULL, PROPOSED("2012002102-120"),
                {FACT("fire", NULL, "Paper up to the windows; one alarm, without a battery.",
                         "2026-09-08"),
                        OPINION("adult-care", "Sage", "Lets two people in now, and nobody else.",
                                "2026-09-14")},
                {{"fire", "Home fire safety visit with the social worker", "Alarms fitted",
                        "2026-11-19"}}},
        {"C-2026-0073", NULL, NULL, "risk-down",
                "Calls fell from eleven a week to one; the contact person stays.", NULL, NULL,
                NO_RISK,
                {FACT("mental-health", NULL, "Eight weeks with one call or none.", "2026-09-16")},
                {NO_TODO}},
        {.ref = NULL},
};

/* ---- 22 October ---- */

static const struct outcome_story OCTOBER_DONE[] = {
        {"Home fire safety visit with the social worker", ACTION_CARRIED,
                "The visit is on 19 November; notes were sent."},
        {NULL, ACTION_OPEN, NULL},
};

static const struct item_story OCTOBER[] = {
        {"C-2026-0118", NULL, "2026-11-19", NULL, "A warning is prepared; the camera is put back.",
                "probation", "Would rather look again in two weeks.", NO_RISK,
                {FACT("police", "Dale",
                         "Calls on 5 September and 10 October; a threat was reported.",
                         "2026-10-21"),
                        OPINION("victims", "Avery",
                                "Sleeps badly and does not use the front door alone.",
                                "2026-10-20"),
                        WITHHELD("probation", "not-necessary", ""), NOTHING("council"),
                        FACT("fire", NULL, "A letterbox cover was fitted on 14 October.",
                                "2026-10-14")},
                {{"landlord", "Door camera fitted", "Photograph of the camera", "2026-11-17"},
                        {"police", "Joint visit to number 6", "Visit note", "2026-11-20"},
                        {"victims", "Safety plan reviewed", "Plan signed by Avery", "2026-12-03"}}},
        {"C-2026-0122", "police victims adult-care", "2026-11-19", NULL,
                "Nothing changes before the hearing.", NULL, NULL, NO_RISK,
                {FACT("victims", "Wren", "A message came through a relative.", "2026-10-02")},
                {NO_TODO}},
        /* 29 with two answers not known, and very high by decision */
        {"C-2026-0087", NULL, "2026-11-19", NULL, "The flat is made safe first.", NULL, NULL,
                {"3000302103-12-", BAND_VERY_HIGH,
                        "Bruised on 5 October and made to say that he fell."},
                {FACT("police", "Rory",
                         "Would make no statement on 5 October; two names are known.",
                         "2026-10-17"),
                        OPINION("adult-care", "Rory",
                                "More afraid than in July; sits with his back to the wall.",
                                "2026-10-19")},
                {{"landlord", "Locks changed and spare keys handed in", "Key receipt",
                         "2026-11-19"},
                        {"adult-care", "Welfare visit with the care team", "Visit note",
                                "2026-11-19"}}},
        {"C-2026-0009", NULL, "2026-11-19", NULL, "The recorder settles what the diary cannot.",
                NULL, NULL, NO_RISK,
                {FACT("council", NULL, "Two diaries that do not agree.", "2026-10-12")},
                {{"council", "Noise recorder put up for two weeks", "Recording kept",
                        "2026-11-19"}}},
        {"C-2026-0107", NULL, "2026-11-19", NULL, "The panel wants one list of all complaints.",
                NULL, NULL, NO_RISK, {NOTHING("police")},
                {{"council", "One list of all complaints for the review", "List with the panel",
                        "2026-11-13"}}},
        {"C-2026-0120", "police council victims mental-health", "2026-11-19", NULL,
                "Stays with the named agencies.", NULL, NULL, NO_RISK,
                {FACT("police", NULL, "The knife behind the bins is with the laboratory.",
                        "2026-10-15")},
                {{"mental-health", "First appointment offered somewhere else", "Appointment kept",
                        "2026-11-19"}}},
        {.ref = NULL},
};

static const struct outcome_story NONE[] = {{NULL, ACTION_OPEN, NULL}};

const struct meeting_story sample_story[] = {
        {"2026-03-12", "2026-07-23", NULL, NULL, NULL, NONE, MARCH},
        {"2026-07-23", "2026-09-17", "fire", "2026-07-21", "", JULY_DONE, JULY},
        {"2026-09-17", "2026-10-22", NULL, NULL, "", SEPTEMBER_DONE, SEPTEMBER},
        {"2026-10-22", SAMPLE_NEXT, "fire", "2026-10-20",
                "C-2026-0052: the flat has one alarm, not two.", OCTOBER_DONE, OCTOBER},
};
const size_t sample_story_n = COUNT_OF(sample_story);
