/*
 * XPUB over inproc and tcp: subscriptions as messages, with VERBOSE, VERBOSER
 * and MANUAL; other upstream messages; WELCOME_MSG; NODROP; the subscriptions
 * of a subscriber that leaves; values of the options.
 */
#include "../wire.h"

static void *ctx;

static void values (void)
{
    static const struct {
        int option;
        const char *name;
    } options[] = {{ZMQ_XPUB_VERBOSE, "VERBOSE"},
                   {ZMQ_XPUB_VERBOSER, "VERBOSER"},
                   {ZMQ_XPUB_NODROP, "NODROP"},
                   {ZMQ_XPUB_MANUAL, "MANUAL"}};
    void *xpub = t_socket (ctx, ZMQ_XPUB), *pub = t_socket (ctx, ZMQ_PUB);
    puts ("== values");
    for (unsigned i = 0; i < T_COUNT (options); i++) {
        printf ("%s: ", options[i].name);
        for (int value = -1; value <= 2; value++)
            printf (" %d", t_set_int (xpub, options[i].option, value));
        printf (", on PUB %d", t_set_int (pub, options[i].option, 1));
        printf (", get %d\n", t_get_int (xpub, options[i].option));
    }
    RC (t_set_str (pub, ZMQ_XPUB_WELCOME_MSG, "x"));
    RC (t_set_str (xpub, ZMQ_SUBSCRIBE, "x"));
    RC (zmq_recv (xpub, NULL, 0, ZMQ_DONTWAIT));
    RC (zmq_send (xpub, "x", 1, ZMQ_DONTWAIT));
    zmq_close (xpub);
    zmq_close (pub);
}

typedef struct {
    void *xpub, *a, *b;
} trio_t;

/* An XPUB and two XSUBs, which send their subscriptions as they like. */
static trio_t open_trio (const char *proto, int option)
{
    trio_t t;
    char endpoint[256];
    t.xpub = t_socket (ctx, ZMQ_XPUB);
    if (option)
        t_set_int (t.xpub, option, 1);
    t_need (t_bind_any (t.xpub, endpoint, proto) == 0);
    t.a = t_socket (ctx, ZMQ_XSUB);
    t.b = t_socket (ctx, ZMQ_XSUB);
    t_need (zmq_connect (t.a, endpoint) == 0);
    t_need (zmq_connect (t.b, endpoint) == 0);
    return t;
}

static void close_trio (trio_t t)
{
    zmq_close (t.a);
    zmq_close (t.b);
    zmq_close (t.xpub);
}

/* Everything that XPUB got, ended by a user message that comes last. */
static void drain (trio_t t, void *from)
{
    t_send (from, "~", (char *) NULL);
    for (;;) {
        char text[64];
        int n = zmq_recv (t.xpub, text, sizeof text, 0);
        if (n == -1) {
            printf ("   %s\n", t_errno (errno));
            break;
        }
        if (n == 1 && text[0] == '~')
            break;
        printf ("   ");
        t_bytes (text, (size_t) n);
        putchar ('\n');
    }
}

/* One change of subscriptions and what XPUB hears of it. */
static void step (trio_t t, const char *who, const char *message)
{
    void *from = *who == 'a' ? t.a : t.b;
    int flag = *message - '0';
    char text[64];
    text[0] = (char) flag;
    strcpy (text + 1, message + 1);
    printf ("%s %s '%s'\n", who, flag ? "subscribes" : "unsubscribes",
            message + 1);
    t_need (zmq_send (from, text, strlen (message), 0) >= 0);
    drain (t, from);
}

static void subscriptions (const char *proto, int option, const char *name)
{
    static const char *const steps[][2] = {
      {"a", "1x"}, {"a", "1x"}, {"b", "1x"}, {"b", "1y"}, {"a", "0x"},
      {"a", "0x"}, {"a", "0x"}, {"b", "0x"}, {"b", "0x"}, {"b", "0y"},
      {"a", "1"},  {"b", "1"},  {"a", "0"},  {"b", "0"}};
    trio_t t;
    printf ("\n== subscriptions over %s, %s\n", proto, name);
    t = open_trio (proto, option);
    for (unsigned i = 0; i < T_COUNT (steps); i++)
        step (t, steps[i][0], steps[i][1]);
    close_trio (t);
}

