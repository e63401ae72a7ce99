/*
 * PAIR (RFC 31) over inproc and tcp: both directions, no peer, a second peer
 * while the first is there (it is not heard), a new peer after the first has
 * left, one PAIR that connects twice, mute state, and multipart.
 */
#include "../wire.h"

static void *ctx;

static void events (void *sock, const char *label)
{
    int e = t_get_int (sock, ZMQ_EVENTS);
    printf ("%s:%s%s\n", label, e & ZMQ_POLLIN ? " in" : "",
            e & ZMQ_POLLOUT ? " out" : "");
}

/* A peer for a, whose former peer may not quite have left yet. */
static void *next_peer (void *a, const char *endpoint)
{
    for (;;) {
        void *b = t_socket (ctx, ZMQ_PAIR);
        t_need (zmq_connect (b, endpoint) == 0);
        t_send (b, "next", (char *) NULL);
        if (t_poll_in (a, 100) & ZMQ_POLLIN)
            return b;
        zmq_close (b);
    }
}

static void talk (const char *proto)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256];
    printf ("\n== both ways over %s\n", proto);
    events (a, "a alone");
    RC (zmq_send (a, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_recv (a, NULL, 0, ZMQ_DONTWAIT));
    t_need (t_bind_any (a, endpoint, proto) == 0);
    events (a, "a bound");
    RC (zmq_send (a, "x", 1, ZMQ_DONTWAIT));
    t_need (zmq_connect (b, endpoint) == 0);
    events (b, "b connected");
    RC (t_send (b, "1", "", "3", (char *) NULL));
    t_recv_print (a, "a");
    RC (t_send (a, "back", (char *) NULL));
    RC (t_send (a, "again", (char *) NULL));
    t_recv_print (b, "b");
    t_recv_print (b, "b");
    puts ("-- b leaves");
    zmq_close (b);
    for (int i = 0; i < 1000 && t_get_int (a, ZMQ_EVENTS) != 0; i++)
        t_settle (1);
    events (a, "a");
    RC (zmq_send (a, "x", 1, ZMQ_DONTWAIT));
    b = next_peer (a, endpoint);
    t_recv_print (a, "a");
    zmq_close (a);
    zmq_close (b);
}

/* The second peer may connect and even send; a is deaf to it. */
static void second (const char *proto)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    void *c = t_socket (ctx, ZMQ_PAIR);
    void *mon = t_monitor (ctx, c, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    char endpoint[256];
    printf ("\n== a second peer over %s\n", proto);
    t_need (t_bind_any (a, endpoint, proto) == 0);
    t_need (zmq_connect (b, endpoint) == 0);
    t_send (b, "first", (char *) NULL);
    t_recv_print (a, "a");
    RC (zmq_connect (c, endpoint));
    if (strcmp (proto, "tcp") == 0)
        t_event_print (mon, "c");
    zmq_send (c, "second", 6, ZMQ_DONTWAIT);
    t_recv_none (a, "a", 50);
    t_send (b, "still here", (char *) NULL);
    t_recv_print (a, "a");
    t_send (a, "to the first", (char *) NULL);
    t_recv_print (b, "b");
    t_recv_none (c, "c", 30);
    w_unmonitor (c, mon);
    zmq_close (c);
    zmq_close (b);
    puts ("-- both have left: the next one is welcome");
    while (t_get_int (a, ZMQ_EVENTS) != 0)
        t_settle (1);
    b = next_peer (a, endpoint);
    t_recv_print (a, "a");
    zmq_close (b);
    zmq_close (a);
}

/* One PAIR connects twice: its second endpoint is never used. */
static void connect_twice (const char *proto)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    void *c = t_socket (ctx, ZMQ_PAIR);
    char first[256], other[256];
    printf ("\n== connecting twice over %s\n", proto);
    t_need (t_bind_any (a, first, proto) == 0);
    t_need (t_bind_any (b, other, proto) == 0);
    RC (zmq_connect (c, first));
    RC (zmq_connect (c, other));
    for (int i = 0; i < 3; i++)
        t_send (c, i == 0 ? "0" : i == 1 ? "1" : "2", (char *) NULL);
    for (int i = 0; i < 3; i++)
        t_recv_print (a, "a");
    t_recv_none (b, "b", 50);
    zmq_close (a);
    zmq_close (b);
    zmq_close (c);
}

static void mute (void)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256];
    int sent = 0;
    puts ("\n== mute over inproc");
    t_set_int (a, ZMQ_SNDHWM, 3);
    t_set_int (b, ZMQ_RCVHWM, 2);
    t_need (t_bind_any (a, endpoint, "inproc") == 0);
    t_need (zmq_connect (b, endpoint) == 0);
    while (zmq_send (a, "x", 1, ZMQ_DONTWAIT) == 1)
        sent++;
    printf ("sent %d, then %s\n", sent, t_errno (errno));
    events (a, "a");
    t_timeouts (a, 20);
    RC (zmq_send (a, "x", 1, 0));
    while (zmq_recv (b, NULL, 0, ZMQ_DONTWAIT) == 1)
        ;
    events (a, "a after b has read all");
    zmq_close (a);
    zmq_close (b);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (int i = 0; i < 2; i++) {
        talk (protos[i]);
        second (protos[i]);
        connect_twice (protos[i]);
    }
    mute ();
    zmq_ctx_term (ctx);
    return 0;
}
