/* Many peers: XPUB to many SUB, ROUTER and many DEALER, zmq_poll over many sockets. The many live in the subject's process. */
#include "bench.h"

/* Publishing. Nothing is dropped, so each subscriber has each message, and they can be read in turn. */

static void take_each (struct end *end, void *what)
{
    zmq_msg_t message;
    void **sockets = what;
    zmq_msg_init (&message);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_msg_recv (&message, sockets[i], 0) == (int) end->row->size, "zmq_msg_recv");
    zmq_msg_close (&message);
}

/* The last message is an empty one. In turn here, too: who drains one alone waits for a publisher that waits for another. */
static void take_rest (struct end *end, void **sockets)
{
    static char body[MAX_MESSAGE];
    for (int size = 1; size > 0;)
        for (int i = 0; i < end->row->count; i++)
            size = zmq_recv (sockets[i], body, sizeof body, 0);
}

static void subscribers (struct end *end)
{
    void **sockets = all_connected (end, ZMQ_SUB);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_setsockopt (sockets[i], ZMQ_SUBSCRIBE, "", 0) == 0, "ZMQ_SUBSCRIBE");
    measure_batches (end, sockets, end->row->count, take_each);
    atomic_store (&end->shared->stop, 1);
    take_rest (end, sockets);
    atomic_store (&end->shared->drained, 1);
    finish_all (end, sockets);
}

static void publisher (struct end *end)
{
    static char body[MAX_MESSAGE];
    void *socket = bound (end, ZMQ_XPUB, 0);
    option (socket, ZMQ_XPUB_NODROP, 1);
    option (socket, ZMQ_XPUB_VERBOSE, 1);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_recv (socket, body, sizeof body, 0) == 1, "a subscription");
    pour_stream (end, socket);
}

/* Asking: each client has one request under way. */

static void echo_each (struct end *end, void *what)
{
    static char body[MAX_MESSAGE];
    void **sockets = what;
    for (int i = 0; i < end->row->count; i++) {
        must (zmq_recv (sockets[i], body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
        must (zmq_send (sockets[i], body, end->row->size, 0) >= 0, "zmq_send");
    }
}

static void clients (struct end *end)
{
    static char body[MAX_MESSAGE];
    void **sockets = all_connected (end, ZMQ_DEALER);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_send (sockets[i], body, end->row->size, 0) >= 0, "zmq_send");
    measure_batches (end, sockets, end->row->count, echo_each);
    for (int i = 0; i < end->row->count; i++)
        must (zmq_recv (sockets[i], body, sizeof body, 0) >= 0, "zmq_recv");
    must (zmq_send (sockets[0], body, 0, 0) == 0 && zmq_recv (sockets[0], body, 1, 0) == 0, "the last request");
    finish_all (end, sockets);
}

static void router (struct end *end)
{
    answer_ids (end, bound (end, ZMQ_ROUTER, 0));
}

/* Polling: one of the sockets asks, another one each time, and zmq_poll over all of them tells the answer. */

struct polled {
    void **sockets;
    zmq_pollitem_t *items;
    int active;
};

static void poll_one (struct end *end, void *what)
{
    char body[64] = "";
    struct polled *polled = what;
    polled->active = (polled->active + 617) % end->row->count;
    zmq_pollitem_t *item = &polled->items[polled->active];
    must (zmq_send (item->socket, body, end->row->size, 0) >= 0, "zmq_send");
    must (zmq_poll (polled->items, end->row->count, -1) == 1 && item->revents == ZMQ_POLLIN, "zmq_poll");
    must (zmq_recv (item->socket, body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
}

static void polling (struct end *end)
{
    struct polled polled = {all_connected (end, ZMQ_DEALER), calloc ((size_t) end->row->count, sizeof (zmq_pollitem_t)), 0};
    must (polled.items != NULL, "calloc");
    for (int i = 0; i < end->row->count; i++) {
        polled.items[i] = (zmq_pollitem_t){.socket = polled.sockets[i], .events = ZMQ_POLLIN};
        ask_one (end, polled.sockets[i]); /* now it is connected */
    }
    measure_latency (end, &polled, poll_one);
    must (zmq_send (polled.sockets[0], "", 0, 0) == 0 && zmq_recv (polled.sockets[0], NULL, 0, 0) == 0, "the last request");
    free (polled.items);
    finish_all (end, polled.sockets);
}

#define PUBLISH(number, floor) \
    ROW ("pub_" #number "_64/tcp", "PUB to " #number ", 64 B", "tcp", RATE, 64, "none", subscribers, publisher, .count = number), \
      ROW ("pub_" #number "_1k/tcp", "PUB to " #number ", 1 KiB", "tcp", RATE, 1024, floor, subscribers, publisher, .count = number)
#define ROUTE(number) ROW ("router_" #number "/tcp", "ROUTER, " #number " clients", "tcp", RATE, 64, "floor_router_" #number "/tcp", clients, router, .count = number)

const struct bench_case crowd_cases[] = {
  PUBLISH (1, "none"),
  PUBLISH (8, "floor_pub_8_1k/tcp"),
  PUBLISH (32, "floor_pub_32_1k/tcp"),
  PUBLISH (128, "floor_pub_128_1k/tcp"),
  ROUTE (64),
  ROUTE (500),
  ROW ("poll_1000/tcp", "zmq_poll, 1,000", "tcp", LATENCY, 1, "none", polling, router, .count = 1000),
  {0},
};
