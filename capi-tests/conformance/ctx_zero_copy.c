/*
 * ZMQ_ZERO_COPY_RECV: in a stream, bodies stay where they were read, so they
 * begin at any address; switched off, each is copied to a place of its own,
 * which is aligned. Which messages of a stream are copied is not told.
 */
#include "../t.h"

#ifndef ZMQ_ZERO_COPY_RECV
#define ZMQ_ZERO_COPY_RECV 10 /* zmq.h tells it to users of the draft API only */
#endif

enum { SIZE = 999, COUNT = 900, ROUNDS = 20 };

/* How many of the messages of a burst do not begin at a multiple of 8. */
static int unaligned (void *push, void *pull)
{
    static char body[SIZE];
    int found = 0, i;
    zmq_msg_t msg;
    for (i = 0; i < COUNT; i++)
        t_need (zmq_send (push, body, SIZE, 0) == SIZE);
    for (i = 0; i < COUNT; i++) {
        zmq_msg_init (&msg);
        t_need (zmq_msg_recv (&msg, pull, 0) == SIZE);
        found += (uintptr_t) zmq_msg_data (&msg) % 8 != 0;
        zmq_msg_close (&msg);
    }
    return found;
}

static void with (int zero_copy)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    char endpoint[256];
    int found = 0, i;
    RC (zmq_ctx_set (there, ZMQ_ZERO_COPY_RECV, zero_copy));
    void *push = t_socket (here, ZMQ_PUSH), *pull = t_socket (there, ZMQ_PULL);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0 && zmq_connect (push, endpoint) == 0);
    for (i = 0; i < ROUNDS; i++)
        found += unaligned (push, pull);
    printf ("zero copy %d: %s\n", zmq_ctx_get (there, ZMQ_ZERO_COPY_RECV), found ? "bodies where they were read" : "copies only");
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
}

int main (void)
{
    t_init ();
    with (1);
    with (0);
    return 0;
}