/* A subscriber leaves: XPUB hears what nobody wants any more. */
static void leaving (const char *proto, int option, const char *name)
{
    trio_t t;
    printf ("\n== a subscriber leaves over %s, %s\n", proto, name);
    t = open_trio (proto, option);
    step (t, "a", "1one");
    step (t, "a", "1two");
    step (t, "b", "1two");
    zmq_close (t.a);
    t_recv_print (t.xpub, "xpub");
    if (option == ZMQ_XPUB_VERBOSER)
        t_recv_print (t.xpub, "xpub");
    t_recv_none (t.xpub, "xpub", 50);
    zmq_close (t.b);
    t_recv_print (t.xpub, "xpub");
    zmq_close (t.xpub);
}

/* Messages of a subscriber that are no subscriptions. */
static void upstream (const char *proto)
{
    trio_t t;
    printf ("\n== user messages upstream over %s\n", proto);
    t = open_trio (proto, 0);
    t_send (t.a, "plain", (char *) NULL);
    t_recv_print (t.xpub, "xpub");
    t_send (t.a, "two", "parts", (char *) NULL);
    t_recv_print (t.xpub, "xpub");
    zmq_send (t.a, "\x02two", 4, 0);
    t_recv_print (t.xpub, "xpub");
    zmq_send (t.a, "", 0, 0);
    t_recv_print (t.xpub, "xpub");
    puts ("-- parts that look like subscriptions");
    zmq_send (t.a, "head", 4, ZMQ_SNDMORE);
    zmq_send (t.a, "\x01tail", 5, 0);
    t_recv_print (t.xpub, "xpub");
    zmq_send (t.a, "\x01head", 5, ZMQ_SNDMORE);
    zmq_send (t.a, "tail", 4, 0);
    t_recv_print (t.xpub, "xpub");
    t_recv_none (t.xpub, "xpub", 50);
    puts ("-- and what is in force");
    t_send (t.xpub, "head!", (char *) NULL);
    t_send (t.xpub, "tail!", (char *) NULL);
    t_recv_print (t.a, "a");
    t_recv_none (t.a, "a", 50);
    close_trio (t);
}

/* MANUAL: the application answers each request with its own subscription. */
static void manual (const char *proto)
{
    trio_t t;
    printf ("\n== MANUAL over %s\n", proto);
    t = open_trio (proto, ZMQ_XPUB_MANUAL);
    RC (t_set_str (t.xpub, ZMQ_SUBSCRIBE, "nobody yet"));
    RC (t_set_str (t.xpub, ZMQ_UNSUBSCRIBE, "nobody yet"));
    zmq_send (t.a, "\x01" "A", 2, 0);
    t_recv_print (t.xpub, "xpub");
    RC (t_set_str (t.xpub, ZMQ_SUBSCRIBE, "XA"));
    zmq_send (t.b, "\x01" "B", 2, 0);
    t_recv_print (t.xpub, "xpub");
    RC (t_set_str (t.xpub, ZMQ_SUBSCRIBE, "XB"));
    RC (t_set_str (t.xpub, ZMQ_SUBSCRIBE, "both"));
    t_send (t.xpub, "A", (char *) NULL);
    t_send (t.xpub, "B", (char *) NULL);
    t_send (t.xpub, "XA", (char *) NULL);
    t_send (t.xpub, "XB", (char *) NULL);
    t_send (t.xpub, "both", (char *) NULL);
    t_recv_print (t.a, "a");
    t_recv_print (t.b, "b");
    t_recv_print (t.b, "b");
    t_recv_none (t.a, "a", 30);
    puts ("-- the same subscription again is reported, too");
    zmq_send (t.a, "\x01" "A", 2, 0);
    t_recv_print (t.xpub, "xpub");
    puts ("-- unsubscription");
    zmq_send (t.a, "\x00" "A", 2, 0);
    t_recv_none (t.xpub, "xpub, of the first of two", 30);
    zmq_send (t.a, "\x00" "A", 2, 0);
    t_recv_print (t.xpub, "xpub");
    RC (t_set_str (t.xpub, ZMQ_UNSUBSCRIBE, "XA"));
    t_send (t.xpub, "XA", (char *) NULL);
    t_send (t.xpub, "XB", (char *) NULL);
    t_recv_print (t.b, "b");
    t_recv_none (t.a, "a", 30);
    puts ("-- a subscriber leaves");
    zmq_close (t.b);
    t_recv_print (t.xpub, "xpub");
    t_recv_none (t.xpub, "xpub", 30);
    zmq_close (t.a);
    zmq_close (t.xpub);
}

