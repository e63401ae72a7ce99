/*
 * PUB and SUB (RFC 29) over inproc and tcp: prefix filter on the first frame,
 * the empty subscription, subscribing twice, unsubscribing what was never
 * subscribed, INVERT_MATCHING, the calls that each type refuses, what happens
 * without peers and to a full subscriber, and subscriptions made before and
 * after connect.
 *
 * A publisher cannot see subscriptions, so sync() publishes to a fresh topic
 * until it arrives: then all earlier subscription changes are in force, too.
 */
#include "../wire.h"

static void *ctx;

static void sync_with (void *pub, void *sub)
{
    static int counter;
    char topic[32], text[64] = "";
    snprintf (topic, sizeof topic, "sync-%d", ++counter);
    t_need (t_set_str (sub, ZMQ_SUBSCRIBE, topic) == 0);
    while (!(t_poll_in (sub, 5) & ZMQ_POLLIN))
        zmq_send (pub, topic, strlen (topic), 0);
    strcat (topic, "-end");
    zmq_send (pub, topic, strlen (topic), 0);
    while (strcmp (text, topic) != 0) {
        int n = zmq_recv (sub, text, sizeof text - 1, 0);
        t_need (n >= 0);
        text[n] = 0;
    }
    topic[strlen (topic) - 4] = 0;
    t_need (t_set_str (sub, ZMQ_UNSUBSCRIBE, topic) == 0);
}

/* Publish a fixed set and end with a message that every test subscribes. */
static void publish_all (void *pub)
{
    t_send (pub, "", (char *) NULL);
    t_send (pub, "A", (char *) NULL);
    t_send (pub, "AB", (char *) NULL);
    t_send (pub, "ABC", "body", (char *) NULL);
    t_send (pub, "B", "A", (char *) NULL);
    t_send (pub, "a", (char *) NULL);
    t_send (pub, "~end", (char *) NULL);
}

static void show (void *pub, void *sub, const char *what)
{
    printf ("-- %s\n", what);
    sync_with (pub, sub);
    publish_all (pub);
    for (;;) {
        char part[32];
        int n = zmq_recv (sub, part, sizeof part, 0);
        if (n == 4 && memcmp (part, "~end", 4) == 0)
            break;
        if (n == -1) {
            RC (n);
            break;
        }
        printf ("   ");
        t_bytes (part, (size_t) n);
        while (t_get_int (sub, ZMQ_RCVMORE)) {
            n = zmq_recv (sub, part, sizeof part, 0);
            putchar (' ');
            t_bytes (part, (size_t) n);
        }
        putchar ('\n');
    }
}

static void refusals (void)
{
    void *pub = t_socket (ctx, ZMQ_PUB), *sub = t_socket (ctx, ZMQ_SUB);
    puts ("== what is refused");
    RC (zmq_recv (pub, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (sub, "\x01", 1, ZMQ_DONTWAIT));
    RC (t_set_str (pub, ZMQ_SUBSCRIBE, "x"));
    RC (t_set_str (pub, ZMQ_UNSUBSCRIBE, "x"));
    RC (zmq_recv (sub, NULL, 0, ZMQ_DONTWAIT));
    RC (t_get_int (pub, ZMQ_EVENTS));
    RC (t_get_int (sub, ZMQ_EVENTS));
    puts ("-- PUB without subscribers drops");
    RC (zmq_send (pub, "x", 1, 0));
    RC (zmq_send (pub, "x", 1, ZMQ_SNDMORE));
    RC (zmq_send (pub, "y", 1, 0));
    puts ("-- subscription values");
    RC (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, NULL, 0));
    RC (zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0));
    RC (zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "", 0));
    RC (zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "", 0));
    RC (zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "", 0));
    RC (t_set_str (sub, ZMQ_UNSUBSCRIBE, "never"));
    {
        char value[8];
        size_t size = sizeof value;
        RC (zmq_getsockopt (sub, ZMQ_SUBSCRIBE, value, &size));
    }
    zmq_close (pub);
    zmq_close (sub);
}

