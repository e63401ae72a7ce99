/*
 * With 0, 1, 2 … 15 free descriptors a context, sockets, binds, connects and a
 * message over tcp and ipc: each call works or fails with EMFILE, and when
 * descriptors are free again everything works. (The original aborts.)
 */
#include "../limit.h"

/* The result of one call: only EMFILE is a good reason to fail. */
static bool fine (const char *what, bool ok)
{
    if (!ok && errno != EMFILE)
        printf ("%s: %s\n", what, t_errno (errno));
    return ok;
}

static bool talk (void *push, void *pull, const char *proto, int ms)
{
    char endpoint[256];
    char got[8];
    if (!fine ("bind", t_bind_any (pull, endpoint, proto) == 0)
        || !fine ("connect", zmq_connect (push, endpoint) == 0))
        return false;
    t_timeouts (pull, ms);
    zmq_send (push, "hello", 5, ZMQ_DONTWAIT);
    return zmq_recv (pull, got, sizeof got, 0) == 5;
}

static void with_free (int n)
{
    void *ctx, *push = NULL, *pull = NULL, *mon = NULL;
    no_more (n);
    ctx = zmq_ctx_new ();
    if (fine ("zmq_ctx_new", ctx)) {
        push = zmq_socket (ctx, ZMQ_PUSH);
        fine ("zmq_socket", push);
        pull = zmq_socket (ctx, ZMQ_PULL);
        fine ("zmq_socket", pull);
        if (push && pull) {
            fine ("zmq_socket_monitor",
                  zmq_socket_monitor (pull, "inproc://events", ZMQ_EVENT_ALL)
                    == 0);
            mon = zmq_socket (ctx, ZMQ_PAIR);
            if (fine ("zmq_socket", mon))
                fine ("zmq_connect", zmq_connect (mon, "inproc://events") == 0);
            talk (push, pull, "tcp", 20);
            talk (push, pull, "ipc", 20);
        }
    }
    enough_again ();
    if (push)
        t_set_int (push, ZMQ_LINGER, 0);
    if (mon)
        zmq_close (mon);
    if (push)
        zmq_close (push);
    if (pull)
        zmq_close (pull);
    if (ctx && zmq_ctx_term (ctx) == -1)
        printf ("zmq_ctx_term: %s\n", t_errno (errno));

    ctx = zmq_ctx_new ();
    push = t_socket (ctx, ZMQ_PUSH);
    pull = t_socket (ctx, ZMQ_PULL);
    printf ("%d free: no other error; afterwards tcp %d, ipc %d\n", n,
            talk (push, pull, "tcp", 2000), talk (push, pull, "ipc", 2000));
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (ctx);
}

int main (void)
{
    t_init ();
    t_tmpdir ();
    for (int n = 0; n < 16; n++)
        with_free (n);
    return 0;
}