static void welcome (const char *proto)
{
    void *xpub = t_socket (ctx, ZMQ_XPUB), *sub[3];
    char endpoint[256];
    printf ("\n== WELCOME_MSG over %s\n", proto);
    RC (t_set_str (xpub, ZMQ_XPUB_WELCOME_MSG, "W"));
    t_need (t_bind_any (xpub, endpoint, proto) == 0);
    for (int i = 0; i < 3; i++) {
        sub[i] = t_socket (ctx, ZMQ_SUB);
        if (i == 2)
            RC (zmq_setsockopt (xpub, ZMQ_XPUB_WELCOME_MSG, "", 0));
        t_set_str (sub[i], ZMQ_SUBSCRIBE, i == 1 ? "other" : i ? "" : "W");
        t_need (zmq_connect (sub[i], endpoint) == 0);
        t_recv_print (xpub, "xpub");
        if (i == 0)
            t_recv_print (sub[i], "sub that wants it");
        else
            t_recv_none (sub[i], i == 1 ? "sub of something else"
                                        : "sub after it was taken away",
                         50);
    }
    for (int i = 0; i < 3; i++)
        zmq_close (sub[i]);
    zmq_close (xpub);
}

/* NODROP: a full subscriber makes send fail instead of losing messages. */
static void nodrop (int option)
{
    void *xpub = t_socket (ctx, ZMQ_XPUB), *sub = t_socket (ctx, ZMQ_SUB);
    char endpoint[256];
    int sent = 0, got = 0;
    printf ("\n== a full subscriber over inproc, NODROP %d\n", option);
    t_set_int (xpub, ZMQ_XPUB_NODROP, option);
    t_set_int (xpub, ZMQ_SNDHWM, 4);
    t_set_int (sub, ZMQ_RCVHWM, 4);
    t_need (t_bind_any (xpub, endpoint, "inproc") == 0);
    zmq_setsockopt (sub, ZMQ_SUBSCRIBE, "", 0);
    t_need (zmq_connect (sub, endpoint) == 0);
    t_recv_print (xpub, "xpub");
    while (sent < 100 && zmq_send (xpub, "x", 1, ZMQ_DONTWAIT) == 1)
        sent++;
    printf ("sent %d\n", sent);
    if (option) {
        RC (zmq_send (xpub, "x", 1, ZMQ_DONTWAIT));
        t_timeouts (xpub, 30);
        RC (zmq_send (xpub, "x", 1, 0));
    }
    RC (t_get_int (xpub, ZMQ_EVENTS));
    while (zmq_recv (sub, NULL, 0, ZMQ_DONTWAIT) == 1)
        got++;
    printf ("got %d\n", got);
    RC (zmq_send (xpub, "x", 1, 0));
    zmq_close (sub);
    zmq_close (xpub);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    values ();
    for (int i = 0; i < 2; i++) {
        subscriptions (protos[i], 0, "default");
        subscriptions (protos[i], ZMQ_XPUB_VERBOSE, "VERBOSE");
        subscriptions (protos[i], ZMQ_XPUB_VERBOSER, "VERBOSER");
        leaving (protos[i], 0, "default");
        leaving (protos[i], ZMQ_XPUB_VERBOSE, "VERBOSE");
        leaving (protos[i], ZMQ_XPUB_VERBOSER, "VERBOSER");
        upstream (protos[i]);
        manual (protos[i]);
        welcome (protos[i]);
    }
    nodrop (0);
    nodrop (1);
    zmq_ctx_term (ctx);
    return 0;
}
