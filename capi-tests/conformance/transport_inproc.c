/*
 * inproc: names of all kinds, connect before bind, binding twice, unbind and
 * disconnect, names per context, LAST_ENDPOINT, who is told what of a peer that
 * closes, several connects, HWM of early connects, routing ids, no monitor
 * events, and messages in the pipe when either side closes.
 */
#include "../wire.h"

static void *ctx;

static void names (void)
{
    static const char *const all[] = {"inproc://", "inproc:// ", "inproc://a",
                                      "inproc://a b", "inproc://*",
                                      "inproc://a:1", "inproc:///x/y",
                                      "inproc://\xc3\xa4", "inproc://;"};
    char longest[400] = "inproc://", last[400];
    puts ("== names");
    memset (longest + 9, 'n', 300);
    for (unsigned i = 0; i <= T_COUNT (all); i++) {
        const char *text = i < T_COUNT (all) ? all[i] : longest;
        void *b = t_socket (ctx, ZMQ_PAIR), *c = t_socket (ctx, ZMQ_PAIR);
        size_t size = sizeof last;
        int rc;
        printf ("\"%.30s\": ", text);
        rc = zmq_bind (b, text);
        printf ("bind %s, ", rc ? t_errno (errno) : "ok");
        rc = zmq_connect (c, text);
        printf ("connect %s, ", rc ? t_errno (errno) : "ok");
        zmq_getsockopt (b, ZMQ_LAST_ENDPOINT, last, &size);
        printf ("last %s%s, ", strcmp (last, text) ? "another" : "same",
                size == strlen (text) + 1 ? "" : "!");
        size = sizeof last;
        zmq_getsockopt (c, ZMQ_LAST_ENDPOINT, last, &size);
        printf ("%s\n", strcmp (last, text) ? last : "same");
        zmq_close (b);
        zmq_close (c);
    }
}

static void before_bind (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PUSH);
    puts ("\n== connect before bind");
    RC (zmq_connect (b, "inproc://early"));
    RC (t_get_int (b, ZMQ_EVENTS));
    RC (zmq_send (b, "1", 1, ZMQ_DONTWAIT));
    RC (zmq_send (b, "2", 1, ZMQ_SNDMORE));
    RC (zmq_bind (a, "inproc://early"));
    RC (zmq_send (b, "3", 1, 0));
    t_recv_print (a, "a");
    t_recv_print (a, "a");
    zmq_close (a);
    puts ("-- the bound one closes and another one binds: no reconnect");
    while (t_get_int (b, ZMQ_EVENTS) != 0)
        t_settle (1);
    RC (zmq_send (b, "4", 1, ZMQ_DONTWAIT));
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, "inproc://early"));
    RC (zmq_send (b, "5", 1, ZMQ_DONTWAIT));
    RC (zmq_connect (b, "inproc://early"));
    RC (zmq_send (b, "6", 1, ZMQ_DONTWAIT));
    t_recv_print (a, "a");
    zmq_close (a);
    zmq_close (b);

    puts ("-- never bound");
    b = t_socket (ctx, ZMQ_PUSH);
    t_set_int (b, ZMQ_LINGER, -1);
    RC (zmq_connect (b, "inproc://never"));
    RC (zmq_send (b, "lost", 4, ZMQ_DONTWAIT));
    RC (zmq_close (b));
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, "inproc://never"));
    t_recv_none (a, "a", 50);
    zmq_close (a);

    puts ("-- several early ones of one socket and of another");
    b = t_socket (ctx, ZMQ_PUSH);
    RC (zmq_connect (b, "inproc://several"));
    RC (zmq_connect (b, "inproc://several"));
    RC (zmq_connect (b, "inproc://elsewhere"));
    a = t_socket (ctx, ZMQ_PULL);
    RC (zmq_bind (a, "inproc://several"));
    for (int i = 0; i < 6; i++)
        zmq_send (b, "x", 1, ZMQ_DONTWAIT);
    for (int i = 0; i < 4; i++)
        t_recv_print (a, "a");
    t_recv_none (a, "a", 30);
    zmq_close (a);
    zmq_close (b);
}

