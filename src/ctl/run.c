#include "ctl_int.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* The verbs, their options, and the way from an error to an exit status. */

#define STORE                                                                                      \
	(BIT(OPT_STORE) | BIT(OPT_PASSPHRASE) | BIT(OPT_KEY) | BIT(OPT_ROOM_KEY) |                 \
	        BIT(OPT_DEVICE) | BIT(OPT_TOKEN))
#define NEW_KEY (BIT(OPT_NEW_PASSPHRASE) | BIT(OPT_PIN) | BIT(OPT_THIS_BOX) | BIT(OPT_NEW_TOKEN))
/* Beside a verb's options: an auditor's key may do it. The others refuse one when it has opened. */
#define FOR_AUDITORS ((uint64_t)1 << 63)
#define EXIT_USAGE 64

static const struct option_text {
	const char *name;
	const char *value; /* NULL: takes none */
	const char *help;
	const char *otherwise; /* what stands when it is left out where it may be; NULL: nothing */
} OPTION[OPT_COUNT] = {
        [OPT_STORE] = {"store", "DIR", "the store", "/var/lib/caseroom/store"},
        [OPT_PASSPHRASE] = {"passphrase-file", "F",
                "its first line opens the store; once for each key where several are asked for; "
                "else you are asked at the terminal"},
        [OPT_KEY] = {"key", "LABEL",
                "the key that is meant, or the beginning of its name, so that no other is tried; "
                "in the order of the passphrases where several are asked for"},
        [OPT_NEW_PASSPHRASE] = {"new-passphrase-file", "F",
                "its first line is the new passphrase; else you are asked"},
        [OPT_RECOVERY] = {"recovery-file", "F",
                "the recovery words: init and recovery new write them there, once; restore and "
                "recovery "
                "identity read them"},
        [OPT_SAMPLE] = {"sample", NULL,
                "fill it with Quexham, a partnership that is invented throughout"},
        [OPT_DEMO_KEYS] = {"demo-keys", "DIR",
                "with --sample: an age key for each agency, its secret half in DIR"},
        [OPT_DATE] = {"date", "YYYY-MM-DD", "the day of the meeting"},
        [OPT_TIME] = {"time", "HH:MM", "when it begins", "14:00"},
        [OPT_VENUE] = {"venue", "TEXT", "where it is held"},
        [OPT_JSON] = {"json", NULL, "print JSON"},
        [OPT_OUT] = {"out", "DIR", "where it is written; made when absent"},
        [OPT_AGENCY] = {"agency", "CODE",
                "which agency, by its code; caseroomctl list agencies shows them"},
        [OPT_NAME] = {"name", "NAME", "the person's name"},
        [OPT_ROLE] = {"role", "ROLE", "the person's role, as it stands on the lock screen"},
        [OPT_FORUM] = {"forum", "CODE", "the group the person sits on"},
        [OPT_STANDING] = {"standing", "S", "core, deputy, co-opted, observer or community", "core"},
        [OPT_AUDITOR] = {"auditor", NULL,
                "the key reads and checks the audit log and does nothing else"},
        [OPT_OWN_KEY] = {"own-key", NULL,
                "no new key: the one that opens the store now is this person's"},
        [OPT_CASE] = {"case", "REF",
                "only entries of this case, by its reference, or by its number when it is not "
                "there any more"},
        [OPT_PERSON] = {"person", "ID", "only entries by or about this person, by number or name"},
        [OPT_SINCE] = {"since", "YYYY-MM-DD", "only entries from this day on"},
        [OPT_FINGERPRINT] = {"fingerprint", "\"WORDS\"",
                "which entry the five words on a paper belong to, in quotation marks"},
        [OPT_ROOM_KEY] = {"room-key", "DIR", "where the stick with the room key is mounted"},
        [OPT_DEVICE] = {"device-secret", "F", "the box's own secret, 32 bytes"},
        [OPT_TOKEN] = {"token", NULL,
                "the FIDO2 token that is plugged in opens too: touch it when it blinks"},
        [OPT_PIN] = {"pin", NULL,
                "the new secret is a PIN that goes with the room key of --room-key"},
        [OPT_THIS_BOX] = {"this-box", NULL, "the new key asks for the --device-secret as well"},
        [OPT_NEW_TOKEN] = {"new-token", NULL,
                "the new key asks for the FIDO2 token that is plugged in as well"},
        [OPT_REPLACE] = {"replace", NULL,
                "takes the place of the store that is there, which is kept beside it"},
        [OPT_EARLIER] = {"earlier", NULL,
                "the newest state that is whole, where the newest of all is damaged"},
        [OPT_UNTIL] = {"until", "YYYY-MM-DD",
                "the day on which it is looked at again; a review without it says that it goes, a "
                "hold that it stands until it is lifted"},
        [OPT_REASON] = {"reason", "TEXT", "why, in a sentence that is kept"},
        [OPT_FOR_EVER] = {"for-ever", NULL,
                "says that you know: what is deleted cannot be brought back by anybody"},
        [OPT_HELP] = {"help", NULL, "print this"},
};

