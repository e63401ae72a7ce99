/*
 * A server that goes away and comes back at the same place: what was queued in
 * the meantime arrives (unless IMMEDIATE), over tcp and ipc; DEALER, REQ and
 * ROUTER across a reconnect; SUB subscribes again; a half-sent multipart message
 * is dropped and the next one is whole; the events; RECONNECT_IVL -1, and a
 * connection refused at first.
 */
#include "../wire.h"

static void *ctx;

/* A bound PULL that can be taken away with its connections. */
static void *serve (int type, const char *endpoint)
{
    void *sock = t_socket (ctx, type);
    while (zmq_bind (sock, endpoint) == -1) {
        t_need (errno == EADDRINUSE);
        t_settle (1);
    }
    return sock;
}

static void queued (const char *proto, int immediate)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    void *mon = t_monitor (ctx, push, ZMQ_EVENT_DISCONNECTED);
    char endpoint[256];
    printf ("\n== server away and back over %s, IMMEDIATE %d\n", proto,
            immediate);
    t_set_int (push, ZMQ_IMMEDIATE, immediate);
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "1", (char *) NULL);
    t_recv_print (pull, "pull");
    zmq_close (pull);
    RC (t_event_wait (mon, ZMQ_EVENT_DISCONNECTED));
    t_settle (20);
    RC (zmq_send (push, "2", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
    if (!immediate)
        RC (zmq_send (push, "tail", 4, 0));
    RC (zmq_send (push, "3", 1, ZMQ_DONTWAIT));
    pull = serve (ZMQ_PULL, endpoint);
    RC (t_send (push, "4", (char *) NULL));
    for (int i = 0; i < (immediate ? 1 : 3); i++)
        t_recv_print (pull, "pull");
    t_recv_none (pull, "pull", 20);
    w_unmonitor (push, mon);
    zmq_close (push);
    zmq_close (pull);
}

static void subscriber (const char *proto)
{
    void *pub = t_socket (ctx, ZMQ_XPUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256];
    unsigned seen = 0;
    printf ("\n== SUB over %s\n", proto);
    t_set_int (sub, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (pub, endpoint, proto) == 0);
    t_need (zmq_connect (sub, endpoint) == 0);
    t_set_str (sub, ZMQ_SUBSCRIBE, "a");
    t_recv_print (pub, "xpub");
    zmq_close (pub);
    t_set_str (sub, ZMQ_SUBSCRIBE, "b");
    t_set_str (sub, ZMQ_SUBSCRIBE, "c");
    t_set_str (sub, ZMQ_UNSUBSCRIBE, "c");
    pub = serve (ZMQ_XPUB, endpoint);
    for (int i = 0; i < 2; i++) {
        char text[4];
        while (!(t_poll_in (pub, 5) & ZMQ_POLLIN))
            t_get_int (sub, ZMQ_EVENTS); /* the SUB has to take part */
        t_need (zmq_recv (pub, text, sizeof text, 0) == 2 && text[0] == 1);
        seen |= 1u << (text[1] - 'a');
    }
    printf ("the new xpub heard of topics %u\n", seen);
    t_recv_none (pub, "xpub", 30);
    t_send (pub, "a1", (char *) NULL);
    t_send (pub, "c1", (char *) NULL);
    t_send (pub, "b1", (char *) NULL);
    t_recv_print (sub, "sub");
    t_recv_print (sub, "sub");
    zmq_close (pub);
    zmq_close (sub);
}

/* REQ waits for a reply that will not come, and what ROUTER calls a peer. */
static void request (void)
{
    void *req = t_socket (ctx, ZMQ_REQ), *rep = t_socket (ctx, ZMQ_REP);
    char endpoint[256];
    puts ("\n== REQ loses its REP after the request");
    t_set_int (req, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (rep, endpoint, "tcp") == 0);
    t_need (zmq_connect (req, endpoint) == 0);
    t_send (req, "question", (char *) NULL);
    t_recv_print (rep, "rep");
    zmq_close (rep);
    rep = serve (ZMQ_REP, endpoint);
    t_recv_none (rep, "rep: not sent again", 100);
    t_timeouts (req, 30);
    t_recv_print (req, "req");
    RC (zmq_send (req, "another", 7, ZMQ_DONTWAIT));
    zmq_close (req);
    zmq_close (rep);

    puts ("-- before it has been sent");
    req = t_socket (ctx, ZMQ_REQ);
    t_set_int (req, ZMQ_RECONNECT_IVL, 10);
    close (t_tcp_listen (endpoint)); /* a port with nobody */
    t_need (zmq_connect (req, endpoint) == 0);
    t_send (req, "question", (char *) NULL);
    rep = serve (ZMQ_REP, endpoint);
    t_recv_print (rep, "rep");
    t_send (rep, "answer", (char *) NULL);
    t_recv_print (req, "req");
    zmq_close (req);
    zmq_close (rep);
}

static void router (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    void *mon = t_monitor (ctx, dealer, ZMQ_EVENT_DISCONNECTED);
    char endpoint[256];
    puts ("\n== a DEALER comes back to a new ROUTER");
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    t_set_int (dealer, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (router, endpoint, "tcp") == 0);
    t_need (zmq_connect (dealer, endpoint) == 0);
    t_send (dealer, "1", (char *) NULL);
    t_recv_print (router, "router");
    t_send (router, "D", "sent, not read", (char *) NULL);
    t_poll_in (dealer, T_TIMEOUT_MS);
    zmq_close (router);
    RC (t_event_wait (mon, ZMQ_EVENT_DISCONNECTED));
    w_unmonitor (dealer, mon);
    router = serve (ZMQ_ROUTER, endpoint);
    t_send (dealer, "2", (char *) NULL);
    t_recv_print (router, "router");
    t_send (router, "D", "hello again", (char *) NULL);
    t_recv_print (dealer, "dealer");
    t_recv_print (dealer, "dealer");
    zmq_close (router);
    zmq_close (dealer);
}

/* The peer goes in the middle of a message of two big parts. */
static void half_sent (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH);
    size_t size = 8000000;
    char *body = calloc (1, size), head[9];
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd;
    puts ("\n== a half-sent message is rolled back");
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (zmq_connect (push, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, 1, "PULL", NULL));
    zmq_send (push, body, size, ZMQ_SNDMORE);
    zmq_send (push, body, size, ZMQ_SNDMORE);
    zmq_send (push, "tail", 4, 0);
    t_send (push, "next", "message", (char *) NULL);
    t_send (push, "last", (char *) NULL);
    printf ("its first bytes: ");
    t_read (fd, head, 9, T_TIMEOUT_MS);
    t_hex (head, 9);
    putchar ('\n');
    close (fd);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, 1, "PULL", NULL));
    for (int i = 0; i < 3; i++)
        w_print (fd, "then");
    free (body);
    close (fd);
    close (listener);
    zmq_close (push);
}