static void twice (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PULL);
    void *c = t_socket (ctx, ZMQ_PUSH), *other = zmq_ctx_new ();
    void *d = t_socket (other, ZMQ_PULL);
    puts ("\n== binding twice, unbind, disconnect");
    RC (zmq_bind (a, "inproc://x"));
    RC (zmq_bind (a, "inproc://x"));
    RC (zmq_bind (b, "inproc://x"));
    RC (zmq_bind (a, "inproc://second name"));
    puts ("-- another context has its own names");
    RC (zmq_bind (d, "inproc://x"));
    zmq_close (d);
    zmq_ctx_term (other);
    puts ("-- unbind");
    RC (zmq_connect (c, "inproc://x"));
    RC (zmq_unbind (b, "inproc://x"));
    RC (zmq_unbind (a, "inproc://nothing"));
    RC (zmq_unbind (a, "inproc://x"));
    RC (zmq_unbind (a, "inproc://x"));
    t_send (c, "still connected?", (char *) NULL);
    t_recv_print (a, "a");
    RC (zmq_bind (b, "inproc://x"));
    puts ("-- disconnect");
    RC (zmq_disconnect (c, "inproc://second name"));
    RC (zmq_disconnect (c, "inproc://x"));
    RC (zmq_disconnect (c, "inproc://x"));
    RC (zmq_send (c, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_connect (c, "inproc://x"));
    RC (zmq_connect (c, "inproc://x"));
    RC (zmq_disconnect (c, "inproc://x"));
    RC (zmq_send (c, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_disconnect (c, "inproc://x"));
    zmq_close (a);
    zmq_close (b);
    zmq_close (c);
}

/* A socket connected to itself. */
static void itself (void)
{
    void *a = t_socket (ctx, ZMQ_DEALER);
    int odd = 0;
    puts ("\n== a DEALER connected to itself");
    RC (zmq_bind (a, "inproc://self"));
    RC (zmq_connect (a, "inproc://self"));
    for (int i = 0; i < 4; i++)
        t_send (a, i % 2 ? "odd" : "even", (char *) NULL);
    for (int i = 0; i < 4; i++) {
        char text[8] = "";
        t_need (zmq_recv (a, text, sizeof text, 0) > 0);
        odd += text[0] == 'o';
    }
    printf ("4 came back, %d of them odd\n", odd);
    zmq_close (a);
}

/* Messages in the pipe survive the sender, whatever its linger is. */
static void closing (void)
{
    void *a = t_socket (ctx, ZMQ_PULL), *b = t_socket (ctx, ZMQ_PUSH);
    puts ("\n== the sender closes with linger 0");
    RC (zmq_bind (a, "inproc://closing"));
    RC (zmq_connect (b, "inproc://closing"));
    t_send (b, "1", (char *) NULL);
    t_send (b, "2", "tail", (char *) NULL);
    RC (zmq_close (b));
    t_recv_print (a, "a");
    t_recv_print (a, "a");
    t_recv_none (a, "a", 30);
    zmq_close (a);
}

static void events (void)
{
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    void *mon_a = t_monitor (ctx, a, ZMQ_EVENT_ALL);
    void *mon_b = t_monitor (ctx, b, ZMQ_EVENT_ALL);
    puts ("\n== monitors hear nothing of inproc");
    RC (zmq_bind (a, "inproc://monitored"));
    RC (zmq_connect (b, "inproc://monitored"));
    t_send (b, "x", (char *) NULL);
    t_recv_print (a, "a");
    RC (zmq_disconnect (b, "inproc://monitored"));
    RC (t_poll_in (mon_a, 30));
    RC (t_poll_in (mon_b, 30));
    w_unmonitor (a, mon_a);
    w_unmonitor (b, mon_b);
    zmq_close (a);
    zmq_close (b);
}

/* A message each way; then both are closed. */
static void there_and_back (void *router, void *dealer)
{
    t_send (dealer, "hello", (char *) NULL);
    t_recv_print (router, "router");
    t_send (router, "D", "back", (char *) NULL);
    t_recv_print (dealer, "dealer");
    zmq_close (router);
    zmq_close (dealer);
}

/* Routing ids of both kinds, whoever binds. */
static void routing_ids (int early)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    const char *one = early ? "inproc://ids 1" : "inproc://ids 2";
    const char *two = early ? "inproc://ids 3" : "inproc://ids 4";
    printf ("\n== routing ids, %s first\n", early ? "connect" : "bind");
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    if (early)
        RC (zmq_connect (dealer, one));
    RC (zmq_bind (router, one));
    if (!early)
        RC (zmq_connect (dealer, one));
    there_and_back (router, dealer);
    router = t_socket (ctx, ZMQ_ROUTER);
    dealer = t_socket (ctx, ZMQ_DEALER);
    zmq_setsockopt (dealer, ZMQ_ROUTING_ID, "D", 1);
    puts ("-- the ROUTER connects");
    if (early)
        RC (zmq_connect (router, two));
    RC (zmq_bind (dealer, two));
    if (!early)
        RC (zmq_connect (router, two));
    there_and_back (router, dealer);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    names ();
    before_bind ();
    twice ();
    itself ();
    closing ();
    events ();
    routing_ids (0);
    routing_ids (1);
    zmq_ctx_term (ctx);
    return 0;
}