static void filters (const char *proto)
{
    void *pub = t_socket (ctx, ZMQ_PUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256];
    printf ("\n== filters over %s\n", proto);
    t_need (t_bind_any (pub, endpoint, proto) == 0);
    t_set_str (sub, ZMQ_SUBSCRIBE, "~end");
    t_set_str (sub, ZMQ_SUBSCRIBE, "AB");
    t_need (zmq_connect (sub, endpoint) == 0);
    show (pub, sub, "AB, subscribed before connect");
    t_set_str (sub, ZMQ_SUBSCRIBE, "B");
    show (pub, sub, "AB and B");
    t_set_str (sub, ZMQ_SUBSCRIBE, "ABC");
    show (pub, sub, "AB, ABC and B: once each");
    t_set_str (sub, ZMQ_UNSUBSCRIBE, "AB");
    show (pub, sub, "ABC and B");
    t_set_str (sub, ZMQ_SUBSCRIBE, "B");
    t_set_str (sub, ZMQ_UNSUBSCRIBE, "B");
    show (pub, sub, "B twice, taken back once");
    RC (t_set_str (sub, ZMQ_UNSUBSCRIBE, "B"));
    show (pub, sub, "B taken back twice");
    RC (t_set_str (sub, ZMQ_UNSUBSCRIBE, "B"));
    RC (t_set_str (sub, ZMQ_UNSUBSCRIBE, "A"));
    show (pub, sub, "taken back what was not there: ABC stays");
    zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0);
    show (pub, sub, "everything");
    zmq_setsockopt (sub, ZMQ_UNSUBSCRIBE, "", 0);
    show (pub, sub, "only ABC again");
    zmq_close (sub);
    zmq_close (pub);
}

/* Inverted: what does not match is delivered. Both sides have to be told. */
static void inverted (const char *proto)
{
    void *pub = t_socket (ctx, ZMQ_XPUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256];
    printf ("\n== INVERT_MATCHING over %s\n", proto);
    RC (t_set_int (pub, ZMQ_INVERT_MATCHING, 1));
    RC (t_set_int (sub, ZMQ_INVERT_MATCHING, 1));
    RC (t_get_int (pub, ZMQ_INVERT_MATCHING));
    RC (t_set_int (pub, ZMQ_INVERT_MATCHING, 2));
    t_need (t_bind_any (pub, endpoint, proto) == 0);
    t_set_str (sub, ZMQ_SUBSCRIBE, "A");
    t_need (zmq_connect (sub, endpoint) == 0);
    t_recv_print (pub, "xpub");
    publish_all (pub);
    for (int i = 0; i < 4; i++)
        t_recv_print (sub, "sub");
    t_set_str (sub, ZMQ_SUBSCRIBE, "");
    t_recv_print (pub, "xpub");
    publish_all (pub);
    t_recv_none (sub, "sub", 50);
    zmq_close (sub);
    zmq_close (pub);
}