struct verb {
	const char *name, *second; /* "person", "add"; second NULL for most */
	const char *args;          /* as shown in the help */
	int least, most;           /* arguments besides options; most -1 = any number */
	uint64_t options, needed;
	verb_fn *run;
	const char *help;
};

static const struct verb VERB[] = {
        {"init", NULL, "", 0, 0,
                BIT(OPT_STORE) | BIT(OPT_PASSPHRASE) | BIT(OPT_SAMPLE) | BIT(OPT_RECOVERY) |
                        BIT(OPT_DEMO_KEYS),
                BIT(OPT_STORE), verb_init,
                "Makes a new store with one key; and recovery words, with --recovery-file or on "
                "a terminal."},
        {"import", NULL, "KIND FILE...", 2, -1, STORE, 0, verb_import,
                "Reads CSV files: forums members agencies people referrals incidents measures plan "
                "projects standards agreements signatures research."},
        {"export", NULL, "KIND", 1, 1, STORE, 0, verb_export,
                "Prints the CSV of a kind, as it came in. It is readable: mind where it goes."},
        {"agenda", NULL, "FORUM", 1, 1, STORE | BIT(OPT_DATE) | BIT(OPT_TIME) | BIT(OPT_VENUE),
                BIT(OPT_DATE), verb_agenda,
                "Plans a meeting, makes its agenda by the group's rules and prints it."},
        {"list", NULL, "KIND [ID]", 1, 2, STORE | BIT(OPT_JSON), 0, verb_list,
                "Lists forums members agencies people cases incidents actions meetings measures "
                "plan projects standards papers agreements research review-year glass "
                "subject."},
        {"show", NULL, "KIND ID", 2, 2, STORE | BIT(OPT_JSON), 0, verb_show,
                "Shows one of them; ID stands in the first column of its list."},
        {"request", NULL, "MEETING", 1, 1, STORE | BIT(OPT_OUT), BIT(OPT_OUT), verb_request,
                "Seals for each agency the names it is to look up before a planned meeting."},
        {"papers", NULL, "MEETING", 1, 1, STORE | BIT(OPT_OUT), BIT(OPT_OUT), verb_papers,
                "Seals the minutes and each agency's extract again, as new numbered copies."},
        {"person", "add", "", 0, 0,
                STORE | BIT(OPT_AGENCY) | BIT(OPT_NAME) | BIT(OPT_ROLE) | BIT(OPT_FORUM) |
                        BIT(OPT_STANDING) | BIT(OPT_AUDITOR) | BIT(OPT_OWN_KEY) | NEW_KEY,
                BIT(OPT_AGENCY) | BIT(OPT_NAME) | BIT(OPT_ROLE), verb_person_add,
                "Adds a key, and its person when they are not known yet; or says whose the key is "
                "that opened."},
        {"person", "passphrase", "LABEL", 1, 1, STORE | NEW_KEY | FOR_AUDITORS, 0,
                verb_person_passphrase,
                "Changes what your own key asks for, which opens the store. LABEL is as on the "
                "lock screen: \"Agency, role\"."},
        {"person", "remove", "LABEL", 1, 1, STORE, 0, verb_person_remove,
                "Takes a person's key away. What they wrote stays in the record."},
        {"keys", NULL, "", 0, 0, BIT(OPT_STORE), 0, verb_keys,
                "Lists the keys: what each asks for, of which agency it is, until when it waits. "
                "Needs no passphrase."},
        {"roomkey", "make", "DIR", 1, 1, STORE, 0, verb_roomkey_make,
                "Makes a room key: one file, in the folder where a USB stick is mounted."},
        {"roomkey", "copy", "DIR", 1, 1, STORE, BIT(OPT_ROOM_KEY), verb_roomkey_copy,
                "Copies the room key of --room-key onto another stick, as the spare."},
        {"quorum", NULL, "K", 1, 1, STORE, 0, verb_quorum,
                "Says people of how many agencies open the store together: 1, 2 or 3."},
        {"recovery", "new", "", 0, 0, STORE | BIT(OPT_RECOVERY), 0, verb_recovery_new,
                "Makes new recovery words. Those before open only the backups of before."},
        {"rekey", NULL, "", 0, 0, STORE, 0, verb_rekey,
                "Gives the store a new data key, so that no older keyring opens it any more."},
        {"recipient", "add", "AGENCY AGE-KEY", 2, 2, STORE, 0, verb_recipient_add,
                "Says to which age key an agency's papers are sealed (age1...)."},
        {"practice", "add", "FILE", 1, 1, STORE, 0, verb_practice_add,
                "Takes a meeting type, risk tool, clocks, lists, bank holidays or retention of the "
                "partnership's own, if all of it loads."},
        {"practice", "check", "FILE", 1, 1, STORE, 0, verb_practice_check,
                "Says whether it would be taken, and changes nothing."},
        {"practice", "list", "", 0, 0, STORE, 0, verb_practice_list,
                "Lists the texts of the program and of the store, with their versions."},
        {"practice", "show", "NAME [VERSION]", 1, 2, STORE, 0, verb_practice_show,
                "Prints a text, to begin one's own from."},
        {"practice", "remove", "NAME", 1, 1, STORE, 0, verb_practice_remove,
                "Takes a text of the store out of force; what it said stays kept."},
        {"audit", NULL, "", 0, 0,
                STORE | BIT(OPT_CASE) | BIT(OPT_PERSON) | BIT(OPT_SINCE) | BIT(OPT_FINGERPRINT) |
                        BIT(OPT_JSON) | FOR_AUDITORS,
                0, verb_audit, "Prints the audit log: who opened, read or changed what, and when."},
        {"dispose", "list", "", 0, 0, STORE, 0, verb_dispose_list,
                "Lists what retention says is due, what is reviewed, kept longer or held, and "
                "why."},
        {"dispose", "review", "KIND ID", 2, 2, STORE | BIT(OPT_UNTIL) | BIT(OPT_REASON), 0,
                verb_dispose_review,
                "Says of a record that it is to go, or is kept longer. Nothing is deleted by it."},
        {"dispose", "hold", "KIND ID", 2, 2, STORE | BIT(OPT_UNTIL) | BIT(OPT_REASON),
                BIT(OPT_REASON), verb_dispose_hold,
                "Keeps a record whatever the rules say, until somebody lifts the hold."},
        {"dispose", "lift", "KIND ID", 2, 2, STORE | BIT(OPT_REASON), BIT(OPT_REASON),
                verb_dispose_lift, "Lifts a hold."},
        {"dispose", "carry-out", "", 0, 0, STORE | BIT(OPT_FOR_EVER), 0, verb_dispose_carry_out,
                "Deletes for ever all that is reviewed, and gives the store a new data key."},
        {"dispose", "certificate", "[NUMBER]", 0, 1, STORE | BIT(OPT_AGENCY) | BIT(OPT_OUT), 0,
                verb_dispose_certificate,
                "Prints a certificate, or lists all; with --agency and --out seals a copy of it."},
        {"verify", NULL, "", 0, 0, STORE | FOR_AUDITORS, 0, verb_verify,
                "Checks every page, every link between records and the audit chain."},
        {"salvage", NULL, "", 0, 0, STORE | BIT(OPT_OUT), BIT(OPT_OUT), verb_salvage,
                "Makes a new store of what still opens in a damaged one, and lists what was lost."},
        {"backup", NULL, "DIR", 1, 1, STORE, 0, verb_backup,
                "Brings the backup of the store on a stick up to date: what changed, sealed to "
                "the recovery words."},
        {"restore", NULL, "DIR", 1, 1,
                BIT(OPT_STORE) | BIT(OPT_RECOVERY) | BIT(OPT_REPLACE) | BIT(OPT_EARLIER) |
                        BIT(OPT_ROOM_KEY),
                BIT(OPT_STORE), verb_restore,
                "Makes a store from a backup and the recovery words; says first what is newer "
                "here."},
        {"recovery", "identity", "DIR [FILE]", 1, 2, BIT(OPT_RECOVERY), 0, verb_recovery_identity,
                "The age key that opens the parts of the backup in DIR, from the recovery words."},
};

