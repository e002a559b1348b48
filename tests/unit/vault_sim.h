#ifndef TESTS_VAULT_SIM_H
#define TESTS_VAULT_SIM_H
/*
 * A card that loses power. Files live in memory twice: as the programs see them, and as they would
 * be found after a cut. Between two syncs every write is in a log; at a cut each 512-byte piece of
 * each logged write survives with a given probability, a truncation too; changes of the directory
 * survive as a prefix of their order. A directory change is durable at the next sync of the
 * directory, which a WAL's first sync brings with it (as SQLite's unix VFS does) and a database's
 * does not.
 *
 * It stands beneath SQLite (sim_vfs) and beneath the vault's small files (sim_io). Every change is
 * one operation; `crash_at` cuts the power in that operation, `fault_at` lets one operation, and
 * `fault_more` after it (reads count too) fail and no more. From operation `full_at` on no file of
 * SQLite's grows.
 */
#include <stdlib.h>
#include <string.h>
#include "vault_help.h"

#define SIM_SECTOR 512
#define SIM_FILES 64
#define SIM_INODES 16384

struct sim_write {
	size_t off, n;
	uint8_t *p; /* NULL: a truncation to off */
};

struct sim_inode {
	uint8_t *now, *safe;
	size_t now_n, safe_n, now_cap, safe_cap;
	struct sim_write *log;
	size_t log_n, log_cap;
};

struct sim_name {
	char name[64];
	int inode; /* 0: no such file */
};

static struct {
	struct sim_inode inode[SIM_INODES]; /* a file that was replaced keeps its own */
	int inodes;
	struct sim_name now[SIM_FILES], safe[SIM_FILES], log[256];
	int now_n, safe_n, log_n;
	uint64_t ops, crash_at, calls, fault_at, fault_more, full_at;
	bool dead, faulted;
	uint64_t rng;
	uint64_t syncs;
	void *shm[16];
} sim;

/* Looked for in everything that is written, names too; outlives sim_clear(). */
static struct {
	const char *text; /* NULL: nothing is */
	uint64_t writes, found;
} sim_watch;

static void sim_look(const void *p, size_t n)
{
	sim_watch.writes++;
	if (sim_watch.text && p && memmem(p, n, sim_watch.text, strlen(sim_watch.text)))
		sim_watch.found++;
}

static uint64_t sim_rand(void)
{
	sim.rng ^= sim.rng << 13;
	sim.rng ^= sim.rng >> 7;
	sim.rng ^= sim.rng << 17;
	return sim.rng;
}

static void sim_seed(uint64_t seed)
{
	sim.rng = seed * 0x9e3779b97f4a7c15u + 88172645463325252u;
	for (int i = 0; i < 8; i++)
		(void)sim_rand();
}

/* A read or a change begins: false when it must fail. */
static bool sim_call(void)
{
	if (sim.dead)
		return false;
	if (++sim.calls >= sim.fault_at && sim.fault_at &&
	        sim.calls <= sim.fault_at + sim.fault_more) {
		sim.faulted = true;
		return false;
	}
	return true;
}

/* A change was made; the power may go just after it left the program. */
static bool sim_tick(void)
{
	if (++sim.ops == sim.crash_at)
		sim.dead = true;
	return !sim.dead;
}

/* ---- bytes
 * --------------------------------------------------------------------------------------- */

static void sim_put(
        uint8_t **p, size_t *n, size_t *cap, size_t off, const uint8_t *from, size_t len)
{
	if (off + len > *cap) {
		*cap = (off + len) * 2;
		*p = realloc(*p, *cap);
		if (!*p)
			abort();
	}
	if (off > *n)
		memset(*p + *n, 0, off - *n);
	if (len)
		memcpy(*p + off, from, len);
	if (off + len > *n)
		*n = off + len;
}

static void sim_cut_to(uint8_t **p, size_t *n, size_t *cap, size_t size)
{
	if (size > *n)
		sim_put(p, n, cap, size, NULL, 0);
	*n = size;
}

