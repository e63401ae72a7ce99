/* zmq_proxy between two processes: a stream through PULL and PUSH, and requests through ROUTER and DEALER.
 *
 * The proxy has a thread and a context of its own in the peer's process.
 */
#include "bench.h"
#include <pthread.h>

#define UNDER_WAY 64 /* requests that a client has under way */

struct proxy {
    struct end end; /* with the proxy's own context */
    int front, back;
    pthread_t thread;
};

static void *forward (void *arg)
{
    struct proxy *proxy = arg;
    void *front = bound (&proxy->end, proxy->front, 0), *back = bound (&proxy->end, proxy->back, 1);
    must (zmq_proxy (front, back, NULL) == -1 && zmq_errno () == ETERM, "zmq_proxy");
    finish (front);
    finish (back);
    return NULL;
}

static void start_proxy (struct proxy *proxy, const struct end *end, int front, int back)
{
    *proxy = (struct proxy){.end = *end, .front = front, .back = back};
    proxy->end.context = zmq_ctx_new ();
    must (pthread_create (&proxy->thread, NULL, forward, proxy) == 0, "pthread_create");
}

static void end_proxy (struct proxy *proxy)
{
    zmq_ctx_shutdown (proxy->end.context);
    pthread_join (proxy->thread, NULL);
    zmq_ctx_term (proxy->end.context);
}

/* PUSH, PULL and PUSH, PULL */

static void pull (struct end *end)
{
    take_stream (end, connected (end, ZMQ_PULL, 1));
}

static void push (struct end *end)
{
    struct proxy proxy;
    start_proxy (&proxy, end, ZMQ_PULL, ZMQ_PUSH);
    pour_stream (end, connected (end, ZMQ_PUSH, 0));
    end_proxy (&proxy);
}

/* DEALER, ROUTER and DEALER, DEALER */

static void again (struct end *end, void *socket)
{
    static char body[MAX_MESSAGE];
    must (zmq_recv (socket, body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
    must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
}

static void client (struct end *end)
{
    static char body[MAX_MESSAGE];
    void *socket = connected (end, ZMQ_DEALER, 0);
    for (int i = 0; i < UNDER_WAY; i++)
        must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
    measure_rate (end, socket, again);
    must (zmq_send (socket, body, 0, 0) == 0, "the last request");
    while (zmq_recv (socket, body, sizeof body, 0) > 0)
        ;
    atomic_store (&end->shared->drained, 1);
    finish (socket);
}

static void worker (struct end *end)
{
    struct proxy proxy;
    start_proxy (&proxy, end, ZMQ_ROUTER, ZMQ_DEALER);
    answer_ids (end, connected (end, ZMQ_DEALER, 1));
    while (!atomic_load (&end->shared->drained))
        usleep (500);
    end_proxy (&proxy);
}

const struct bench_case proxy_cases[] = {
  ROW ("proxy_pull_push_64/tcp", "proxy, stream, 64 B", "tcp", RATE, 64, "none", pull, push),
  ROW ("proxy_pull_push_1k/tcp", "proxy, stream, 1 KiB", "tcp", RATE, 1024, "none", pull, push),
  ROW ("proxy_router_dealer_64/tcp", "proxy, requests, 64 B", "tcp", RATE, 64, "none", client, worker),
  {0},
};