static const char EXITS[] = "Exit status: 0 done, 1 it failed, 2 wrong key, 3 damaged, 4 older "
                            "than its witness, 5 audit broken,\n"
                            "64 the command was not understood, 65 a file was not taken, 75 busy, "
                            "or wait and try again.\n";

static int exit_status(enum err e)
{
	switch (e) {
	case ERR_OK:
		return 0;
	case ERR_WRONG_KEY:
		return 2;
	case ERR_DAMAGED:
		return 3;
	case ERR_OLDER:
		return 4;
	case ERR_AUDIT:
		return 5;
	case ERR_INPUT:
		return 65;
	case ERR_BUSY:
	case ERR_WAIT:
		return 75;
	default:
		return 1;
	}
}

/* "dispose review" */
static const char *verb_name(const struct verb *v, char out[64])
{
	snprintf(out, 64, "%s%s%s", v->name, v->second ? " " : "", v->second ? v->second : "");
	return out;
}

static void print_verb(const struct verb *v, bool whole)
{
	char name[64];
	printf("  caseroomctl %s%s%s\n", verb_name(v, name), *v->args ? " " : "", v->args);
	printf("      %s\n", v->help);
	if (whole && (v->options & FOR_AUDITORS))
		printf("      An auditor's key may do this.\n");
	for (int o = 0; whole && o < OPT_COUNT; o++) {
		char left[48];
		if (!(v->options & BIT(o)))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", OPTION[o].name, OPTION[o].value ? " " : "",
		        OPTION[o].value ? OPTION[o].value : "");
		printf("      %-26s %s", left, OPTION[o].help);
		if (v->needed & BIT(o))
			printf(" (needed)");
		else if (OPTION[o].otherwise)
			printf("; %s when left out", OPTION[o].otherwise);
		printf("\n");
	}
}