static void sim_log(struct sim_inode *f, size_t off, const void *p, size_t n)
{
	struct sim_write *w;
	if (f->log_n == f->log_cap) {
		f->log_cap = f->log_cap ? f->log_cap * 2 : 16;
		f->log = realloc(f->log, f->log_cap * sizeof(*f->log));
		if (!f->log)
			abort();
	}
	w = &f->log[f->log_n++];
	w->off = off;
	w->n = n;
	w->p = p ? malloc(n + 1) : NULL;
	if (p && n)
		memcpy(w->p, p, n);
}

static void sim_write(int i, size_t off, const void *p, size_t n)
{
	struct sim_inode *f = &sim.inode[i];
	sim_look(p, n);
	sim_put(&f->now, &f->now_n, &f->now_cap, off, p, n);
	sim_log(f, off, p, n);
}

static void sim_truncate(int i, size_t size)
{
	struct sim_inode *f = &sim.inode[i];
	sim_cut_to(&f->now, &f->now_n, &f->now_cap, size);
	sim_log(f, size, NULL, 0);
}

static void sim_log_end(struct sim_inode *f)
{
	for (size_t k = 0; k < f->log_n; k++)
		free(f->log[k].p);
	f->log_n = 0;
}

static bool sim_survives(int percent)
{
	return (int)(sim_rand() % 100) < percent;
}

/* The log onto the safe image: all of it (a sync), or what a cut leaves. */
static void sim_settle(struct sim_inode *f, int percent)
{
	for (size_t k = 0; k < f->log_n; k++) {
		const struct sim_write *w = &f->log[k];
		if (!w->p) {
			if (sim_survives(percent))
				sim_cut_to(&f->safe, &f->safe_n, &f->safe_cap, w->off);
			continue;
		}
		for (size_t at = 0; at < w->n;) {
			size_t n = SIM_SECTOR - (w->off + at) % SIM_SECTOR;
			if (n > w->n - at)
				n = w->n - at;
			if (sim_survives(percent))
				sim_put(&f->safe, &f->safe_n, &f->safe_cap, w->off + at, w->p + at,
				        n);
			at += n;
		}
	}
	sim_log_end(f);
}

/* ---- names
 * --------------------------------------------------------------------------------------- */

static const char *sim_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int sim_find(const struct sim_name *t, int n, const char *path)
{
	for (int i = 0; i < n; i++)
		if (strcmp(t[i].name, sim_base(path)) == 0)
			return t[i].inode;
	return 0;
}

static void sim_set(struct sim_name *t, int *n, const char *path, int inode)
{
	int i = 0;
	while (i < *n && strcmp(t[i].name, sim_base(path)) != 0)
		i++;
	if (i == *n) {
		if (*n == SIM_FILES)
			abort();
		memset(t[i].name, 0, sizeof(t[i].name));
		strncpy(t[i].name, sim_base(path), sizeof(t[i].name) - 1);
		++*n;
	}
	t[i].inode = inode;
}

static int sim_inode_new(void)
{
	if (++sim.inodes >= SIM_INODES)
		abort();
	return sim.inodes;
}

/* A change of the directory, seen at once and safe later. */
static void sim_name(const char *path, int inode)
{
	int n = sim.log_n;
	sim_look(path, strlen(path));
	sim_set(sim.now, &sim.now_n, path, inode);
	if (n == (int)COUNT_OF(sim.log))
		abort();
	memset(&sim.log[n], 0, sizeof(sim.log[n]));
	strncpy(sim.log[n].name, sim_base(path), sizeof(sim.log[n].name) - 1);
	sim.log[n].inode = inode;
	sim.log_n++;
}

static void sim_names_settle(int count)
{
	for (int i = 0; i < count; i++)
		sim_set(sim.safe, &sim.safe_n, sim.log[i].name, sim.log[i].inode);
	sim.log_n = 0;
}

static void sim_sync_names(void)
{
	sim_names_settle(sim.log_n);
}

static void sim_sync(int i)
{
	sim_settle(&sim.inode[i], 100);
	sim.syncs++;
}

