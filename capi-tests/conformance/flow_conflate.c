/*
 * ZMQ_CONFLATE: only the newest message is kept, on the sending or on the
 * receiving side, for each type that has it, over inproc and tcp; multipart
 * messages (not supported: what comes out); set too late; and on other types.
 */
#include "../wire.h"

static void *ctx;

static void send_ten (void *sock)
{
    char text[8];
    for (int i = 1; i <= 10; i++) {
        snprintf (text, sizeof text, "%d", i);
        t_send (sock, text, (char *) NULL);
    }
}

/* The receiver conflates; it looks when all has arrived. */
static void receiver (const char *proto, int from, int to)
{
    void *out = t_socket (ctx, from), *in = t_socket (ctx, to);
    char endpoint[256];
    printf ("\n== %s to conflating %s over %s\n", t_type_name (from),
            t_type_name (to), proto);
    RC (t_set_int (in, ZMQ_CONFLATE, 1));
    if (to == ZMQ_SUB)
        zmq_setsockopt (in, ZMQ_SUBSCRIBE, "", 0);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    if (from == ZMQ_PUB) {
        while (!(t_poll_in (in, 5) & ZMQ_POLLIN))
            t_send (out, "first", (char *) NULL);
    } else
        t_send (out, "first", (char *) NULL);
    t_settle (30);
    t_recv_print (in, "in");
    send_ten (out);
    t_settle (100);
    t_recv_print (in, "in");
    t_recv_none (in, "in", 20);
    t_send (out, "new", (char *) NULL);
    t_recv_print (in, "in");
    zmq_close (in);
    zmq_close (out);
}

/* The sender conflates, while nobody is there. */
static void sender (void)
{
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    puts ("\n== conflating PUSH, connected over tcp before anybody binds");
    RC (t_set_int (out, ZMQ_CONFLATE, 1));
    t_need (t_bind_any (in, endpoint, "tcp") == 0);
    RC (zmq_unbind (in, endpoint));
    t_set_int (out, ZMQ_RECONNECT_IVL, 10);
    t_need (zmq_connect (out, endpoint) == 0);
    send_ten (out);
    RC (t_get_int (out, ZMQ_EVENTS));
    while (zmq_bind (in, endpoint) == -1)
        t_settle (1);
    t_recv_print (in, "in");
    t_recv_none (in, "in", 30);
    zmq_close (in);
    zmq_close (out);
}

/* Over inproc: who has to ask for it, by who connects. */
static void inproc (bool pull_binds, bool at_push, bool at_pull)
{
    static int counter;
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    char endpoint[64];
    int n = 0;
    snprintf (endpoint, sizeof endpoint, "inproc://both%d", ++counter);
    if (at_push)
        t_set_int (out, ZMQ_CONFLATE, 1);
    if (at_pull)
        t_set_int (in, ZMQ_CONFLATE, 1);
    t_need (zmq_bind (pull_binds ? in : out, endpoint) == 0);
    t_need (zmq_connect (pull_binds ? out : in, endpoint) == 0);
    send_ten (out);
    while (zmq_recv (in, NULL, 0, ZMQ_DONTWAIT) > 0)
        n++;
    printf ("PULL %s, PUSH conflates %d, PULL conflates %d: %d delivered\n",
            pull_binds ? "binds" : "connects", at_push, at_pull, n);
    zmq_close (in);
    zmq_close (out);
}

static void multipart (void)
{
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    char part[8];
    int n;
    puts ("\n== multipart to a conflating PULL over inproc");
    RC (t_set_int (in, ZMQ_CONFLATE, 1));
    RC (t_set_int (out, ZMQ_CONFLATE, 1));
    RC (zmq_bind (in, "inproc://parts"));
    RC (zmq_connect (out, "inproc://parts"));
    t_send (out, "a", "b", "c", (char *) NULL);
    n = zmq_recv (in, part, sizeof part, 0);
    printf ("%d \"%.1s\", more %d\n", n, part, t_get_int (in, ZMQ_RCVMORE));
    t_recv_none (in, "in", 20);
    zmq_close (in);
    zmq_close (out);
}

static void others (void)
{
    static const int types[] = {ZMQ_REQ, ZMQ_REP, ZMQ_ROUTER, ZMQ_PAIR,
                                ZMQ_XSUB, ZMQ_XPUB, ZMQ_DEALER, ZMQ_STREAM};
    puts ("\n== other types and values");
    for (unsigned i = 0; i < T_COUNT (types); i++) {
        void *sock = t_socket (ctx, types[i]);
        int rc = t_set_int (sock, ZMQ_CONFLATE, 1);
        printf ("%s: %s, reads %d\n", t_type_name (types[i]),
                rc ? t_errno (errno) : "ok", t_get_int (sock, ZMQ_CONFLATE));
        zmq_close (sock);
    }
    {
        void *sock = t_socket (ctx, ZMQ_PULL);
        RC (t_set_int (sock, ZMQ_CONFLATE, 2));
        RC (t_set_int (sock, ZMQ_CONFLATE, -1));
        RC (t_get_int (sock, ZMQ_CONFLATE));
        zmq_close (sock);
    }
}

/* Set after connect: the pipe stays what it was. */
static void too_late (void)
{
    void *out = t_socket (ctx, ZMQ_PUSH), *in = t_socket (ctx, ZMQ_PULL);
    puts ("\n== set after connect");
    RC (zmq_bind (in, "inproc://late"));
    RC (zmq_connect (out, "inproc://late"));
    RC (t_set_int (in, ZMQ_CONFLATE, 1));
    t_send (out, "1", (char *) NULL);
    t_send (out, "2", (char *) NULL);
    t_recv_print (in, "in");
    t_recv_print (in, "in");
    zmq_close (in);
    zmq_close (out);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    receiver ("tcp", ZMQ_PUSH, ZMQ_PULL);
    receiver ("tcp", ZMQ_PUB, ZMQ_SUB);
    receiver ("tcp", ZMQ_DEALER, ZMQ_DEALER);
    receiver ("ipc", ZMQ_PUSH, ZMQ_PULL);
    sender ();
    puts ("\n== ten messages over inproc");
    for (int i = 0; i < 8; i++)
        inproc (i & 4, i & 2, i & 1);
    multipart ();
    too_late ();
    others ();
    zmq_ctx_term (ctx);
    return 0;
}