static void print_help(void)
{
	printf("caseroomctl: set-up, import, export, papers, keys and backup of a Caseroom "
	       "store.\n\n");
	for (size_t i = 0; i < COUNT_OF(VERB); i++)
		print_verb(&VERB[i], false);
	printf("\nWhat opens a store takes --store DIR, --passphrase-file F and --key LABEL; the "
	       "options of each: caseroomctl VERB --help, and man caseroomctl.\n%s",
	        EXITS);
}

static const struct verb *find_verb(int argc, char **argv, int *ret_words)
{
	for (size_t i = 0; i < COUNT_OF(VERB); i++) {
		const struct verb *v = &VERB[i];
		if (strcmp(argv[1], v->name) != 0)
			continue;
		*ret_words = v->second ? 2 : 1;
		if (!v->second || (argc > 2 && strcmp(argv[2], v->second) == 0))
			return v;
	}
	return NULL;
}

/* The second words of a family: "add, passphrase, remove". */
static void print_seconds(FILE *to, const char *family)
{
	const char *before = "";
	for (size_t i = 0; i < COUNT_OF(VERB); i++)
		if (strcmp(VERB[i].name, family) == 0) {
			fprintf(to, "%s%s", before, VERB[i].second);
			before = ", ";
		}
}

/* What a family does; the options stand in the help of each. */
static void print_family(const char *family)
{
	for (size_t i = 0; i < COUNT_OF(VERB); i++)
		if (strcmp(VERB[i].name, family) == 0)
			print_verb(&VERB[i], false);
	printf("\nThe options of each: caseroomctl %s WORD --help, where WORD is one of ", family);
	print_seconds(stdout, family);
	printf(".\n");
}

/* "person" alone or with a wrong second word: says which there are. */
static int bad_verb(int argc, char **argv)
{
	bool known = false;
	for (size_t i = 0; i < COUNT_OF(VERB); i++)
		if (strcmp(VERB[i].name, argv[1]) == 0)
			known = true;
	if (!known) {
		fprintf(stderr,
		        "caseroomctl: \"%.40s\" is no command. Nothing was done. caseroomctl "
		        "--help lists them.\n",
		        argv[1]);
		return EXIT_USAGE;
	}
	if (argc > 2 && strcmp(argv[2], "--help") == 0) {
		print_family(argv[1]);
		return 0;
	}
	fprintf(stderr, "caseroomctl: after \"%s\" comes one of these: ", argv[1]);
	print_seconds(stderr, argv[1]);
	fprintf(stderr, ". Nothing was done. caseroomctl %s --help tells what each does.\n",
	        argv[1]);
	return EXIT_USAGE;
}

