#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include "caseroom/room.h"
#include "caseroom/time.h"
#include "caseroom/vault.h"

/* The touch program: options, then the room. */

static const char HELP[] =
        "caseroom [--store DIR] [--stick DIR] [--device-secret FILE] [--size WxH] [--script FILE]\n"
        "         [--out DIR] [--window] [--pace MS]\n"
        "\n"
        "  --store DIR    the sealed store (default /var/lib/caseroom/store)\n"
        "  --stick DIR    where a USB stick is mounted (default /run/caseroom/stick): the room "
        "key\n"
        "                 is looked for there, and backups go onto it\n"
        "  --device-secret FILE\n"
        "                 32 bytes that belong to this box, for keys that ask for it\n"
        "  --size WxH     a window of that size instead of the whole panel\n"
        "  --script FILE  runs the steps of FILE; without --window offscreen, with the clock at "
        "rest\n"
        "  --window       runs the script in a real window; afterwards it stays open\n"
        "  --pace MS      rests that long between the steps of a script\n"
        "  --out DIR      where papers, and the pictures of a script, are left (default ./papers)\n"
        "\nExit status: 0 ended well, 1 a step failed or it could not start, 64 wrong words.\n";

static int usage(const char *wrong)
{
	if (wrong)
		fprintf(stderr, "caseroom: %s\n", wrong);
	fputs(HELP, stderr);
	return 64;
}

int main(int argc, char **argv)
{
	static const struct option LONG[] = {{"store", 1, NULL, 's'}, {"stick", 1, NULL, 'k'},
	        {"device-secret", 1, NULL, 'd'}, {"size", 1, NULL, 'z'}, {"script", 1, NULL, 'f'},
	        {"out", 1, NULL, 'o'}, {"pace", 1, NULL, 'p'}, {"window", 0, NULL, 'w'},
	        {"help", 0, NULL, 'h'}, {0}};
	struct room_options o = {.store = "/var/lib/caseroom/store", .out_dir = "papers"};
	struct why why = {0};
	int c;
	while ((c = getopt_long(argc, argv, "", LONG, NULL)) != -1) {
		switch (c) {
		case 's':
			o.store = optarg;
			break;
		case 'k':
			o.stick = optarg;
			break;
		case 'd':
			o.device_secret = optarg;
			break;
		case 'z':
			if (sscanf(optarg, "%dx%d", &o.w, &o.h) != 2 || o.w < 320 || o.h < 240 ||
			        o.w > 7680 || o.h > 4320)
				return usage("--size takes a width and a height, as 1280x800");
			break;
		case 'f':
			o.script = optarg;
			break;
		case 'o':
			o.out_dir = optarg;
			break;
		case 'p':
			o.pace_ms = atoi(optarg);
			break;
		case 'w':
			o.window = true;
			break;
		case 'h':
			fputs(HELP, stdout);
			return 0;
		default:
			return usage(NULL);
		}
	}
	if (optind < argc)
		return usage("it takes options only");
	if (o.script && !o.w)
		o.w = 1280, o.h = 800;
	time_start();
	enum err e = vault_process_start();
	if (!e)
		e = room_run(&o, &why);
	if (e)
		fprintf(stderr, "caseroom: %s\n", why.text[0] ? why.text : err_user(e));
	wipe(&why, sizeof(why));
	return e ? 1 : 0;
}
