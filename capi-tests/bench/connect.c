/* Connections: how many a second, and what memory an idle one takes. */
#include "bench.h"

#define UNDER_WAY 64 /* connections at most between their first call and the arrival of their message */

/* Each connection is a socket of its own that connects, sends one message and closes. */

static void welcome_one (struct end *end, void *socket)
{
    char body[8];
    must (zmq_recv (socket, body, sizeof body, 0) == 1, "zmq_recv");
    atomic_fetch_add (&end->shared->taken, 1);
}

static void welcome (struct end *end)
{
    char body[8];
    void *socket = bound (end, ZMQ_PULL, 0);
    measure_rate (end, socket, welcome_one);
    atomic_store (&end->shared->stop, 1);
    while (zmq_recv (socket, body, sizeof body, 0) > 0) /* an empty message is the last */
        atomic_fetch_add (&end->shared->taken, 1);
    atomic_store (&end->shared->drained, 1);
    finish (socket);
}

static void visit (struct end *end, size_t size)
{
    void *socket = connected (end, ZMQ_PUSH, 0);
    must (zmq_send (socket, "x", size, 0) >= 0, "zmq_send");
    finish (socket);
}

static void visits (struct end *end)
{
    for (long opened = 0; !stopped (end) || opened > atomic_load (&end->shared->taken);) {
        if (stopped (end) || opened - atomic_load (&end->shared->taken) >= UNDER_WAY) {
            usleep (100);
            continue;
        }
        visit (end, 1);
        opened++;
    }
    visit (end, 0);
    while (!atomic_load (&end->shared->drained))
        usleep (500);
}

/* One PULL and one PUSH that connects many times (a DEALER would connect but once); it sends in turn, so on each. Both ends
 * count. */

static double resident_both (struct end *end)
{
    usleep (200 * 1000); /* what is still to be freed may be freed */
    return resident (0) + resident (end->peer);
}

static void host (struct end *end)
{
    char body[8];
    void *socket = bound (end, ZMQ_PULL, 0);
    double before = 0;
    for (long taken = 0; taken <= end->row->count; taken++) {
        must (zmq_recv (socket, body, sizeof body, 0) == 1, "zmq_recv");
        if (taken == 0)
            before = resident_both (end);
        atomic_store (&end->shared->taken, taken + 1);
    }
    print_memory (end, (resident_both (end) - before) / end->row->count);
    atomic_store (&end->shared->stop, 1);
    finish (socket);
}

static void guests (struct end *end)
{
    void *socket = connected (end, ZMQ_PUSH, 0);
    must (zmq_send (socket, "x", 1, 0) == 1, "zmq_send"); /* what the first connection takes does not count */
    while (atomic_load (&end->shared->taken) == 0)
        usleep (500);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_connect (socket, end->shared->places[0].endpoint) == 0, "zmq_connect");
    for (int i = 0; i < end->row->count; i++)
        must (zmq_send (socket, "x", 1, 0) == 1, "zmq_send");
    while (!stopped (end))
        usleep (500);
    finish (socket);
}

const struct bench_case connect_cases[] = {
  ROW ("connect/tcp", "connections", "tcp", RATE, 1, "none", welcome, visits),
  ROW ("connect/ipc", "connections", "ipc", RATE, 1, "none", welcome, visits),
  ROW ("memory_1000/tcp", "memory, 1,000 idle", "tcp", MEMORY, 1, "none", host, guests, .count = 1000),
  ROW ("memory_5000/tcp", "memory, 5,000 idle", "tcp", MEMORY, 1, "none", host, guests, .count = 5000),
  {0},
};
