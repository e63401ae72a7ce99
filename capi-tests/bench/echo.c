/* Round trips: one asks, the other answers; without a pause, or with one as an idle application has it. */
#include "bench.h"

void ask_one (struct end *end, void *socket)
{
    static char body[MAX_MESSAGE];
    must (zmq_send (socket, body, end->row->size, 0) >= 0, "zmq_send");
    must (zmq_recv (socket, body, sizeof body, 0) == (int) end->row->size, "zmq_recv");
}

/* Asks with a socket until the time is up; an empty request is the last. */
static void ask (struct end *end, void *socket)
{
    char body[1];
    measure_latency (end, socket, ask_one);
    must (zmq_send (socket, body, 0, 0) == 0 && zmq_recv (socket, body, 1, 0) == 0, "the last request");
    finish (socket);
}

static void req (struct end *end)
{
    ask (end, bound (end, ZMQ_REQ, 0));
}

static void rep (struct end *end)
{
    static char body[MAX_MESSAGE];
    void *socket = connected (end, ZMQ_REP, 0);
    int size;
    do {
        size = zmq_recv (socket, body, sizeof body, 0);
        must (size >= 0 && zmq_send (socket, body, (size_t) size, 0) == size, "echo");
    } while (size > 0);
    finish (socket);
}

static void dealer (struct end *end)
{
    ask (end, connected (end, ZMQ_DEALER, 0));
}

void answer_ids (struct end *end, void *socket)
{
    static char body[MAX_MESSAGE];
    char id[256];
    int size;
    do {
        int id_size = zmq_recv (socket, id, sizeof id, 0);
        size = zmq_recv (socket, body, sizeof body, 0);
        must (id_size > 0 && size >= 0 && zmq_send (socket, id, (size_t) id_size, ZMQ_SNDMORE) == id_size
                && zmq_send (socket, body, (size_t) size, 0) == size,
              "echo");
    } while (size > 0);
    finish (socket);
}

static void router (struct end *end)
{
    answer_ids (end, bound (end, ZMQ_ROUTER, 0));
}

const struct bench_case echo_cases[] = {
  PER_TRANSPORT ("req_rep_1", "REQ/REP 1 B", LATENCY, 1, "floor_echo", req, rep),
  PER_TRANSPORT ("req_rep_1k", "REQ/REP 1 KiB", LATENCY, 1024, "floor_echo_1k", req, rep),
  PER_TRANSPORT ("dealer_router_1", "DEALER/ROUTER 1 B", LATENCY, 1, "floor_echo", dealer, router),
  PER_TRANSPORT ("dealer_router_1k", "DEALER/ROUTER 1 KiB", LATENCY, 1024, "floor_echo_1k", dealer, router),
  ROW ("idle/tcp", "REQ/REP, one a ms", "tcp", LATENCY, 1, "none", req, rep, .pause = 1000),
  {0},
};
