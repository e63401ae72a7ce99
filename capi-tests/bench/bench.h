/* What the files of the benchmark share: a case, its two ends, the meter, and sockets that find each other.
 *
 * A case is a row of one of the tables at the end: a subject, which measures, and a peer. Over tcp and ipc they are two
 * processes (forked before any context exists), over inproc two threads of one context. The subject warms up, measures for
 * SECONDS, then sets `stop`; the peer ends after that. New cases: one row, and one or two functions if their traffic is new.
 */
#ifndef BENCH_H
#define BENCH_H
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <zmq.h>

#define MAX_MESSAGE (1 << 20)
#define MAX_PLACES 64
#define WARM_UP 0.25 /* part of SECONDS that goes before the measurement */

/* What a case tells: messages a second; the time of one call; something of its own (it prints its metrics itself). */
enum measure { RATE, LATENCY, MEMORY };

/* Where one socket is bound, for those who connect. */
struct place {
    _Atomic int bound;
    char endpoint[256];
};

/* What the two ends have in common, also across processes. */
struct shared {
    _Atomic int stop, drained;
    _Atomic long taken; /* messages that the subject has received, where the peer waits for them */
    struct place places[MAX_PLACES];
};

struct end {
    const struct bench_case *row;
    struct shared *shared;
    void *context;  /* zmq cases; over inproc the same for both ends */
    int fd[2];      /* floor cases: this end's descriptors to read from and to write to */
    double seconds; /* of measurement */
    pid_t peer;     /* subject's: the peer's process, 0 when it is a thread */
};

struct bench_case {
    const char *name, *group, *transport;
    enum measure measure;
    size_t size;
    int count;         /* of peers, sockets or topics, whatever the case has many of; 0: just one */
    int pause;         /* microseconds between two calls of a latency case: an idle application */
    const char *floor; /* the floor case to compare with, or "none"; "" marks a floor case */
    void (*subject) (struct end *), (*peer) (struct end *);
    void (*arrange) (void *socket, int binds); /* options of each socket before it binds or connects, or NULL */
};

#define ROW(name_, group_, transport_, measure_, size_, floor_, subject_, peer_, ...) \
    { \
        .name = name_, .group = group_, .transport = transport_, .measure = measure_, .size = size_, .floor = floor_, \
        .subject = subject_, .peer = peer_, __VA_ARGS__ \
    }
#define PER_TRANSPORT(name, group, measure, size, floor, subject, peer) \
    ROW (name "/tcp", group, "tcp", measure, size, floor "/tcp", subject, peer), \
      ROW (name "/ipc", group, "ipc", measure, size, floor "/ipc", subject, peer), \
      ROW (name "/inproc", group, "inproc", measure, size, floor "/inproc", subject, peer)

/* Prints and ends the process unless `good`. */
void must (int good, const char *what);

/* meter.c */

struct meter {
    const struct end *end;
    double wall, cpu, peer_cpu;
};

double now (void);       /* seconds of a monotonic clock */
double resident (pid_t); /* KiB of memory that a process has; 0: this one */
struct meter start_meter (const struct end *end);
void print_memory (const struct end *end, double kib);
void print_latency (const struct meter *meter, uint32_t *nanoseconds, size_t count);
size_t take_samples (struct end *end, void *what, void one (struct end *, void *), double until, uint32_t *samples, size_t room);
void measure_rate (struct end *end, void *what, void one (struct end *, void *));
void measure_batches (struct end *end, void *what, int batch, void one (struct end *, void *)); /* `one` does `batch` messages */
void measure_latency (struct end *end, void *what, void one (struct end *, void *));

/* ends.c */

void *bound (struct end *end, int type, int place);     /* a new socket, bound; its endpoint goes to that place */
void *connected (struct end *end, int type, int place); /* a new socket, connected to what is or will be bound there */
void **all_connected (struct end *end, int type);       /* as many as the row counts, to place 0 */
void finish (void *socket);
void finish_all (struct end *end, void **sockets);
int stopped (const struct end *end);
void option (void *socket, int name, int value);
void run (const struct bench_case *row, double seconds);

/* stream.c */

void take_stream (struct end *end, void *socket); /* measures; closes the socket */
void pour_stream (struct end *end, void *socket); /* sends until stopped; closes the socket when all has arrived */

/* echo.c */

void ask_one (struct end *end, void *socket);
void answer_ids (struct end *end, void *socket); /* sends back what comes with an id before it, to an empty request inclusive */

/* raw.c */

void connect_raw (struct end *subject, struct end *peer);

/* The tables; a row without name is the last. */
extern const struct bench_case raw_cases[], raw_crowd_cases[], stream_cases[], echo_cases[], crowd_cases[], topic_cases[], connect_cases[], proxy_cases[], thread_cases[];

#endif
