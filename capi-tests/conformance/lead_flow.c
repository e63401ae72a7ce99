/*
 * The flow of messages right after a quick dialogue, in which the thread may have
 * done the I/O work itself: a sender that meets the high-water mark, order and
 * completeness of a stream, many peers of one socket, the last message before a
 * close, a peer that goes and comes back.
 */
#include "../dialogue.h"

static const char *proto;

/* A stream far beyond the high-water marks, answered with what was not in order. */
struct sink {
    void *ctx, *sock;
    int count, wrong;
};

static void *drain (void *arg)
{
    struct sink *sink = arg;
    t_settle (100);
    for (int i = 0; i < sink->count; i++) {
        int number = -1;
        if (zmq_recv (sink->sock, &number, sizeof number, 0) != (int) sizeof number
            || number != i)
            sink->wrong++;
    }
    zmq_send (sink->sock, "done", 4, 0);
    return NULL;
}

/* Dialogue, then one side sends more than there is room for, then the other way. */
static void blocked_senders (void)
{
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (other, ZMQ_PAIR);
    struct sink sink = {other, b, 50000, 0};
    char endpoint[256], part[8];
    pthread_t thread;
    t_set_int (a, ZMQ_SNDHWM, 10);
    t_set_int (b, ZMQ_RCVHWM, 10);
    t_set_int (a, ZMQ_SNDTIMEO, 10000);
    t_set_int (a, ZMQ_RCVTIMEO, 10000);
    t_set_int (b, ZMQ_RCVTIMEO, 10000);
    t_need (t_bind_any (b, endpoint, proto) == 0);
    t_need (zmq_connect (a, endpoint) == 0);
    /* Both ends here: each round trip goes through both contexts. */
    for (int i = 0; i < ROUND_TRIPS; i++) {
        t_need (zmq_send (a, "ping", 4, 0) == 4 && zmq_recv (b, part, 8, 0) == 4);
        t_need (zmq_send (b, "pong", 4, 0) == 4 && zmq_recv (a, part, 8, 0) == 4);
    }
    pthread_create (&thread, NULL, drain, &sink);
    for (int i = 0; i < sink.count; i++)
        t_need (zmq_send (a, &i, sizeof i, 0) == (int) sizeof i);
    t_recv_print (a, "the sink says");
    pthread_join (thread, NULL);
    printf ("out of order: %d\n", sink.wrong);
    zmq_close (a);
    zmq_close (b);
    RC (zmq_ctx_term (ctx));
    RC (zmq_ctx_term (other));
}

/* A sender that meets the mark while nobody reads gets EAGAIN, and can go on
   after the reader has taken all. */
static void high_water_mark (void)
{
    struct echo echo;
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new (), *sock;
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (other, ZMQ_PULL);
    char endpoint[256], *body = calloc (1, 10000);
    int sent = 0, got = 0;
    echo_start (&echo, ZMQ_PAIR, proto);
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    t_set_int (push, ZMQ_SNDHWM, 5);
    t_set_int (pull, ZMQ_RCVHWM, 5);
    t_set_int (push, ZMQ_SNDTIMEO, 300);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    talk (sock, ROUND_TRIPS);
    while (zmq_send (push, body, 10000, 0) == 10000)
        sent++;
    printf ("full: %s, more than the marks: %d\n", t_errno (errno), sent >= 10);
    talk (sock, ROUND_TRIPS);
    while (got < sent && zmq_recv (pull, body, 10000, 0) == 10000)
        got++;
    printf ("all arrived: %d\n", got == sent);
    t_set_int (push, ZMQ_SNDTIMEO, 5000);
    for (int i = 0; i < 5; i++)
        RC (zmq_send (push, "again", 5, 0));
    for (int i = 0; i < 5; i++)
        t_recv_print (pull, "pull");
    free (body);
    zmq_close (push);
    zmq_close (pull);
    zmq_close (sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
    RC (zmq_ctx_term (other));
}

/* One ROUTER, many clients that talk at the same time: all come through. */
#define CLIENTS 6

static void *client (void *arg)
{
    void *own = zmq_ctx_new (), *req = t_socket (own, ZMQ_REQ);
    t_timeouts (req, 10000);
    t_need (zmq_connect (req, arg) == 0);
    talk (req, 500);
    zmq_close (req);
    zmq_ctx_term (own);
    return NULL;
}

static void many_peers (void)
{
    void *ctx = zmq_ctx_new (), *rep = t_socket (ctx, ZMQ_REP);
    char endpoint[256], part[16];
    pthread_t clients[CLIENTS];
    t_timeouts (rep, 10000);
    t_need (t_bind_any (rep, endpoint, proto) == 0);
    for (int i = 0; i < CLIENTS; i++)
        pthread_create (&clients[i], NULL, client, endpoint);
    for (int i = 0; i < CLIENTS * 500; i++) {
        int n = zmq_recv (rep, part, sizeof part, 0);
        t_need (n == 4);
        t_need (zmq_send (rep, part, 4, 0) == 4);
    }
    /* The last answers go out although this thread does nothing any more. */
    for (int i = 0; i < CLIENTS; i++)
        pthread_join (clients[i], NULL);
    puts ("all clients served");
    zmq_close (rep);
    RC (zmq_ctx_term (ctx));
}

/* Two busy peers and a quiet one: it is heard all the same. */
static void fairness (void)
{
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
    void *pull = t_socket (ctx, ZMQ_PULL), *loud = t_socket (other, ZMQ_PUSH),
         *quiet = t_socket (other, ZMQ_PUSH), *sock;
    struct echo echo;
    char endpoint[256], part[16];
    int before = 0, n;
    echo_start (&echo, ZMQ_PAIR, proto);
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (loud, endpoint) == 0 && zmq_connect (quiet, endpoint) == 0);
    talk (sock, ROUND_TRIPS);
    t_need (zmq_send (quiet, "hello", 5, 0) == 5 && zmq_recv (pull, part, 16, 0) == 5);
    for (int i = 0; i < 500; i++)
        t_need (zmq_send (loud, "loud", 4, 0) == 4);
    t_need (zmq_send (quiet, "quiet", 5, 0) == 5);
    t_settle (300);
    for (int i = 0; i < 501; i++) {
        t_need ((n = zmq_recv (pull, part, sizeof part, 0)) > 0);
        if (n == 5)
            before = i;
    }
    printf ("heard early: %d\n", before < 50);
    zmq_close (pull);
    zmq_close (loud);
    zmq_close (quiet);
    zmq_close (sock);
    echo_stop (&echo);
    RC (zmq_ctx_term (ctx));
    RC (zmq_ctx_term (other));
}

