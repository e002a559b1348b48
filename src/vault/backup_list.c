#include "backup_int.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "caseroom/time.h"
/*
 * What backups are on a stick, without the recovery words: whatever stands here came from the stick
 * alone and is told as that. What a backup is proves itself when the words open it (restore.c).
 * Nothing follows a symbolic link.
 */

static bool is_name(const char *s)
{
	size_t n = strlen(VAULT_BACKUP_BEGINS);
	return strncmp(s, VAULT_BACKUP_BEGINS, n) == 0 && strlen(s + n) == 8 &&
	       strspn(s + n, "0123456789abcdef") == 8;
}

/* The sizes of all files in a set, and of its parts the newest. */
static void set_look(const char *set, struct vault_backup_seen *ret)
{
	const struct dirent *d;
	DIR *all = opendir(set);
	unsigned files = 0;
	while (all && files++ < 2 * PART_MAX && (d = readdir(all))) {
		struct stat st;
		const size_t n = strlen(d->d_name);
		if (fstatat(dirfd(all), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		        !S_ISREG(st.st_mode))
			continue;
		ret->bytes += (uint64_t)st.st_size;
		if (n < 4 || strcmp(d->d_name + n - 4, ".age") != 0)
			continue;
		ret->parts++;
		if ((int64_t)st.st_mtime * TIME_SECOND_US > ret->written_us)
			ret->written_us = (int64_t)st.st_mtime * TIME_SECOND_US;
	}
	if (all)
		closedir(all);
}

static void label_read(const char *set, struct keyring *k, char ret[VAULT_LABEL_MAX])
{
	struct vault_slot s;
	if (ret[0] || keyring_load(set, k, NULL) != ERR_OK || k->n == 0)
		return;
	keyring_show(k, 0, &s);
	memcpy(ret, s.label, VAULT_LABEL_MAX);
}

static enum err folder_look(const char *folder, struct vault_backup_seen *ret)
{
	uint32_t set[64];
	char path[PATH_MAX];
	size_t n = 0;
	struct keyring *k = calloc(1, sizeof(*k));
	enum err e = k ? folder_numbers(folder, 4, "", set, COUNT_OF(set), &n) : ERR_NOMEM;
	for (size_t i = n; i > 0 && e == ERR_OK; i--) {
		e = path_in(path, folder, "%04u", set[i - 1]);
		if (e == ERR_OK) {
			set_look(path, ret);
			label_read(path, k, ret->label);
		}
	}
	free(k);
	return e;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct vault_backup_seen *)a)->name,
	        ((const struct vault_backup_seen *)b)->name);
}

enum err vault_backups(const char *dir, struct vault_backup_seen *ret, size_t max, size_t *ret_n)
{
	const struct dirent *d;
	char path[PATH_MAX];
	enum err e = ERR_OK;
	DIR *all = opendir(dir);
	*ret_n = 0;
	if (!all)
		return ERR_NOT_FOUND;
	while (e == ERR_OK && *ret_n < max && (d = readdir(all))) {
		struct vault_backup_seen *b = &ret[*ret_n];
		struct stat st;
		if (!is_name(d->d_name) ||
		        fstatat(dirfd(all), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		        !S_ISDIR(st.st_mode))
			continue;
		*b = (struct vault_backup_seen){0};
		memcpy(b->name, d->d_name, sizeof(b->name));
		e = path_in(path, dir, "%s", d->d_name);
		if (e == ERR_OK && folder_look(path, b) == ERR_OK)
			(*ret_n)++;
	}
	closedir(all);
	qsort(ret, *ret_n, sizeof(*ret), by_name);
	return e;
}
