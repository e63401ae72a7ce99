/* Subscription matching: a publisher with a hundred thousand topics subscribed. Each message has one of them, or most none. */
#include "bench.h"

#define MISSES 15 /* messages between two that match, in the case with misses */

static size_t topic (char *body, unsigned number)
{
    return (size_t) sprintf (body, "market/%06u/price", number);
}

static void take_one (struct end *end, void *socket)
{
    char body[64];
    must (zmq_recv (socket, body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
}

static void subscribe (struct end *end, int batch)
{
    char body[64];
    void *socket = connected (end, ZMQ_SUB, 0);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_setsockopt (socket, ZMQ_SUBSCRIBE, body, topic (body, (unsigned) i)) == 0, "ZMQ_SUBSCRIBE");
    must (zmq_setsockopt (socket, ZMQ_SUBSCRIBE, "end", 3) == 0, "ZMQ_SUBSCRIBE");
    measure_batches (end, socket, batch, take_one);
    atomic_store (&end->shared->stop, 1);
    while (zmq_recv (socket, body, sizeof body, 0) > 3)
        ;
    atomic_store (&end->shared->drained, 1);
    finish (socket);
}

static void publish (struct end *end, int misses)
{
    char body[64] = "";
    void *socket = bound (end, ZMQ_XPUB, 0);
    option (socket, ZMQ_XPUB_NODROP, 1);
    for (int i = 0; i < end->row->count + 1; i++)
        must (zmq_recv (socket, body, sizeof body, 0) > 1, "a subscription");
    for (unsigned number = 1; !stopped (end);) {
        for (int i = 0; i <= misses; i++) {
            number = number * 1664525 + 1013904223; /* any order but the tree's */
            topic (body, (number >> 8) % (unsigned) end->row->count + (i < misses ? (unsigned) end->row->count : 0));
            must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
        }
    }
    must (zmq_send (socket, "end", 3, 0) == 3, "zmq_send");
    while (!atomic_load (&end->shared->drained))
        usleep (500);
    finish (socket);
}

static void subscribe_all (struct end *end)
{
    subscribe (end, 1);
}

static void publish_all (struct end *end)
{
    publish (end, 0);
}

static void subscribe_few (struct end *end)
{
    subscribe (end, 1 + MISSES);
}

static void publish_few (struct end *end)
{
    publish (end, MISSES);
}

/* Subscriptions are messages, too, and beyond the high-water mark they would be dropped. */
static void unlimited_subscriptions (void *socket, int binds)
{
    option (socket, binds ? ZMQ_RCVHWM : ZMQ_SNDHWM, 0);
}

#define TOPICS(name, group, take, give) \
    ROW (name, group, "tcp", RATE, 32, "none", take, give, .count = 100000, .arrange = unlimited_subscriptions)

const struct bench_case topic_cases[] = {
  TOPICS ("match_100k/tcp", "100,000 topics", subscribe_all, publish_all),
  TOPICS ("miss_100k/tcp", "same, 1 of 16 matches", subscribe_few, publish_few),
  {0},
};
