/*
 * XSUB over inproc and tcp: subscriptions by zmq_send, what reaches the
 * publisher, duplicate and missing ones, user messages upstream, the filter on
 * receiving, subscriptions sent before connect and to a late publisher, an
 * XSUB without peers, and what setsockopt refuses.
 */
#include "../wire.h"

static void *ctx;

static void alone (void)
{
    void *xsub = t_socket (ctx, ZMQ_XSUB);
    puts ("== XSUB without peers");
    RC (t_get_int (xsub, ZMQ_EVENTS));
    RC (zmq_recv (xsub, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (xsub, "\x01x", 2, 0));
    RC (zmq_send (xsub, "user message", 12, 0));
    RC (zmq_send (xsub, "", 0, 0));
    RC (zmq_send (xsub, "\x00never", 6, 0));
    RC (t_set_str (xsub, ZMQ_SUBSCRIBE, "x"));
    RC (t_set_str (xsub, ZMQ_UNSUBSCRIBE, "x"));
    zmq_close (xsub);
}

/* What an XPUB hears in VERBOSER mode, which hides nothing. */
static void upstream (const char *proto)
{
    void *xpub = t_socket (ctx, ZMQ_XPUB), *xsub = t_socket (ctx, ZMQ_XSUB);
    char endpoint[256];
    printf ("\n== upstream over %s\n", proto);
    t_set_int (xpub, ZMQ_XPUB_VERBOSER, 1);
    t_need (t_bind_any (xpub, endpoint, proto) == 0);
    puts ("-- sent before connect: subscriptions are kept, the rest is lost");
    zmq_send (xsub, "\x01" "early", 6, 0);
    zmq_send (xsub, "\x01" "early", 6, 0);
    zmq_send (xsub, "user", 4, 0);
    zmq_send (xsub, "\x01" "taken back", 11, 0);
    zmq_send (xsub, "\x00" "taken back", 11, 0);
    t_need (zmq_connect (xsub, endpoint) == 0);
    zmq_send (xsub, "~1", 2, 0);
    t_recv_print (xpub, "xpub");
    t_recv_print (xpub, "xpub");
    puts ("-- subscribe twice, unsubscribe three times");
    for (int i = 0; i < 2; i++)
        zmq_send (xsub, "\x01t", 2, 0);
    for (int i = 0; i < 3; i++)
        zmq_send (xsub, "\x00t", 2, 0);
    zmq_send (xsub, "\x00never", 6, 0);
    zmq_send (xsub, "~2", 2, 0);
    for (int i = 0; i < 4; i++)
        t_recv_print (xpub, "xpub");
    t_recv_none (xpub, "xpub", 30);
    zmq_close (xsub);
    zmq_close (xpub);
}

/* All subscriptions go to a publisher that comes later, in some order. */
static void late_publisher (const char *proto)
{
    void *one = t_socket (ctx, ZMQ_XPUB), *two = t_socket (ctx, ZMQ_XPUB);
    void *xsub = t_socket (ctx, ZMQ_XSUB);
    char first[256], second[256];
    int topics = 0;
    printf ("\n== a second publisher over %s\n", proto);
    t_need (t_bind_any (one, first, proto) == 0);
    t_need (t_bind_any (two, second, proto) == 0);
    t_need (zmq_connect (xsub, first) == 0);
    for (char c = 'a'; c <= 'e'; c++) {
        char text[2] = {1, c};
        zmq_send (xsub, text, 2, 0);
        t_recv_print (one, "one");
    }
    zmq_send (xsub, "\x00" "c", 2, 0);
    t_recv_print (one, "one");
    t_need (zmq_connect (xsub, second) == 0);
    for (int i = 0; i < 4; i++) {
        char text[8];
        int n = zmq_recv (two, text, sizeof text, 0);
        t_need (n == 2 && text[0] == 1);
        topics |= 1 << (text[1] - 'a');
    }
    printf ("two heard of topics %02x\n", (unsigned) topics);
    t_recv_none (two, "two", 30);
    puts ("-- a user message goes to both");
    t_send (xsub, "to both", (char *) NULL);
    t_recv_print (one, "one");
    t_recv_print (two, "two");
    puts ("-- disconnecting one");
    RC (zmq_disconnect (xsub, second));
    for (int i = 0; i < 4; i++) {
        char text[8];
        int n;
        while (!(t_poll_in (two, 5) & ZMQ_POLLIN))
            t_get_int (xsub, ZMQ_EVENTS); /* its thread has to take part */
        n = zmq_recv (two, text, sizeof text, 0);
        t_need (n == 2 && text[0] == 0);
        topics ^= 1 << (text[1] - 'a');
    }
    printf ("left at two: %02x\n", (unsigned) topics);
    t_send (xsub, "to one", (char *) NULL);
    t_recv_print (one, "one");
    t_recv_none (two, "two", 30);
    zmq_close (xsub);
    zmq_close (one);
    zmq_close (two);
}

/* Only the publisher filters: XSUB delivers what has been sent to it, also
   when it has taken the subscription back in the meantime. */
static void filter (const char *proto)
{
    void *xpub = t_socket (ctx, ZMQ_XPUB), *xsub = t_socket (ctx, ZMQ_XSUB);
    char endpoint[256];
    printf ("\n== receiving over %s\n", proto);
    t_need (t_bind_any (xpub, endpoint, proto) == 0);
    t_need (zmq_connect (xsub, endpoint) == 0);
    zmq_send (xsub, "\x01" "A", 2, 0);
    t_recv_print (xpub, "xpub");
    t_send (xpub, "A1", "body", "", (char *) NULL);
    t_send (xpub, "B1", "body", (char *) NULL);
    t_send (xpub, "A2", (char *) NULL);
    t_recv_print (xsub, "xsub");
    t_recv_print (xsub, "xsub");
    RC (t_get_int (xsub, ZMQ_EVENTS));
    puts ("-- unread messages of a topic that is taken back");
    t_send (xpub, "A3", (char *) NULL);
    t_poll_in (xsub, T_TIMEOUT_MS);
    zmq_send (xsub, "\x00" "A", 2, 0);
    t_recv_print (xpub, "xpub");
    t_recv_none (xsub, "xsub", 30);
    puts ("-- a subscription in two parts");
    RC (zmq_send (xsub, "\x01" "C", 2, ZMQ_SNDMORE));
    RC (zmq_send (xsub, "\x01" "D", 2, 0));
    t_recv_print (xpub, "xpub");
    t_recv_print (xpub, "xpub");
    RC (zmq_recv (xpub, NULL, 0, ZMQ_DONTWAIT));
    t_send (xpub, "C1", (char *) NULL);
    t_send (xpub, "D1", (char *) NULL);
    t_recv_print (xsub, "xsub");
    t_recv_print (xsub, "xsub");
    zmq_close (xsub);
    zmq_close (xpub);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    alone ();
    for (int i = 0; i < 2; i++) {
        upstream (protos[i]);
        late_publisher (protos[i]);
        filter (protos[i]);
    }
    zmq_ctx_term (ctx);
    return 0;
}
