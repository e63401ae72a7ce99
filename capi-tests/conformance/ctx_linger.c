/*
 * What becomes of unsent messages at the end: ZMQ_LINGER 0, some time and -1,
 * ZMQ_BLOCKY off, messages for a peer that comes late, and close followed by
 * term with a live peer. Shown is whether zmq_ctx_term waited and what arrived.
 */
#include "../t.h"

/* Far apart, so that a busy machine does not make one of the other. */
#define LINGER_MS 3000
#define WAITED_MS 1500

/* An endpoint where nobody listens now, but may later. */
static const char *free_endpoint (void)
{
    static char endpoint[256];
    int fd = t_tcp_listen (endpoint);
    close (fd);
    return endpoint;
}

static void nobody_there (const char *what, int linger, bool blocky)
{
    void *ctx = zmq_ctx_new (), *sock;
    long start;
    if (!blocky)
        zmq_ctx_set (ctx, ZMQ_BLOCKY, 0);
    sock = zmq_socket (ctx, ZMQ_PUSH);
    if (linger != -1)
        t_set_int (sock, ZMQ_LINGER, linger);
    t_need (zmq_connect (sock, free_endpoint ()) == 0);
    printf ("%s\n", what);
    RC (t_send (sock, "lost", (char *) NULL));
    start = t_now_ms ();
    RC (zmq_close (sock));
    printf ("close waited: %d\n", t_now_ms () - start >= WAITED_MS);
    RC (zmq_ctx_term (ctx));
    printf ("term waited: %d\n", t_now_ms () - start >= WAITED_MS);
}

static void *late_peer (void *arg)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PULL);
    t_settle (150);
    RC (zmq_bind (sock, arg));
    t_recv_print (sock, "late peer");
    t_recv_print (sock, "late peer");
    zmq_close (sock);
    zmq_ctx_term (ctx);
    return NULL;
}

static void forever (void)
{
    void *ctx = zmq_ctx_new (), *sock = zmq_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    pthread_t thread;
    printf ("linger -1 and a late peer\n");
    strcpy (endpoint, free_endpoint ());
    t_set_int (sock, ZMQ_RECONNECT_IVL, 20);
    t_need (zmq_connect (sock, endpoint) == 0);
    RC (t_send (sock, "one", (char *) NULL));
    RC (t_send (sock, "two", "parts", (char *) NULL));
    RC (zmq_close (sock));
    pthread_create (&thread, NULL, late_peer, endpoint);
    t_need (zmq_ctx_term (ctx) == 0);
    pthread_join (thread, NULL);
    printf ("terminated\n");
}

static void live_peer (const char *proto)
{
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
    void *out = zmq_socket (ctx, ZMQ_PUSH), *in = t_socket (other, ZMQ_PULL);
    char endpoint[256];
    int count = 0;
    printf ("1000 messages over %s, close and term at once\n", proto);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (int i = 0; i < 1000; i++)
        t_need (zmq_send (out, &i, sizeof i, 0) == sizeof i);
    RC (zmq_close (out));
    RC (zmq_ctx_term (ctx));
    for (int i; count < 1000 && zmq_recv (in, &i, sizeof i, 0) == sizeof i && i == count; count++)
        ;
    printf ("arrived in order: %d\n", count);
    zmq_close (in);
    zmq_ctx_term (other);
}

int main (void)
{
    t_init ();
    nobody_there ("linger 0", 0, true);
    nobody_there ("linger for some time", LINGER_MS, true);
    nobody_there ("not blocky", -1, false);
    forever ();
    live_peer ("tcp");
    live_peer ("ipc");
    return 0;
}
