/*
 * REQ and REP (RFC 28), over inproc and tcp: the two state machines with every
 * EFSM, multipart requests and replies, what a missing peer means, poll events
 * in each state, the order in which REQ takes its servers and REP its clients,
 * and a REP that loses its client between request and reply.
 */
#include "../wire.h"

static void *ctx;

static void events (void *sock, const char *label)
{
    int e = t_get_int (sock, ZMQ_EVENTS);
    printf ("%s:%s%s\n", label, e & ZMQ_POLLIN ? " in" : "",
            e & ZMQ_POLLOUT ? " out" : "");
}

static void machine (const char *proto)
{
    char endpoint[256];
    void *rep = t_socket (ctx, ZMQ_REP), *req = t_socket (ctx, ZMQ_REQ);

    printf ("\n== machine over %s\n", proto);
    t_need (t_bind_any (rep, endpoint, proto) == 0);

    RC (zmq_send (req, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_recv (req, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (rep, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_recv (rep, NULL, 0, ZMQ_DONTWAIT));
    events (req, "req without peer");
    events (rep, "rep without peer");

    t_need (zmq_connect (req, endpoint) == 0);
    events (req, "req connected");
    RC (zmq_recv (req, NULL, 0, 0));
    RC (zmq_send (rep, "x", 1, 0));

    RC (t_send (req, "hello", (char *) NULL));
    events (req, "req has sent");
    RC (zmq_send (req, "again", 5, 0));
    RC (zmq_recv (req, NULL, 0, ZMQ_DONTWAIT));
    t_poll_in (rep, T_TIMEOUT_MS);
    events (rep, "rep has a request");
    RC (zmq_send (rep, "early", 5, 0));
    t_recv_print (rep, "rep gets");
    events (rep, "rep has read");
    RC (zmq_recv (rep, NULL, 0, 0));
    RC (t_send (rep, "world", (char *) NULL));
    events (rep, "rep has replied");
    RC (zmq_send (rep, "twice", 5, 0));
    t_poll_in (req, T_TIMEOUT_MS);
    events (req, "req has a reply");
    RC (zmq_send (req, "early", 5, 0));
    t_recv_print (req, "req gets");
    events (req, "req is free again");

    puts ("-- multipart");
    RC (zmq_send (req, "a", 1, ZMQ_SNDMORE));
    RC (zmq_recv (req, NULL, 0, ZMQ_DONTWAIT));
    events (req, "req in the middle of sending");
    RC (zmq_send (req, "", 0, ZMQ_SNDMORE));
    RC (zmq_send (req, "c", 1, 0));
    {
        char part[8];
        RC (zmq_recv (rep, part, sizeof part, 0));
        RC (t_get_int (rep, ZMQ_RCVMORE));
        RC (zmq_send (rep, "early", 5, 0));
        events (rep, "rep in the middle of a request");
        RC (zmq_recv (rep, part, sizeof part, 0));
        RC (zmq_recv (rep, part, sizeof part, 0));
        RC (t_get_int (rep, ZMQ_RCVMORE));
    }
    RC (zmq_send (rep, "d", 1, ZMQ_SNDMORE));
    RC (zmq_recv (rep, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (rep, "", 0, 0));
    {
        char part[8];
        RC (zmq_recv (req, part, sizeof part, 0));
        RC (zmq_send (req, "early", 5, 0));
        RC (zmq_recv (req, part, sizeof part, 0));
        RC (zmq_recv (req, part, sizeof part, ZMQ_DONTWAIT));
    }

    puts ("-- the empty message");
    RC (zmq_send (req, "", 0, 0));
    t_recv_print (rep, "rep gets");
    RC (zmq_send (rep, "", 0, 0));
    t_recv_print (req, "req gets");

    puts ("-- the client goes away before the reply");
    RC (t_send (req, "last", (char *) NULL));
    t_recv_print (rep, "rep gets");
    {
        void *mon = t_monitor (ctx, rep, ZMQ_EVENT_DISCONNECTED);
        zmq_close (req);
        if (strcmp (proto, "tcp") == 0)
            RC (t_event_wait (mon, ZMQ_EVENT_DISCONNECTED));
        w_unmonitor (rep, mon);
    }
    RC (t_send (rep, "too late", (char *) NULL));
    RC (zmq_send (rep, "x", 1, 0));
    req = t_socket (ctx, ZMQ_REQ);
    t_need (zmq_connect (req, endpoint) == 0);
    RC (t_send (req, "new", (char *) NULL));
    t_recv_print (rep, "rep gets");
    RC (t_send (rep, "reply", (char *) NULL));
    t_recv_print (req, "req gets");

    zmq_close (req);
    zmq_close (rep);
}

/* REQ with three servers: requests go round in the order of connecting. */
static void round_robin (const char *proto)
{
    void *req = t_socket (ctx, ZMQ_REQ), *rep[3];
    char endpoint[256], label[16];

    printf ("\n== three servers over %s\n", proto);
    for (int i = 0; i < 3; i++) {
        rep[i] = t_socket (ctx, ZMQ_REP);
        t_need (t_bind_any (rep[i], endpoint, proto) == 0);
        t_need (zmq_connect (req, endpoint) == 0);
    }
    for (int n = 0; n < 7; n++) {
        zmq_pollitem_t items[3] = {{rep[0], 0, ZMQ_POLLIN, 0},
                                   {rep[1], 0, ZMQ_POLLIN, 0},
                                   {rep[2], 0, ZMQ_POLLIN, 0}};
        t_send (req, "job", (char *) NULL);
        zmq_poll (items, 3, T_TIMEOUT_MS);
        for (int i = 0; i < 3; i++)
            if (items[i].revents) {
                snprintf (label, sizeof label, "rep %d", i);
                t_recv_print (rep[i], label);
                t_send (rep[i], "done", (char *) NULL);
            }
        t_recv_print (req, "req");
    }
    for (int i = 0; i < 3; i++)
        zmq_close (rep[i]);
    zmq_close (req);
}

/* REP with three clients that all wait: it takes one request of each. */
static void fair (const char *proto)
{
    void *rep = t_socket (ctx, ZMQ_REP), *req[3];
    char endpoint[256], text[16];

    printf ("\n== three clients over %s\n", proto);
    t_need (t_bind_any (rep, endpoint, proto) == 0);
    for (int i = 0; i < 3; i++) {
        req[i] = t_socket (ctx, ZMQ_REQ);
        t_need (zmq_connect (req[i], endpoint) == 0);
        /* one after the other, so that the order of the peers is known */
        t_send (req[i], "first", (char *) NULL);
        t_recv_print (rep, "rep");
        t_send (rep, "ok", (char *) NULL);
        t_recv_print (req[i], "req");
    }
    for (int n = 0; n < 2; n++) {
        unsigned seen = 0;
        for (int i = 0; i < 3; i++) {
            snprintf (text, sizeof text, "%d", i);
            t_send (req[i], text, (char *) NULL);
        }
        for (int i = 0; i < 3; i++) {
            char c = '?';
            zmq_recv (rep, &c, 1, 0);
            seen |= 1u << (c - '0');
            zmq_send (rep, &c, 1, 0);
        }
        printf ("clients served: mask %u\n", seen);
        for (int i = 0; i < 3; i++)
            t_recv_print (req[i], "its own reply");
    }
    for (int i = 0; i < 3; i++)
        zmq_close (req[i]);
    zmq_close (rep);
}

/* What a ROUTER in the place of REP sees, and what REQ makes of each reply:
   over inproc a bad one is dropped, over tcp it costs the connection. */
static void envelope (const char *proto, int kind)
{
    static const char *const kinds[] = {"good", "two delimiters",
                                        "no delimiter, one part",
                                        "no delimiter, two parts",
                                        "delimiter only"};
    void *router = t_socket (ctx, ZMQ_ROUTER), *req = t_socket (ctx, ZMQ_REQ);
    void *mon = t_monitor (ctx, req, ZMQ_EVENT_DISCONNECTED
                                       | ZMQ_EVENT_CONNECT_RETRIED);
    bool tcp = strcmp (proto, "tcp") == 0;
    char endpoint[256];

    printf ("\n== reply to REQ over %s: %s\n", proto, kinds[kind]);
    zmq_setsockopt (req, ZMQ_ROUTING_ID, "R", 1);
    t_set_int (req, ZMQ_RECONNECT_IVL, 20);
    t_set_int (router, ZMQ_ROUTER_HANDOVER, 1);
    t_need (t_bind_any (router, endpoint, proto) == 0);
    t_need (zmq_connect (req, endpoint) == 0);
    t_send (req, "one", "two", (char *) NULL);
    t_recv_print (router, "router");
    switch (kind) {
        case 0:
            t_send (router, "R", "", "reply", "", "2", (char *) NULL);
            break;
        case 1:
            t_send (router, "R", "", "", "reply", (char *) NULL);
            break;
        case 2:
            t_send (router, "R", "bad", (char *) NULL);
            break;
        case 3:
            t_send (router, "R", "bad", "worse", (char *) NULL);
            break;
        case 4:
            t_send (router, "R", "", (char *) NULL);
            break;
    }
    if (tcp && kind >= 2) {
        t_event_print (mon, "req's monitor");
        t_timeouts (req, 100);
        t_recv_print (req, "req waits on");
        events (req, "req");
    } else {
        if (kind >= 2)
            t_send (router, "R", "", "good", (char *) NULL);
        t_recv_print (req, "req");
        puts ("-- a reply that nobody asked for, then the next exchange");
        t_send (router, "R", "", "unasked", (char *) NULL);
        t_settle (tcp ? 150 : 0); /* REQ shows no event for it */
        t_send (req, "three", (char *) NULL);
        t_recv_print (router, "router");
        t_send (router, "R", "", "asked", (char *) NULL);
        t_recv_print (req, "req");
    }
    w_unmonitor (req, mon);
    zmq_close (req);
    zmq_close (router);
}

/* DEALER in the place of REQ: envelopes of any depth come back untouched. */
static void deep_envelope (const char *proto)
{
    void *rep = t_socket (ctx, ZMQ_REP), *dealer = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256];

    printf ("\n== REP seen by DEALER over %s\n", proto);
    t_need (t_bind_any (rep, endpoint, proto) == 0);
    t_need (zmq_connect (dealer, endpoint) == 0);
    t_send (dealer, "a", "bb", "", "body", "more", (char *) NULL);
    t_recv_print (rep, "rep");
    t_send (rep, "reply", (char *) NULL);
    t_recv_print (dealer, "dealer");
    puts ("without a delimiter: dropped, REP serves the next one");
    t_send (dealer, "no delimiter", (char *) NULL);
    t_send (dealer, "no", "delimiter", (char *) NULL);
    t_send (dealer, "", "good", (char *) NULL);
    t_recv_print (rep, "rep");
    t_send (rep, "reply", "2", (char *) NULL);
    t_recv_print (dealer, "dealer");
    puts ("the delimiter is the last frame");
    t_send (dealer, "x", "", (char *) NULL);
    t_send (dealer, "", "next", (char *) NULL);
    t_recv_print (rep, "rep");
    t_send (rep, "r", (char *) NULL);
    t_recv_print (dealer, "dealer");
    t_timeouts (rep, 100);
    t_recv_print (rep, "rep again");
    zmq_close (dealer);
    zmq_close (rep);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    for (unsigned i = 0; i < 2; i++) {
        machine (protos[i]);
        round_robin (protos[i]);
        fair (protos[i]);
        for (int kind = 0; kind < 5; kind++)
            envelope (protos[i], kind);
        deep_envelope (protos[i]);
    }
    zmq_ctx_term (ctx);
    return 0;
}