/* Half a message has arrived when the sender goes: the reader never sees it. */
static void half_received (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    int fd;
    puts ("\n== a half-received message is dropped");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    w_text (fd, 0, "whole");
    w_text (fd, W_MORE, "half");
    w_text (fd, W_MORE, "of it");
    t_recv_print (pull, "pull");
    close (fd);
    t_recv_none (pull, "pull", 50);
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    w_text (fd, 0, "of another peer");
    t_recv_print (pull, "pull");
    close (fd);
    zmq_close (pull);
}

static void events (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    void *mon = t_monitor (ctx, push, ZMQ_EVENT_ALL);
    char endpoint[256];
    int event;
    puts ("\n== events of the connecting side");
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    for (int i = 0; i < 3; i++)
        t_event_print (mon, "event");
    zmq_close (pull);
    for (int i = 0; i < 3; i++) {
        uint32_t value = 0;
        event = t_event (mon, T_TIMEOUT_MS, &value, NULL);
        printf ("event: %s", t_event_name (event));
        if (event == ZMQ_EVENT_CONNECT_RETRIED)
            printf (", interval 10 to 20 ms: %d", value >= 10 && value < 20);
        putchar ('\n');
    }
    pull = serve (ZMQ_PULL, endpoint);
    RC (t_event_wait (mon, ZMQ_EVENT_HANDSHAKE_SUCCEEDED));
    w_unmonitor (push, mon);
    zmq_close (push);
    zmq_close (pull);

    puts ("-- RECONNECT_IVL -1: once only");
    push = t_socket (ctx, ZMQ_PUSH);
    pull = t_socket (ctx, ZMQ_PULL);
    t_set_int (push, ZMQ_RECONNECT_IVL, -1);
    mon = t_monitor (ctx, push, ZMQ_EVENT_ALL & ~ZMQ_EVENT_CONNECT_DELAYED);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    t_event_print (mon, "event");
    t_event_print (mon, "event");
    zmq_close (pull);
    t_event_print (mon, "event");
    RC (t_poll_in (mon, 100));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    w_unmonitor (push, mon);
    zmq_close (push);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    queued ("tcp", 0);
    queued ("ipc", 0);
    queued ("tcp", 1);
    subscriber ("tcp");
    subscriber ("ipc");
    request ();
    router ();
    half_sent ();
    half_received ();
    events ();
    zmq_ctx_term (ctx);
    return 0;
}
