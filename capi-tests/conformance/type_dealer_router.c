/*
 * DEALER and ROUTER over inproc and tcp: generated and chosen routing ids,
 * routing to known and unknown peers, a ROUTER that sends only an id, empty
 * and oversized ids, round robin and fair queueing, ROUTER to ROUTER, no peer,
 * mute state with DONTWAIT, a ROUTER's poll events, and a peer that leaves.
 */
#include "../wire.h"

static void *ctx;

static void events (void *sock, const char *label)
{
    int e = t_get_int (sock, ZMQ_EVENTS);
    printf ("%s:%s%s\n", label, e & ZMQ_POLLIN ? " in" : "",
            e & ZMQ_POLLOUT ? " out" : "");
}

static void no_peer (void)
{
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    void *router = t_socket (ctx, ZMQ_ROUTER);
    puts ("== no peer");
    RC (zmq_send (dealer, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_recv (dealer, NULL, 0, ZMQ_DONTWAIT));
    t_timeouts (dealer, 30);
    RC (zmq_send (dealer, "x", 1, 0));
    events (dealer, "dealer");
    events (router, "router");
    RC (zmq_recv (router, NULL, 0, ZMQ_DONTWAIT));
    puts ("-- ROUTER drops what it cannot route");
    RC (zmq_send (router, "who", 3, ZMQ_SNDMORE));
    RC (zmq_send (router, "x", 1, ZMQ_SNDMORE));
    RC (zmq_send (router, "y", 1, 0));
    puts ("-- an id alone, and an empty id");
    RC (zmq_send (router, "who", 3, 0));
    RC (zmq_send (router, "", 0, ZMQ_SNDMORE));
    RC (zmq_send (router, "x", 1, 0));
    RC (zmq_send (router, "", 0, 0));
    zmq_close (dealer);
    zmq_close (router);
}

static void ids (const char *proto)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *named = t_socket (ctx, ZMQ_DEALER), *plain[3];
    char endpoint[256];
    unsigned char id[3][16];
    uint32_t number[3];

    printf ("\n== routing ids over %s\n", proto);
    t_need (t_bind_any (router, endpoint, proto) == 0);
    zmq_setsockopt (named, ZMQ_ROUTING_ID, "\x01name\x00z", 7);
    t_need (zmq_connect (named, endpoint) == 0);
    t_send (named, "from the named one", (char *) NULL);
    t_recv_print (router, "router");
    RC (zmq_send (router, "\x01name\x00z", 7, ZMQ_SNDMORE));
    RC (zmq_send (router, "to the named one", 16, 0));
    t_recv_print (named, "named");
    puts ("-- a prefix of the id is another id");
    RC (zmq_send (router, "\x01name", 5, ZMQ_SNDMORE));
    RC (zmq_send (router, "lost", 4, 0));

    puts ("-- generated ids");
    for (int i = 0; i < 3; i++) {
        char part[16];
        plain[i] = t_socket (ctx, ZMQ_DEALER);
        t_need (zmq_connect (plain[i], endpoint) == 0);
        t_send (plain[i], "hello", (char *) NULL);
        RC (zmq_recv (router, id[i], sizeof id[i], 0));
        RC (zmq_recv (router, part, sizeof part, 0));
        number[i] = (uint32_t) id[i][1] << 24 | (uint32_t) id[i][2] << 16
                    | (uint32_t) id[i][3] << 8 | id[i][4];
        printf ("first byte %02x, number is first + %u\n", id[i][0],
                number[i] - number[0]);
    }
    for (int i = 2; i >= 0; i--) {
        zmq_send (router, id[i], 5, ZMQ_SNDMORE);
        zmq_send (router, "back", 4, ZMQ_SNDMORE);
        zmq_send (router, "again", 5, 0);
        t_recv_print (plain[i], "plain");
    }
    puts ("-- id frame only: an empty multipart tail is not sent");
    RC (zmq_send (router, id[0], 5, 0));
    t_timeouts (plain[0], 50);
    t_recv_print (plain[0], "plain 0");
    zmq_send (router, id[0], 5, ZMQ_SNDMORE);
    zmq_send (router, "", 0, 0);
    t_timeouts (plain[0], T_TIMEOUT_MS);
    t_recv_print (plain[0], "plain 0");

    puts ("-- a peer that has left");
    {
        void *mon = t_monitor (ctx, router, ZMQ_EVENT_DISCONNECTED);
        zmq_close (plain[0]);
        if (strcmp (proto, "tcp") == 0)
            RC (t_event_wait (mon, ZMQ_EVENT_DISCONNECTED));
        w_unmonitor (router, mon);
    }
    RC (zmq_send (router, id[0], 5, ZMQ_SNDMORE));
    RC (zmq_send (router, "gone", 4, 0));
    t_recv_none (router, "router", 50);
    for (int i = 1; i < 3; i++)
        zmq_close (plain[i]);
    zmq_close (named);
    zmq_close (router);
}

