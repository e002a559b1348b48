#include "app.h"
#include <pthread.h>
#include <stdlib.h>

/*
 * One slow job beside the panel: working out a key takes a second on purpose, and the panel answers
 * meanwhile. The job's data belong to whoever started it and are theirs again when it has ended.
 */

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	bool done; /* under the lock */
	struct plat *plat;
	void (*job)(void *arg);
	void *arg;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	w->job(w->arg);
	pthread_mutex_lock(&w->lock);
	w->done = true;
	pthread_mutex_unlock(&w->lock);
	plat_wake(w->plat);
	return NULL;
}

enum err worker_start(struct app *app, void (*job)(void *arg), void *arg)
{
	struct worker *w = app->worker ? NULL : calloc(1, sizeof(*w));
	if (!w)
		return ERR_NOMEM;
	atomic_store(&app->stop, false);
	*w = (struct worker){.plat = app->plat, .job = job, .arg = arg};
	pthread_mutex_init(&w->lock, NULL);
	if (pthread_create(&w->thread, NULL, work, w) != 0) {
		pthread_mutex_destroy(&w->lock);
		free(w);
		return ERR_NOMEM;
	}
	app->worker = w;
	return ERR_OK;
}

void worker_wait(struct app *app)
{
	struct worker *w = app->worker;
	if (!w)
		return;
	pthread_join(w->thread, NULL);
	pthread_mutex_destroy(&w->lock);
	free(w);
	app->worker = NULL;
}

bool worker_ended(struct app *app)
{
	struct worker *w = app->worker;
	if (!w)
		return false;
	pthread_mutex_lock(&w->lock);
	bool done = w->done;
	pthread_mutex_unlock(&w->lock);
	if (done)
		worker_wait(app);
	return done;
}
