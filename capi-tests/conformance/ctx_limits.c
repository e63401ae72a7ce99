/*
 * The limits of a context: ZMQ_MAX_SOCKETS and EMFILE, changes of it after the
 * first socket, no I/O threads at all (inproc works, tcp and ipc say EMTHREAD),
 * and zmq_init.
 */
#include "../t.h"

/* Create sockets until one fails; how many there are now. */
static int fill (void *ctx, void **socks, int have)
{
    while ((socks[have] = zmq_socket (ctx, ZMQ_PAIR)))
        have++;
    printf ("%d sockets, then %s\n", have, t_errno (errno));
    return have;
}

static void max_sockets (int max)
{
    void *ctx = zmq_ctx_new (), *socks[64];
    int have;
    RC (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, max));
    have = fill (ctx, socks, 0);
    if (have > 0) {
        zmq_close (socks[--have]);
        for (int tries = 0; tries < 1000; tries++) {
            socks[have] = zmq_socket (ctx, ZMQ_PAIR);
            if (socks[have])
                break;
            t_settle (1);
        }
        printf ("after a close: %s\n", t_ptr (socks[have]));
        if (socks[have])
            have++;
    }
    RC (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, max + 5));
    have = fill (ctx, socks, have);
    while (have > 0)
        zmq_close (socks[--have]);
    RC (zmq_ctx_term (ctx));
}

static void no_threads (void)
{
    static const char *const outside[] = {"tcp://127.0.0.1:*", "ipc:///tmp/never-made",
                                          "tcp://127.0.0.1:9"};
    void *ctx = zmq_ctx_new (), *a, *b;
    RC (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 0));
    a = t_socket (ctx, ZMQ_PAIR);
    b = t_socket (ctx, ZMQ_PAIR);
    RC (zmq_bind (a, "inproc://a"));
    RC (zmq_connect (b, "inproc://a"));
    RC (t_send (b, "hello", (char *) NULL));
    t_recv_print (a, "a");
    for (size_t i = 0; i < T_COUNT (outside); i++) {
        void *sock = t_socket (ctx, ZMQ_DEALER);
        printf ("%s\n", outside[i]);
        if (!strstr (outside[i], ":9"))
            RC (zmq_bind (sock, outside[i]));
        if (!strstr (outside[i], "*"))
            RC (zmq_connect (sock, outside[i]));
        zmq_close (sock);
    }
    RC (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 1));
    RC (zmq_ctx_get (ctx, ZMQ_IO_THREADS));
    printf ("too late:\n");
    RC (zmq_connect (a, "tcp://127.0.0.1:9"));
    zmq_close (a);
    zmq_close (b);
    RC (zmq_ctx_term (ctx));
}

/* A socket wants an I/O thread that does not exist. */
static void affinity (void)
{
    uint64_t mask = 1u << 5;
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_DEALER);
    RC (zmq_setsockopt (sock, ZMQ_AFFINITY, &mask, sizeof mask));
    RC (zmq_bind (sock, "tcp://127.0.0.1:*"));
    RC (zmq_connect (sock, "tcp://127.0.0.1:9"));
    RC (zmq_bind (sock, "inproc://affinity"));
    mask = 1;
    RC (zmq_setsockopt (sock, ZMQ_AFFINITY, &mask, sizeof mask));
    RC (zmq_bind (sock, "tcp://127.0.0.1:*"));
    zmq_close (sock);
    RC (zmq_ctx_term (ctx));
}

static void init (int threads)
{
    void *ctx;
    printf ("zmq_init (%d)\n", threads);
    ctx = RP (zmq_init (threads));
    if (!ctx)
        return;
    RC (zmq_ctx_get (ctx, ZMQ_IO_THREADS));
    RC (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS));
    RC (zmq_term (ctx));
}

int main (void)
{
    t_init ();
    max_sockets (1);
    max_sockets (2);
    max_sockets (10);
    no_threads ();
    affinity ();
    init (-1);
    init (0);
    init (1);
    init (3);
    return 0;
}