/* One publisher, two subscribers; one publisher per subscriber's connect. */
static void fan (const char *proto)
{
    void *pub[2], *sub[2];
    char endpoint[2][256];
    printf ("\n== two publishers, two subscribers over %s\n", proto);
    for (int i = 0; i < 2; i++) {
        pub[i] = t_socket (ctx, ZMQ_PUB);
        sub[i] = t_socket (ctx, ZMQ_SUB);
        t_need (t_bind_any (pub[i], endpoint[i], proto) == 0);
    }
    for (int i = 0; i < 2; i++) {
        zmq_setsockopt (sub[i], ZMQ_SUBSCRIBE, "", 0);
        zmq_connect (sub[i], endpoint[0]);
        zmq_connect (sub[i], endpoint[1]);
    }
    for (int i = 0; i < 2; i++) {
        sync_with (pub[0], sub[i]);
        sync_with (pub[1], sub[i]);
    }
    /* the other subscriber has the synchronising messages, too */
    for (int i = 0; i < 2; i++) {
        zmq_setsockopt (sub[i], ZMQ_UNSUBSCRIBE, "", 0);
        t_set_str (sub[i], ZMQ_SUBSCRIBE, "m");
        sync_with (pub[0], sub[i]);
        sync_with (pub[1], sub[i]);
    }
    while (t_poll_in (sub[0], 50) & ZMQ_POLLIN)
        zmq_recv (sub[0], NULL, 0, 0);
    for (int i = 0; i < 2; i++) {
        t_send (pub[i], i ? "m1" : "m0", "body", (char *) NULL);
        t_recv_print (sub[0], "sub 0");
        t_recv_print (sub[1], "sub 1");
    }
    puts ("-- one subscriber leaves");
    zmq_close (sub[0]);
    t_send (pub[0], "m2", (char *) NULL);
    t_recv_print (sub[1], "sub 1");
    puts ("-- one publisher leaves");
    zmq_close (pub[0]);
    t_send (pub[1], "m3", (char *) NULL);
    t_recv_print (sub[1], "sub 1");
    zmq_close (pub[1]);
    zmq_close (sub[1]);
}

/* A full subscriber loses whole messages; PUB never blocks. */
static void full (void)
{
    void *pub = t_socket (ctx, ZMQ_PUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256], part[8];
    int accepted = 0, got = 0;
    puts ("\n== a full subscriber over inproc");
    t_set_int (pub, ZMQ_SNDHWM, 3);
    t_set_int (sub, ZMQ_RCVHWM, 2);
    t_need (t_bind_any (pub, endpoint, "inproc") == 0);
    zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0);
    t_need (zmq_connect (sub, endpoint) == 0);
    for (int i = 0; i < 20; i++) {
        snprintf (part, sizeof part, "%d", i);
        accepted += t_send (pub, part, "body", (char *) NULL) == 4;
    }
    while (zmq_recv (sub, part, sizeof part, ZMQ_DONTWAIT) >= 0)
        got++;
    printf ("accepted %d, frames delivered %d\n", accepted, got);
    printf ("PUB events %d\n", t_get_int (pub, ZMQ_EVENTS));
    zmq_close (sub);
    zmq_close (pub);
}

/* Many topics: 500 subscriptions, every third taken back. */
static void many (const char *proto)
{
    void *pub = t_socket (ctx, ZMQ_PUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256], topic[16];
    int got = 0;
    printf ("\n== many topics over %s\n", proto);
    t_need (t_bind_any (pub, endpoint, proto) == 0);
    t_need (zmq_connect (sub, endpoint) == 0);
    for (int i = 0; i < 500; i++) {
        snprintf (topic, sizeof topic, "<%d>", i);
        t_set_str (sub, ZMQ_SUBSCRIBE, topic);
    }
    for (int i = 0; i < 500; i += 3) {
        snprintf (topic, sizeof topic, "<%d>", i);
        t_set_str (sub, ZMQ_UNSUBSCRIBE, topic);
    }
    t_set_str (sub, ZMQ_SUBSCRIBE, "end");
    sync_with (pub, sub);
    for (int i = 0; i < 500; i++) {
        snprintf (topic, sizeof topic, "<%d>", i);
        zmq_send (pub, topic, strlen (topic), 0);
    }
    t_send (pub, "end", (char *) NULL);
    for (;;) {
        int n = zmq_recv (sub, topic, sizeof topic, 0);
        if (n == 3 && topic[0] == 'e')
            break;
        t_need (n > 0);
        got++;
    }
    printf ("got %d\n", got);
    zmq_close (sub);
    zmq_close (pub);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    refusals ();
    for (int i = 0; i < 2; i++) {
        filters (protos[i]);
        inverted (protos[i]);
        fan (protos[i]);
        many (protos[i]);
    }
    full ();
    zmq_ctx_term (ctx);
    return 0;
}