/* The power comes back: what is found now is all there is. Every file must be closed by then. */
HELP_UNUSED static void sim_restart(int percent)
{
	int names = percent == 100 ? sim.log_n
	            : percent == 0 ? 0
	                           : (int)(sim_rand() % (uint64_t)(sim.log_n + 1));
	for (int i = 1; i <= sim.inodes; i++) {
		struct sim_inode *f = &sim.inode[i];
		sim_settle(f, percent);
		f->now_n = 0;
		sim_put(&f->now, &f->now_n, &f->now_cap, 0, f->safe, f->safe_n);
	}
	sim_names_settle(names);
	memcpy(sim.now, sim.safe, sizeof(sim.now));
	sim.now_n = sim.safe_n;
	sim.dead = sim.faulted = false;
	sim.ops = sim.calls = sim.crash_at = sim.fault_at = sim.fault_more = sim.full_at = 0;
}

static void sim_clear(void)
{
	for (int i = 1; i < SIM_FILES; i++) {
		sim_log_end(&sim.inode[i]);
		free(sim.inode[i].log);
		free(sim.inode[i].now);
		free(sim.inode[i].safe);
	}
	memset(&sim, 0, sizeof(sim));
	sim_seed(1);
}

/* A copy of what is on the card, to begin many runs from. */
struct sim_image {
	struct sim_name name[SIM_FILES];
	struct bytes bytes[SIM_FILES];
	int n;
};

HELP_UNUSED static void sim_save(struct sim_image *m)
{
	m->n = 0;
	for (int i = 0; i < sim.now_n; i++) {
		const struct sim_inode *f = &sim.inode[sim.now[i].inode];
		if (!sim.now[i].inode)
			continue;
		m->name[m->n] = sim.now[i];
		m->bytes[m->n].n = f->now_n;
		m->bytes[m->n].p = malloc(f->now_n + 1);
		if (f->now_n)
			memcpy(m->bytes[m->n].p, f->now, f->now_n);
		m->n++;
	}
}

HELP_UNUSED static void sim_load(const struct sim_image *m)
{
	sim_clear();
	for (int i = 0; i < m->n; i++) {
		int k = sim_inode_new();
		sim_write(k, 0, m->bytes[i].p, m->bytes[i].n);
		sim_sync(k);
		sim_name(m->name[i].name, k);
	}
	sim_sync_names();
}

HELP_UNUSED static void sim_image_free(struct sim_image *m)
{
	for (int i = 0; i < m->n; i++)
		free(m->bytes[i].p);
	m->n = 0;
}

/* ---- beneath SQLite
 * -------------------------------------------------------------------------------- */

struct sim_file {
	sqlite3_file file;
	int inode;
	bool names_due; /* its first sync syncs the directory too */
	bool shm;
};

static int sim_x_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int sim_x_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 off)
{
	const struct sim_inode *f = &sim.inode[((struct sim_file *)file)->inode];
	size_t have = (size_t)off < f->now_n ? f->now_n - (size_t)off : 0;
	if (!sim_call())
		return SQLITE_IOERR_READ;
	if (have > (size_t)n)
		have = (size_t)n;
	if (have)
		memcpy(buf, f->now + off, have);
	memset((uint8_t *)buf + have, 0, (size_t)n - have);
	return have == (size_t)n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int sim_x_write(sqlite3_file *file, const void *buf, int n, sqlite3_int64 off)
{
	const struct sim_inode *f = &sim.inode[((struct sim_file *)file)->inode];
	if (!sim_call())
		return SQLITE_IOERR_WRITE;
	if (sim.full_at && sim.ops >= sim.full_at && (size_t)off + (size_t)n > f->now_n)
		return SQLITE_FULL;
	sim_write(((struct sim_file *)file)->inode, (size_t)off, buf, (size_t)n);
	return sim_tick() ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

static int sim_x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (!sim_call())
		return SQLITE_IOERR_TRUNCATE;
	sim_truncate(((struct sim_file *)file)->inode, (size_t)size);
	return sim_tick() ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int sim_x_sync(sqlite3_file *file, int flags)
{
	struct sim_file *f = (struct sim_file *)file;
	(void)flags;
	if (!sim_call() || !sim_tick())
		return SQLITE_IOERR_FSYNC;
	sim_sync(f->inode);
	if (f->names_due)
		sim_sync_names();
	f->names_due = false;
	return SQLITE_OK;
}

static int sim_x_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)sim.inode[((struct sim_file *)file)->inode].now_n;
	return sim_call() ? SQLITE_OK : SQLITE_IOERR_FSTAT;
}

