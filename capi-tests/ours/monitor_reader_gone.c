/*
 * The reader of a socket's events is closed while the socket lives, or never
 * reads: nothing else may be held up. (In the original the thread that does the
 * I/O waits for ever for a place for the next event.)
 */
#include "../wire.h"

static void exchange (void *ctx, const char *label)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "hello", (char *) NULL);
    t_recv_print (pull, label);
    zmq_close (push);
    zmq_close (pull);
}

int main (void)
{
    void *ctx, *pull, *push, *mon;
    char endpoint[256];
    t_init ();
    ctx = zmq_ctx_new ();
    pull = t_socket (ctx, ZMQ_PULL);
    mon = t_monitor (ctx, pull, ZMQ_EVENT_ALL);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    zmq_close (mon);
    t_settle (20);
    for (int i = 0; i < 20; i++) {
        push = t_socket (ctx, ZMQ_PUSH);
        t_need (zmq_connect (push, endpoint) == 0);
        t_send (push, "x", (char *) NULL);
        t_need (zmq_recv (pull, NULL, 0, 0) == 1);
        zmq_close (push);
    }
    exchange (ctx, "reader closed");

    puts ("-- a reader that does not read, with the smallest limits");
    mon = zmq_socket (ctx, ZMQ_PAIR);
    t_set_int (mon, ZMQ_RCVHWM, 1);
    t_need (zmq_socket_monitor (pull, "inproc://lazy", ZMQ_EVENT_ALL) == 0);
    t_need (zmq_connect (mon, "inproc://lazy") == 0);
    for (int i = 0; i < 2000; i++) {
        int fd = t_raw_connect (endpoint);
        t_need (fd >= 0);
        close (fd);
    }
    exchange (ctx, "reader lazy");
    zmq_close (mon);
    zmq_close (pull);
    RC (zmq_ctx_term (ctx));
    return 0;
}
