/*
 * Every pair of socket types that meets, over tcp: which pairs shake hands and
 * which are refused, by the events on both sides, and that a proper peer of the
 * same bound socket is served all the while.
 */
#include "../wire.h"

static void *ctx;

/* The first event that tells how it went: a mismatch ends with nothing but
   DISCONNECTED. */
static int outcome (void *mon, uint32_t *value)
{
    int event;
    do
        event = t_event (mon, T_TIMEOUT_MS, value, NULL);
    while (event
           && !(event
                & (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
                   | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                   | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                   | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)));
    return event;
}

static void meet (int bound, int connecting)
{
    void *a = t_socket (ctx, bound), *b = t_socket (ctx, connecting);
    void *mon_a = t_monitor (ctx, a, ZMQ_EVENT_ALL);
    void *mon_b = t_monitor (ctx, b, ZMQ_EVENT_ALL);
    char endpoint[256];
    uint32_t value_a = 0;
    int at_a;
    t_set_int (b, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (a, endpoint, "tcp") == 0);
    t_need (zmq_connect (b, endpoint) == 0);
    at_a = outcome (mon_a, &value_a);
    printf ("%s bound, %s connecting: %s", t_type_name (bound),
            t_type_name (connecting), t_event_name (at_a));
    if (at_a == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)
        printf (" 0x%08x", value_a);
    printf (", %s\n", t_event_name (outcome (mon_b, &value_a)));
    w_unmonitor (a, mon_a);
    w_unmonitor (b, mon_b);
    zmq_close (a);
    zmq_close (b);
}

/* A PULL between a proper PUSH and a PAIR, which gives up for good. */
static void undisturbed (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *pair = t_socket (ctx, ZMQ_PAIR);
    void *push = t_socket (ctx, ZMQ_PUSH), *mon;
    char endpoint[256];
    puts ("\n== a wrong peer does not disturb");
    mon = t_monitor (ctx, pull, ZMQ_EVENT_DISCONNECTED);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_set_int (pair, ZMQ_RECONNECT_IVL, 5);
    t_need (zmq_connect (pair, endpoint) == 0);
    t_send (pair, "never seen", (char *) NULL);
    t_event_print (mon, "pull");
    printf ("pair tries again: %d\n", t_poll_in (mon, 100));
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "good", (char *) NULL);
    t_recv_print (pull, "pull");
    w_unmonitor (pull, mon);
    zmq_close (pair);
    zmq_close (push);
    zmq_close (pull);
}

/* Over inproc nobody checks. */
static int inproc (int bound, int connecting)
{
    void *a = t_socket (ctx, bound), *b = t_socket (ctx, connecting);
    char endpoint[256];
    int rc;
    t_need (t_bind_any (a, endpoint, "inproc") == 0);
    rc = zmq_connect (b, endpoint);
    zmq_close (a);
    zmq_close (b);
    return rc;
}

int main (void)
{
    int failed = 0;
    t_init ();
    ctx = zmq_ctx_new ();
    puts ("== over tcp");
    for (unsigned i = 0; i < T_COUNT (t_types); i++)
        for (unsigned j = 0; j < T_COUNT (t_types); j++)
            if (t_types[i] != ZMQ_STREAM && t_types[j] != ZMQ_STREAM)
                meet (t_types[i], t_types[j]);
    undisturbed ();
    puts ("\n== over inproc");
    for (unsigned i = 0; i < T_COUNT (t_types); i++)
        for (unsigned j = 0; j < T_COUNT (t_types); j++)
            if (t_types[i] != ZMQ_STREAM && t_types[j] != ZMQ_STREAM)
                failed += inproc (t_types[i], t_types[j]) != 0;
    printf ("%d connects failed\n", failed);
    zmq_ctx_term (ctx);
    return 0;
}