static int sim_x_lock(sqlite3_file *file, int lock)
{
	(void)file, (void)lock;
	return SQLITE_OK;
}

static int sim_x_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int sim_x_control(sqlite3_file *file, int op, void *arg)
{
	(void)file, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int sim_x_sector(sqlite3_file *file)
{
	(void)file;
	return SIM_SECTOR;
}

static int sim_x_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int sim_x_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **ret)
{
	(void)file, (void)extend;
	if (region >= (int)COUNT_OF(sim.shm))
		return SQLITE_IOERR_SHMMAP;
	if (!sim.shm[region])
		sim.shm[region] = calloc(1, (size_t)size);
	*ret = sim.shm[region];
	return SQLITE_OK;
}

static int sim_x_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	(void)file, (void)at, (void)n, (void)flags;
	return SQLITE_OK;
}

static void sim_x_shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int sim_x_shm_unmap(sqlite3_file *file, int del)
{
	(void)file, (void)del;
	for (size_t i = 0; i < COUNT_OF(sim.shm); i++) {
		free(sim.shm[i]);
		sim.shm[i] = NULL;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods sim_methods = {2, sim_x_close, sim_x_read, sim_x_write,
        sim_x_truncate, sim_x_sync, sim_x_size, sim_x_lock, sim_x_lock, sim_x_reserved,
        sim_x_control, sim_x_sector, sim_x_traits, sim_x_shm_map, sim_x_shm_lock, sim_x_shm_barrier,
        sim_x_shm_unmap, NULL, NULL};

static int sim_v_open(
        sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	struct sim_file *f = (struct sim_file *)file;
	int i = name ? sim_find(sim.now, sim.now_n, name) : 0;
	(void)vfs;
	memset(f, 0, sizeof(*f));
	if (!name || !sim_call())
		return SQLITE_CANTOPEN;
	if (!i) {
		if (!(flags & SQLITE_OPEN_CREATE))
			return SQLITE_CANTOPEN;
		i = sim_inode_new();
		sim_name(name, i);
		if (!sim_tick())
			return SQLITE_CANTOPEN;
		f->names_due = flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL |
		                               SQLITE_OPEN_SUPER_JOURNAL);
	}
	f->inode = i;
	f->file.pMethods = &sim_methods;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int sim_v_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	if (!sim_call())
		return SQLITE_IOERR_DELETE;
	if (!sim_find(sim.now, sim.now_n, name))
		return SQLITE_IOERR_DELETE_NOENT;
	sim_name(name, 0);
	if (!sim_tick())
		return SQLITE_IOERR_DELETE;
	if (sync)
		sim_sync_names();
	return SQLITE_OK;
}

static int sim_v_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs, (void)flags;
	*ret = sim_find(sim.now, sim.now_n, name) != 0;
	return sim_call() ? SQLITE_OK : SQLITE_IOERR_ACCESS;
}

static int sim_v_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	sqlite3_snprintf(n, out, "%s", name);
	return SQLITE_OK;
}

static int sim_v_random(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	for (int i = 0; i < n; i++)
		out[i] = (char)sim_rand();
	return n;
}

static int sim_v_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int sim_v_time(sqlite3_vfs *vfs, double *ret)
{
	(void)vfs;
	*ret = 2461000.5;
	return SQLITE_OK;
}

static int sim_v_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs, (void)n, (void)out;
	return 0;
}

static sqlite3_vfs sim_vfs = {.iVersion = 1,
        .szOsFile = sizeof(struct sim_file),
        .mxPathname = 200,
        .zName = "sim",
        .xOpen = sim_v_open,
        .xDelete = sim_v_delete,
        .xAccess = sim_v_access,
        .xFullPathname = sim_v_path,
        .xRandomness = sim_v_random,
        .xSleep = sim_v_sleep,
        .xCurrentTime = sim_v_time,
        .xGetLastError = sim_v_error};