static void multipart (const char *proto)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256], part[16];

    printf ("\n== multipart and events over %s\n", proto);
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    t_need (t_bind_any (router, endpoint, proto) == 0);
    events (router, "router without peers");
    t_need (zmq_connect (dealer, endpoint) == 0);
    events (dealer, "dealer");
    t_send (dealer, "a", "", "c", (char *) NULL);
    t_poll_in (router, T_TIMEOUT_MS);
    events (router, "router with a message");
    RC (zmq_recv (router, part, sizeof part, 0));
    RC (t_get_int (router, ZMQ_RCVMORE));
    events (router, "router after the id");
    puts ("-- sending in the middle of receiving is allowed");
    RC (zmq_send (router, "D", 1, ZMQ_SNDMORE));
    RC (zmq_recv (router, part, sizeof part, 0));
    RC (zmq_send (router, "x", 1, ZMQ_SNDMORE));
    RC (zmq_recv (router, part, sizeof part, 0));
    RC (zmq_send (router, "y", 1, 0));
    RC (zmq_recv (router, part, sizeof part, 0));
    RC (t_get_int (router, ZMQ_RCVMORE));
    t_recv_print (dealer, "dealer");
    puts ("-- truncation: recv gives the true size");
    t_send (dealer, "0123456789", (char *) NULL);
    RC (zmq_recv (router, part, 0, 0));
    memset (part, 'z', sizeof part);
    RC (zmq_recv (router, part, 4, 0));
    t_bytes (part, 5);
    puts ("");
    zmq_close (dealer);
    zmq_close (router);
}

/* One DEALER and three ROUTERs: round robin out, fair queueing in. */
static void order (const char *proto)
{
    void *dealer = t_socket (ctx, ZMQ_DEALER), *router[3];
    char endpoint[256], text[32];
    int count[3] = {0};

    printf ("\n== round robin and fair queueing over %s\n", proto);
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    for (int i = 0; i < 3; i++) {
        router[i] = t_socket (ctx, ZMQ_ROUTER);
        t_need (t_bind_any (router[i], endpoint, proto) == 0);
        t_need (zmq_connect (dealer, endpoint) == 0);
    }
    for (int n = 0; n < 7; n++) {
        snprintf (text, sizeof text, "%d", n);
        t_send (dealer, text, n == 3 ? "part" : "p", (char *) NULL);
    }
    for (int i = 0; i < 3; i++)
        for (int n = 0; n < (i == 0 ? 3 : 2); n++) {
            snprintf (text, sizeof text, "router %d", i);
            t_recv_print (router[i], text);
        }
    /* each has 30 messages under way; the first 30 received are 10 of each
       when everything waits in the DEALER's pipes */
    for (int n = 0; n < 30; n++)
        for (int i = 0; i < 3; i++) {
            snprintf (text, sizeof text, "%d", i);
            zmq_send (router[i], "D", 1, ZMQ_SNDMORE);
            zmq_send (router[i], text, 1, 0);
        }
    if (strcmp (proto, "tcp") == 0)
        t_settle (150);
    t_get_int (dealer, ZMQ_EVENTS); /* now it knows that all have some */
    for (int n = 0; n < 90; n++) {
        char c = '0';
        t_need (zmq_recv (dealer, &c, 1, 0) == 1);
        if (n < 30)
            count[c - '0']++;
    }
    printf ("of the first 30: %d %d %d\n", count[0], count[1], count[2]);
    for (int i = 0; i < 3; i++)
        zmq_close (router[i]);
    zmq_close (dealer);
}

static void router_to_router (const char *proto)
{
    void *a = t_socket (ctx, ZMQ_ROUTER), *b = t_socket (ctx, ZMQ_ROUTER);
    char endpoint[256];

    printf ("\n== ROUTER to ROUTER over %s\n", proto);
    zmq_setsockopt (a, ZMQ_ROUTING_ID, "A", 1);
    zmq_setsockopt (b, ZMQ_ROUTING_ID, "B", 1);
    t_need (t_bind_any (a, endpoint, proto) == 0);
    t_set_int (b, ZMQ_ROUTER_MANDATORY, 1);
    t_need (zmq_connect (b, endpoint) == 0);
    /* b may speak when it has heard who is there */
    while (t_send (b, "A", "hello", (char *) NULL) == -1
           && errno == EHOSTUNREACH)
        t_settle (1);
    t_recv_print (a, "a");
    t_send (a, "B", "hi", "there", (char *) NULL);
    t_recv_print (b, "b");
    zmq_close (a);
    zmq_close (b);
}

/* HWM 1 on each side of inproc: two messages, then the peer is mute. */
static void mute (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256];

    puts ("\n== mute peers over inproc");
    t_set_int (router, ZMQ_SNDHWM, 1);
    t_set_int (router, ZMQ_RCVHWM, 1);
    t_set_int (dealer, ZMQ_SNDHWM, 1);
    t_set_int (dealer, ZMQ_RCVHWM, 1);
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    t_need (t_bind_any (router, endpoint, "inproc") == 0);
    t_need (zmq_connect (dealer, endpoint) == 0);
    for (int i = 0; i < 4; i++)
        RC (zmq_send (dealer, "x", 1, ZMQ_DONTWAIT));
    events (dealer, "dealer");
    t_recv_print (router, "router");
    puts ("-- ROUTER drops at the limit");
    for (int i = 0; i < 4; i++) {
        RC (zmq_send (router, "D", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
        RC (zmq_send (router, i == 0 ? "0" : i == 1 ? "1" : "2", 1,
                      ZMQ_DONTWAIT));
    }
    events (router, "router");
    for (int i = 0; i < 3; i++)
        t_recv_flags (dealer, "dealer", ZMQ_DONTWAIT);
    zmq_close (router);
    zmq_close (dealer);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    no_peer ();
    for (int i = 0; i < 2; i++) {
        ids (protos[i]);
        multipart (protos[i]);
        order (protos[i]);
        router_to_router (protos[i]);
    }
    mute ();
    zmq_ctx_term (ctx);
    return 0;
}
