/* Many sockets in many threads: pairs of threads, each with a few REQ and REP sockets that they use in turn. */
#include "bench.h"
#include <pthread.h>

#define THREADS 16 /* of each end */
#define SOCKETS (MAX_PLACES / THREADS)
#define MAX_SAMPLES (1 << 17) /* of each thread */

struct worker {
    struct end *end;
    pthread_t thread;
    int number, turn;
    void *sockets[SOCKETS];
    double begin; /* of the measurement */
    uint32_t *samples;
    size_t count;
};

static void ask_next (struct end *end, void *what)
{
    struct worker *worker = what;
    ask_one (end, worker->sockets[worker->turn++ % SOCKETS]);
}

static void *asking (void *arg)
{
    struct worker *worker = arg;
    for (int i = 0; i < SOCKETS; i++)
        worker->sockets[i] = connected (worker->end, ZMQ_REQ, worker->number * SOCKETS + i);
    take_samples (worker->end, worker, ask_next, worker->begin, worker->samples, MAX_SAMPLES);
    worker->count = take_samples (worker->end, worker, ask_next, worker->begin + worker->end->seconds, worker->samples, MAX_SAMPLES);
    for (int i = 0; i < SOCKETS; i++) {
        must (zmq_send (worker->sockets[i], "", 0, 0) == 0 && zmq_recv (worker->sockets[i], NULL, 0, 0) == 0, "the last request");
        finish (worker->sockets[i]);
    }
    return NULL;
}

static void *answering (void *arg)
{
    struct worker *worker = arg;
    zmq_pollitem_t items[SOCKETS];
    char body[64];
    for (int i = 0; i < SOCKETS; i++)
        items[i] = (zmq_pollitem_t){.socket = bound (worker->end, ZMQ_REP, worker->number * SOCKETS + i), .events = ZMQ_POLLIN};
    for (int left = SOCKETS; left > 0;) {
        must (zmq_poll (items, SOCKETS, -1) > 0, "zmq_poll");
        for (int i = 0; i < SOCKETS; i++) {
            if (!items[i].revents)
                continue;
            int size = zmq_recv (items[i].socket, body, sizeof body, 0);
            must (size >= 0 && zmq_send (items[i].socket, body, (size_t) size, 0) == size, "echo");
            left -= size == 0;
        }
    }
    for (int i = 0; i < SOCKETS; i++)
        finish (items[i].socket);
    return NULL;
}

static void start (struct end *end, struct worker *workers, void *life (void *))
{
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.end = end, .number = i, .begin = now () + end->seconds * WARM_UP + 0.05,
                                     .samples = calloc (MAX_SAMPLES, sizeof (uint32_t))};
        must (workers[i].samples && pthread_create (&workers[i].thread, NULL, life, &workers[i]) == 0, "pthread_create");
    }
}

static void join (struct worker *workers)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join (workers[i].thread, NULL);
}

static void many_ask (struct end *end)
{
    static struct worker workers[THREADS];
    start (end, workers, asking);
    while (now () < workers[0].begin)
        usleep (1000);
    struct meter meter = start_meter (end);
    join (workers);
    uint32_t *all = calloc ((size_t) THREADS * MAX_SAMPLES, sizeof *all);
    must (all != NULL, "calloc");
    size_t count = 0;
    for (int i = 0; i < THREADS; count += workers[i++].count)
        memcpy (all + count, workers[i].samples, workers[i].count * sizeof *all);
    print_latency (&meter, all, count);
}

static void many_answer (struct end *end)
{
    static struct worker workers[THREADS];
    start (end, workers, answering);
    join (workers);
}

const struct bench_case thread_cases[] = {
  ROW ("threads/tcp", "2 x 16 threads", "tcp", LATENCY, 1, "none", many_ask, many_answer),
  ROW ("threads/inproc", "2 x 16 threads", "inproc", LATENCY, 1, "none", many_ask, many_answer),
  {0},
};