/* ---- beneath keyring, anchor and tries
 * --------------------------------------------------------------- */

static enum err sim_io_read(const char *path, uint8_t *buf, size_t cap, size_t *ret_n)
{
	int i = sim_find(sim.now, sim.now_n, path);
	if (!sim_call())
		return ERR_IO;
	if (!i)
		return ERR_NOT_FOUND;
	if (sim.inode[i].now_n > cap)
		return ERR_LIMIT;
	if (sim.inode[i].now_n)
		memcpy(buf, sim.inode[i].now, sim.inode[i].now_n);
	*ret_n = sim.inode[i].now_n;
	return ERR_OK;
}

static enum err sim_io_replace(const char *path, const uint8_t *p, size_t n)
{
	char part[80];
	int i;
	snprintf(part, sizeof(part), "%s.new", sim_base(path));
	if (!sim_call())
		return ERR_IO;
	i = sim_inode_new();
	sim_name(part, i);
	if (!sim_tick() || !sim_call())
		return ERR_IO;
	sim_write(i, 0, p, n);
	if (!sim_tick() || !sim_call() || !sim_tick())
		return ERR_IO;
	sim_sync(i);
	if (!sim_call())
		return ERR_IO;
	/* One record in a journal: both or neither. The order new name, then old name gone, is the
	 * worse one. */
	sim_name(path, i);
	sim_name(part, 0);
	if (!sim_tick() || !sim_call() || !sim_tick())
		return ERR_IO;
	sim_sync_names();
	return ERR_OK;
}

static enum err sim_io_write_at(const char *path, uint64_t off, const uint8_t *p, size_t n)
{
	int i = sim_find(sim.now, sim.now_n, path);
	if (!sim_call())
		return ERR_IO;
	if (!i)
		return ERR_NOT_FOUND;
	sim_write(i, (size_t)off, p, n);
	if (!sim_tick() || !sim_call() || !sim_tick())
		return ERR_IO;
	sim_sync(i);
	return ERR_OK;
}

static enum err sim_io_remove(const char *path)
{
	if (!sim_call())
		return ERR_IO;
	if (sim_find(sim.now, sim.now_n, path))
		sim_name(path, 0);
	return sim_tick() ? ERR_OK : ERR_IO;
}

static enum err sim_io_rename(const char *from, const char *to)
{
	int i = sim_find(sim.now, sim.now_n, from);
	if (!sim_call())
		return ERR_IO;
	if (!i)
		return ERR_NOT_FOUND;
	sim_name(to, i);
	sim_name(from, 0);
	return sim_tick() ? ERR_OK : ERR_IO;
}

static enum err sim_io_sync_dir(const char *dir)
{
	(void)dir;
	if (!sim_call() || !sim_tick())
		return ERR_IO;
	sim_sync_names();
	return ERR_OK;
}

static enum err sim_io_make_dir(const char *dir)
{
	(void)dir;
	return sim_call() ? ERR_OK : ERR_IO;
}

static bool sim_io_exists(const char *path)
{
	return sim_find(sim.now, sim.now_n, path) != 0;
}

static enum err sim_io_lock(const char *dir, int *ret_fd)
{
	(void)dir;
	*ret_fd = -1;
	return sim_call() ? ERR_OK : ERR_IO;
}

static void sim_io_unlock(int fd)
{
	(void)fd;
}

static const struct vault_io sim_io = {sim_io_read, sim_io_replace, sim_io_write_at, sim_io_remove,
        sim_io_rename, sim_io_sync_dir, sim_io_make_dir, sim_io_exists, sim_io_lock, sim_io_unlock};

/* Inodes of names that are gone are used again, so that long runs fit. Nothing may be open. */
HELP_UNUSED static void sim_tidy(void)
{
	struct sim_image m = {0};
	uint64_t rng = sim.rng;
	sim_save(&m);
	sim_load(&m);
	sim_image_free(&m);
	sim.rng = rng;
}

#endif
