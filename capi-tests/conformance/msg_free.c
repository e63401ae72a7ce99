/*
 * zmq_msg_init_data: the free function runs exactly once, with the right
 * pointers, wherever the message ends: closed, sent over inproc, tcp and ipc,
 * to many or no subscribers, refused, left unread at the end, overwritten by a
 * receive. A failed send leaves the message with the caller.
 */
#include "../t.h"

static int freed;
static void *ctx;

static void count_free (void *data, void *hint)
{
    free (data);
    __atomic_add_fetch ((int *) hint, 1, __ATOMIC_SEQ_CST);
}

static void make (zmq_msg_t *msg, size_t size)
{
    char *data = malloc (size ? size : 1);
    memset (data, 'f', size);
    t_need (zmq_msg_init_data (msg, data, size, count_free, &freed) == 0);
}

/* How often the free function ran since the last call; waits up to 2 s for
   the expected number. */
static void report (const char *what, int expected)
{
    for (int i = 0; i < 2000 && __atomic_load_n (&freed, __ATOMIC_SEQ_CST) < expected; i++)
        t_settle (1);
    t_settle (5);
    printf ("%s: freed %d\n", what, __atomic_exchange_n (&freed, 0, __ATOMIC_SEQ_CST));
}

static void closing (void)
{
    zmq_msg_t msg, other;
    make (&msg, 100);
    report ("made", 0);
    zmq_msg_close (&msg);
    report ("closed", 1);
    make (&msg, 0);
    zmq_msg_close (&msg);
    report ("closed, length 0", 1);
    make (&msg, 3);
    zmq_msg_init (&other);
    zmq_msg_copy (&other, &msg);
    zmq_msg_close (&msg);
    report ("one of two closed", 0);
    zmq_msg_close (&other);
    report ("the second closed", 1);
}

static void pair (const char *proto)
{
    void *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256];
    zmq_msg_t msg, got;
    void *data;
    t_need (t_bind_any (in, endpoint, proto) == 0);
    t_need (zmq_connect (out, endpoint) == 0);
    for (size_t size = 10; size <= 100000; size *= 100) {
        printf ("%s %zu\n", proto, size);
        make (&msg, size);
        data = zmq_msg_data (&msg);
        RC (zmq_msg_send (&msg, out, 0));
        printf ("the sender's message afterwards: size %zu\n", zmq_msg_size (&msg));
        zmq_msg_close (&msg);
        zmq_msg_init (&got);
        RC (zmq_msg_recv (&got, in, 0));
        if (strcmp (proto, "inproc") == 0) {
            printf ("same memory %d\n", zmq_msg_data (&got) == data);
            report ("received", 0);
        }
        zmq_msg_close (&got);
        report ("closed by the receiver", 1);
    }
    make (&msg, 50);
    RC (zmq_msg_send (&msg, out, 0));
    t_poll_in (in, 1000);
    zmq_close (in);
    zmq_close (out);
    report ("unread at close", 1);
}

static void over_a_full_one (void)
{
    void *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    zmq_msg_t msg;
    zmq_bind (in, "inproc://full");
    zmq_connect (out, "inproc://full");
    make (&msg, 60);
    RC (zmq_msg_recv (&msg, in, ZMQ_DONTWAIT));
    printf ("size %zu\n", zmq_msg_size (&msg));
    report ("a receive that failed", 1);
    zmq_msg_close (&msg);
    make (&msg, 61);
    RC (t_send (out, "new", (char *) NULL));
    RC (zmq_msg_recv (&msg, in, 0));
    report ("a receive over it", 1);
    zmq_msg_close (&msg);
    zmq_close (in);
    zmq_close (out);
}

