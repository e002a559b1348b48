#include "plat_int.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t read_small(const char *dir, const char *name, const char *file, void *out, size_t cap)
{
	char path[600];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", dir, name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, out, cap);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* The connected connector that comes first by name ("card1-DSI-1"), so that the choice does not
 * hang on readdir. */
static bool connector(const char *dir, char out[64])
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)) != NULL) {
		char status[16] = "";
		if (strncmp(e->d_name, "card", 4) != 0 || !strchr(e->d_name, '-') ||
		        strlen(e->d_name) >= 64 ||
		        !read_small(dir, e->d_name, "status", status, sizeof(status) - 1))
			continue;
		if (strncmp(status, "connected", 9) != 0 || (found && strcmp(e->d_name, out) >= 0))
			continue;
		snprintf(out, 64, "%.63s", e->d_name);
		found = true;
	}
	if (d)
		closedir(d);
	return found;
}

int display_card(const char *sys_class_drm)
{
	char name[64];

	return connector(sys_class_drm, name) ? atoi(name + 4) : -1;
}

/* VESA E-EDID 1.4: the first detailed timing tells millimetres (bytes 66 and 68), else byte 21
 * centimetres. */
int display_edid_mm(const unsigned char *edid, size_t n)
{
	static const unsigned char magic[8] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0};
	int mm;

	if (n < 128 || memcmp(edid, magic, sizeof(magic)) != 0)
		return 0;
	mm = edid[66] | (edid[68] >> 4) << 8;
	if ((edid[54] || edid[55]) && mm > 0)
		return mm;
	return edid[21] * 10;
}

int display_mm(const char *sys_class_drm)
{
	char name[64];
	unsigned char edid[128];

	if (!connector(sys_class_drm, name))
		return 0;
	return display_edid_mm(edid, read_small(sys_class_drm, name, "edid", edid, sizeof(edid)));
}

void turn_point(int rotate, int w, int h, int panel_x, int panel_y, int *ret_x, int *ret_y)
{
	switch (rotate) {
	case 90:
		*ret_x = panel_y;
		*ret_y = h - 1 - panel_x;
		return;
	case 180:
		*ret_x = w - 1 - panel_x;
		*ret_y = h - 1 - panel_y;
		return;
	case 270:
		*ret_x = w - 1 - panel_y;
		*ret_y = panel_x;
		return;
	default:
		*ret_x = panel_x;
		*ret_y = panel_y;
	}
}

struct gfx_rect turn_rect(int rotate, int w, int h, struct gfx_rect r)
{
	switch (rotate) {
	case 90:
		return (struct gfx_rect){h - r.y - r.h, r.x, r.h, r.w};
	case 180:
		return (struct gfx_rect){w - r.x - r.w, h - r.y - r.h, r.w, r.h};
	case 270:
		return (struct gfx_rect){r.y, w - r.x - r.w, r.h, r.w};
	default:
		return r;
	}
}