/* The option as it was typed, without its value. */
static const char *typed_option(char **argv)
{
	return optarg && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* getopt takes "--passphrase" for "--passphrase-file"; we do not. */
static bool in_full(const char *typed, const char *name)
{
	return strlen(typed) >= 2 && strcspn(typed + 2, "=") == strlen(name) &&
	       strncmp(typed + 2, name, strlen(name)) == 0;
}

/* Those that may be given more than once; false: too often. */
static bool take_again(struct ctl *c, int option, const char *value)
{
	const char **list = option == OPT_PASSPHRASE ? c->key_file : c->key;
	size_t *n = option == OPT_PASSPHRASE ? &c->n_key_files : &c->n_keys;
	if (option != OPT_PASSPHRASE && option != OPT_KEY)
		return true;
	if (*n == KEYS_MAX)
		return false;
	list[(*n)++] = value;
	return true;
}

/* The line as it should be typed, with what is needed. */
static int bad_usage(const struct verb *v, int n_arg)
{
	char name[64];
	fprintf(stderr, "caseroomctl: Usage: caseroomctl %s%s%s", verb_name(v, name),
	        *v->args ? " " : "", v->args);
	for (int i = 0; i < OPT_COUNT; i++)
		if (v->needed & BIT(i))
			fprintf(stderr, " --%s %s", OPTION[i].name, OPTION[i].value);
	fprintf(stderr, " [OPTION...]. Nothing was done.%s\n",
	        n_arg > v->least ? " Words that belong together go in quotation marks." : "");
	return EXIT_USAGE;
}

/* Fills c->opt and c->arg; 0, or the exit status with its sentence said. */
static int read_options(struct ctl *c, const struct verb *v, int argc, char **argv)
{
	struct option long_option[OPT_COUNT + 1] = {0};
	char name[64];
	int o;
	verb_name(v, name);
	for (int i = 0; i < OPT_COUNT; i++)
		long_option[i] = (struct option){OPTION[i].name,
		        OPTION[i].value ? required_argument : no_argument, NULL, 256 + i};
	opterr = 0;
	while ((o = getopt_long(argc, argv, ":", long_option, NULL)) != -1) {
		if (o == ':') {
			fprintf(stderr, "caseroomctl: %s needs a value. Nothing was done.\n",
			        argv[optind - 1]);
			return EXIT_USAGE;
		}
		const char *typed = typed_option(argv);
		if (o < 256 || !((v->options | BIT(OPT_HELP)) & BIT(o - 256)) ||
		        !in_full(typed, OPTION[o - 256].name)) {
			fprintf(stderr,
			        "caseroomctl: %s does not take \"%.*s\". Nothing was done. See "
			        "caseroomctl %s --help.\n",
			        name, (int)strcspn(typed, "="), typed, name);
			return EXIT_USAGE;
		}
		c->opt[o - 256] = optarg ? optarg : "";
		if (!take_again(c, o - 256, optarg)) {
			fprintf(stderr,
			        "caseroomctl: at most %d keys open a store together. Nothing was "
			        "done.\n",
			        KEYS_MAX);
			return EXIT_USAGE;
		}
	}
	c->arg = argv + optind;
	c->n_arg = argc - optind;
	if (c->opt[OPT_HELP])
		return 0;
	for (int i = 0; i < OPT_COUNT; i++)
		if ((v->needed & BIT(i)) && !c->opt[i]) {
			fprintf(stderr, "caseroomctl: %s needs --%s %s. Nothing was done.\n", name,
			        OPTION[i].name, OPTION[i].value);
			return EXIT_USAGE;
		}
	if (c->n_arg < v->least || (v->most >= 0 && c->n_arg > v->most))
		return bad_usage(v, c->n_arg);
	return 0;
}

int ctl_run(int argc, char **argv)
{
	struct ctl c = {0};
	int words = 1;
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	        strcmp(argv[1], "help") == 0) {
		print_help();
		return argc < 2 ? EXIT_USAGE : 0;
	}
	const struct verb *v = find_verb(argc, argv, &words);
	if (!v)
		return bad_verb(argc, argv);
	int status = read_options(&c, v, argc - words, argv + words);
	if (status)
		return status;
	if (c.opt[OPT_HELP]) {
		print_verb(v, true);
		printf("\n%s", EXITS);
		return 0;
	}
	c.for_auditors = v->options & FOR_AUDITORS;
	c.dir = c.opt[OPT_STORE] ? c.opt[OPT_STORE] : "/var/lib/caseroom/store";
	arena_init(&c.arena, 512u << 20);
	enum err e = v->run(&c);
	ctl_progress_end();
	if (e && c.vault && vault_damage(c.vault, NULL))
		e = vault_damage(c.vault, &c.why);
	ctl_close(&c);
	if (!e && (fflush(stdout) != 0 || ferror(stdout)))
		e = why(&c.why, ERR_IO,
		        "What was to be printed could not be written in full. The store is as it "
		        "should be.");
	if (e)
		fprintf(stderr, "caseroomctl: %s\n", c.why.text[0] ? c.why.text : err_user(e));
	wipe(&c.why, sizeof(c.why));
	return exit_status(e);
}