/* Messages sent just before zmq_close arrive, one and many. */
static void last_words (int count, bool term_at_once)
{
    void *other = zmq_ctx_new (), *peer = t_socket (other, ZMQ_PAIR);
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256], part[8];
    int got = 0;
    t_set_int (sock, ZMQ_LINGER, 5000);
    t_need (t_bind_any (peer, endpoint, proto) == 0);
    t_need (zmq_connect (sock, endpoint) == 0);
    for (int i = 0; i < ROUND_TRIPS; i++) {
        t_need (zmq_send (sock, "ping", 4, 0) == 4 && zmq_recv (peer, part, 8, 0) == 4);
        t_need (zmq_send (peer, "pong", 4, 0) == 4 && zmq_recv (sock, part, 8, 0) == 4);
    }
    for (int i = 0; i < count; i++)
        t_need (zmq_send (sock, "bye", 3, 0) == 3);
    zmq_close (sock);
    if (term_at_once)
        RC (zmq_ctx_term (ctx));
    while (got < count && zmq_recv (peer, part, sizeof part, 0) == 3)
        got++;
    printf ("%d last words: %d arrived\n", count, got);
    if (!term_at_once)
        RC (zmq_ctx_term (ctx));
    zmq_close (peer);
    RC (zmq_ctx_term (other));
}

/* The peer goes while this thread waits for it, and another comes in its place. */
static void *come_back (void *arg)
{
    char *endpoint = arg, part[8];
    void *ctx = zmq_ctx_new (), *peer = t_socket (ctx, ZMQ_PAIR);
    t_timeouts (peer, 10000);
    /* An unbound listener is closed a moment later. */
    while (zmq_bind (peer, endpoint) == -1)
        t_settle (10);
    for (int i = 0; i < ROUND_TRIPS; i++)
        t_need (zmq_recv (peer, part, sizeof part, 0) == 4 && zmq_send (peer, "pong", 4, 0) == 4);
    t_settle (100);
    zmq_close (peer);
    zmq_ctx_term (ctx);
    t_settle (100);
    ctx = zmq_ctx_new ();
    peer = t_socket (ctx, ZMQ_PAIR);
    while (zmq_bind (peer, endpoint) == -1)
        t_settle (10);
    t_need (zmq_send (peer, "new", 3, 0) == 3);
    t_need (zmq_recv (peer, part, sizeof part, 0) == 3);
    t_need (zmq_send (peer, part, 3, 0) == 3);
    t_settle (200);
    zmq_close (peer);
    zmq_ctx_term (ctx);
    return NULL;
}

static void peer_returns (void)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PAIR), *probe = t_socket (ctx, ZMQ_PAIR);
    char endpoint[256], part[8];
    pthread_t thread;
    t_timeouts (sock, 10000);
    t_set_int (sock, ZMQ_RECONNECT_IVL, 20);
    /* A place that nobody has. */
    t_need (t_bind_any (probe, endpoint, proto) == 0);
    zmq_unbind (probe, endpoint);
    zmq_close (probe);
    pthread_create (&thread, NULL, come_back, endpoint);
    t_need (zmq_connect (sock, endpoint) == 0);
    for (int i = 0; i < ROUND_TRIPS; i++)
        t_need (zmq_send (sock, "ping", 4, 0) == 4 && zmq_recv (sock, part, 8, 0) == 4);
    t_recv_print (sock, "the new peer says");
    RC (zmq_send (sock, "yes", 3, 0));
    t_recv_print (sock, "and answers");
    pthread_join (thread, NULL);
    zmq_close (sock);
    RC (zmq_ctx_term (ctx));
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    t_init ();
    t_watchdog (60);
    for (unsigned i = 0; i < T_COUNT (protos); i++) {
        proto = protos[i];
        printf ("---- %s\n", proto);
        blocked_senders ();
        high_water_mark ();
        many_peers ();
        fairness ();
        /* Over ipc the original loses the tail of many: see ours/lost_tail_ipc.c. */
        for (int count = 1; count <= (i == 0 ? 1000 : 1); count *= 10) {
            last_words (count, true);
            last_words (count, false);
        }
        peer_returns ();
    }
    return 0;
}
