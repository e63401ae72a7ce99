/*
 * More than the kernel takes at once is queued for a peer that then reads as
 * fast as it can, while heartbeats go both ways. Everything arrives: what the
 * kernel had no room for goes on whoever notices that there is room again.
 */
#include "../t.h"

enum { SIZE = 1 << 16, COUNT = 400, ROUNDS = 40 };

static char body[SIZE];

/* Each side has an I/O thread of its own, so that both work at the same time. */
static int round_trip (void *here, void *there)
{
    void *push = t_socket (here, ZMQ_PUSH), *pull = t_socket (there, ZMQ_PULL);
    char endpoint[256];
    int got = 0, i;
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    /* Both sides have more to say to each other than messages. */
    t_set_int (push, ZMQ_HEARTBEAT_IVL, 1);
    t_set_int (push, ZMQ_HEARTBEAT_TIMEOUT, 5000);
    t_set_int (pull, ZMQ_HEARTBEAT_IVL, 1);
    t_set_int (pull, ZMQ_HEARTBEAT_TIMEOUT, 5000);
    t_set_int (pull, ZMQ_RCVTIMEO, 5000);
    t_need (zmq_connect (push, endpoint) == 0);
    for (i = 0; i < COUNT; i++)
        t_need (zmq_send (push, body, SIZE, ZMQ_DONTWAIT) == SIZE);
    while (got < COUNT && zmq_recv (pull, body, SIZE, 0) == SIZE)
        got++;
    t_set_int (push, ZMQ_LINGER, 0);
    zmq_close (push);
    zmq_close (pull);
    return got;
}

int main (void)
{
    void *here = zmq_ctx_new (), *there = zmq_ctx_new ();
    int i, got = COUNT;
    t_init ();
    t_watchdog (60);
    for (i = 0; i < ROUNDS && got == COUNT; i++)
        got = round_trip (here, there);
    printf ("%d rounds, %d of %d messages in the last\n", i, got, COUNT);
    zmq_ctx_term (here);
    zmq_ctx_term (there);
    return 0;
}