static void fan_out (const char *proto)
{
    void *pub = t_socket (ctx, ZMQ_XPUB), *subs[3];
    char endpoint[256], topic[4];
    zmq_msg_t msg;
    t_need (t_bind_any (pub, endpoint, proto) == 0);
    t_set_int (pub, ZMQ_XPUB_VERBOSE, 1);
    make (&msg, 1000);
    RC (zmq_msg_send (&msg, pub, 0));
    report ("published, nobody there", 1);
    for (int i = 0; i < 3; i++) {
        subs[i] = t_socket (ctx, ZMQ_SUB);
        t_need (zmq_setsockopt (subs[i], ZMQ_SUBSCRIBE, i == 2 ? "other" : "f", i == 2 ? 5 : 1) == 0);
        t_need (zmq_connect (subs[i], endpoint) == 0);
        t_need (zmq_recv (pub, topic, sizeof topic, 0) > 0);
    }
    make (&msg, 1000);
    RC (zmq_msg_send (&msg, pub, 0));
    t_recv_print (subs[0], "first");
    t_recv_print (subs[1], "second");
    t_recv_flags (subs[2], "third", ZMQ_DONTWAIT);
    report ("published to two of three", 1);
    for (int i = 0; i < 3; i++)
        zmq_close (subs[i]);
    zmq_close (pub);
}

static void refused (int type, const char *what)
{
    void *sock = t_socket (ctx, type);
    zmq_msg_t msg;
    printf ("%s\n", what);
    make (&msg, 70);
    RC (zmq_msg_send (&msg, sock, ZMQ_DONTWAIT));
    printf ("size still %zu\n", zmq_msg_size (&msg));
    report ("refused", 0);
    zmq_msg_close (&msg);
    report ("closed", 1);
    zmq_close (sock);
}

/* ROUTER drops what it cannot route, unless told to be strict. */
static void unroutable (int mandatory)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    zmq_msg_t msg;
    t_set_int (router, ZMQ_ROUTER_MANDATORY, mandatory);
    printf ("ROUTER_MANDATORY %d\n", mandatory);
    make (&msg, 4);
    RC (zmq_msg_send (&msg, router, ZMQ_SNDMORE));
    if (mandatory) {
        zmq_msg_close (&msg);
        report ("refused, closed", 1);
    } else {
        make (&msg, 80);
        RC (zmq_msg_send (&msg, router, 0));
        report ("dropped", 2);
    }
    zmq_close (router);
}

/* Half a multipart message, then the socket is closed. */
static void half (void)
{
    void *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    zmq_msg_t msg;
    zmq_bind (in, "inproc://half");
    zmq_connect (out, "inproc://half");
    make (&msg, 90);
    RC (zmq_msg_send (&msg, out, ZMQ_SNDMORE));
    t_recv_flags (in, "half", ZMQ_DONTWAIT);
    zmq_close (out);
    report ("half sent, closed", 1);
    t_recv_flags (in, "half", ZMQ_DONTWAIT);
    zmq_close (in);
}

static void constant (void)
{
    static const char text[] = "a constant of more than thirty-three bytes in all";
    void *in = t_socket (ctx, ZMQ_PAIR), *out = t_socket (ctx, ZMQ_PAIR);
    zmq_msg_t msg;
    zmq_bind (in, "inproc://const");
    zmq_connect (out, "inproc://const");
    RC (zmq_send_const (out, text, sizeof text - 1, ZMQ_SNDMORE));
    RC (zmq_send_const (out, "", 0, 0));
    zmq_msg_init (&msg);
    RC (zmq_msg_recv (&msg, in, 0));
    printf ("same memory %d, SHARED %d\n", zmq_msg_data (&msg) == text,
            zmq_msg_get (&msg, ZMQ_SHARED));
    zmq_msg_close (&msg);
    t_recv_print (in, "rest");
    zmq_close (in);
    zmq_close (out);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    closing ();
    pair ("inproc");
    pair ("tcp");
    pair ("ipc");
    over_a_full_one ();
    fan_out ("inproc");
    fan_out ("tcp");
    refused (ZMQ_PUSH, "PUSH without a peer");
    refused (ZMQ_PULL, "PULL cannot send");
    refused (ZMQ_REP, "REP must receive first");
    unroutable (0);
    unroutable (1);
    half ();
    constant ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
