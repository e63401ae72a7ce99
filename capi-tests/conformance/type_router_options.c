/*
 * The options of ROUTER: MANDATORY with an unknown and with a full peer,
 * HANDOVER and duplicate ids, PROBE_ROUTER, CONNECT_ROUTING_ID, RAW, and the
 * values that each takes.
 */
#include "../t.h"

static void *ctx;

static void *dealer_named (const char *id, const char *endpoint)
{
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    t_set_str (dealer, ZMQ_ROUTING_ID, id);
    t_need (zmq_connect (dealer, endpoint) == 0);
    return dealer;
}

static void values (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *dealer = t_socket (ctx, ZMQ_DEALER);
    char big[256];
    memset (big, 'i', sizeof big);
    puts ("== values");
    RC (t_set_int (router, ZMQ_ROUTER_MANDATORY, 2));
    RC (t_set_int (router, ZMQ_ROUTER_MANDATORY, -1));
    RC (t_set_int (router, ZMQ_ROUTER_HANDOVER, 2));
    RC (t_set_int (router, ZMQ_ROUTER_RAW, 2));
    RC (t_set_int (router, ZMQ_PROBE_ROUTER, 2));
    RC (t_get_int (router, ZMQ_ROUTER_MANDATORY));
    RC (t_set_int (dealer, ZMQ_ROUTER_MANDATORY, 1));
    RC (t_set_int (dealer, ZMQ_ROUTER_HANDOVER, 1));
    RC (t_set_int (dealer, ZMQ_PROBE_ROUTER, 1));
    RC (t_set_str (dealer, ZMQ_CONNECT_ROUTING_ID, "x"));
    RC (t_set_str (router, ZMQ_CONNECT_ROUTING_ID, ""));
    RC (zmq_setsockopt (router, ZMQ_CONNECT_ROUTING_ID, big, 255));
    RC (zmq_setsockopt (router, ZMQ_CONNECT_ROUTING_ID, big, 256));
    RC (zmq_setsockopt (router, ZMQ_ROUTING_ID, "\0abc", 4));
    RC (zmq_setsockopt (router, ZMQ_ROUTING_ID, "", 0));
    RC (zmq_setsockopt (router, ZMQ_ROUTING_ID, big, 255));
    RC (zmq_setsockopt (router, ZMQ_ROUTING_ID, big, 256));
    zmq_close (router);
    zmq_close (dealer);
}

static void mandatory (const char *proto)
{
    void *router = t_socket (ctx, ZMQ_ROUTER), *dealer;
    char endpoint[256];
    int sent = 0;

    printf ("\n== MANDATORY over %s\n", proto);
    RC (t_set_int (router, ZMQ_ROUTER_MANDATORY, 1));
    t_set_int (router, ZMQ_SNDHWM, 2);
    t_need (t_bind_any (router, endpoint, proto) == 0);
    RC (zmq_send (router, "D", 1, ZMQ_SNDMORE));
    puts ("the state is clean: a new message begins with its id");
    RC (zmq_send (router, "D", 1, 0));
    RC (zmq_send (router, "", 0, ZMQ_SNDMORE));

    dealer = t_socket (ctx, ZMQ_DEALER);
    t_set_int (dealer, ZMQ_RCVHWM, 2);
    t_set_str (dealer, ZMQ_ROUTING_ID, "D");
    t_need (zmq_connect (dealer, endpoint) == 0);
    t_send (dealer, "hello", (char *) NULL);
    t_recv_print (router, "router");
    RC (zmq_send (router, "D", 1, ZMQ_SNDMORE));
    RC (zmq_send (router, "one", 3, 0));
    t_recv_print (dealer, "dealer");
    if (strcmp (proto, "inproc") == 0) {
        puts ("-- a full peer");
        while (zmq_send (router, "D", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1
               && zmq_send (router, "x", 1, ZMQ_DONTWAIT) == 1)
            sent++;
        printf ("sent %d, then %s\n", sent, t_errno (errno));
        t_timeouts (router, 30);
        RC (zmq_send (router, "D", 1, ZMQ_SNDMORE));
        RC (t_get_int (router, ZMQ_EVENTS));
        t_recv_print (dealer, "dealer");
        t_recv_print (dealer, "dealer");
        RC (zmq_send (router, "D", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
        RC (zmq_send (router, "y", 1, ZMQ_DONTWAIT));
    }
    puts ("-- the peer leaves: unreachable as soon as that is noticed");
    t_timeouts (router, T_TIMEOUT_MS);
    zmq_close (dealer);
    for (int i = 0; i < 1000; i++) {
        t_get_int (router, ZMQ_EVENTS);
        /* EAGAIN: what was lost has filled the queue, and it is not noticed yet. */
        if (zmq_send (router, "D", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1 && errno == EHOSTUNREACH)
            break;
        zmq_send (router, "lost", 4, 0);
        t_settle (1);
    }
    RC (zmq_send (router, "D", 1, ZMQ_SNDMORE));
    zmq_close (router);
}

/* Two peers with the same id. */
static void duplicate (const char *proto, int handover)
{
    void *router = t_socket (ctx, ZMQ_ROUTER), *a, *b, *c;
    char endpoint[256];

    printf ("\n== the same id twice over %s, HANDOVER %d\n", proto, handover);
    RC (t_set_int (router, ZMQ_ROUTER_HANDOVER, handover));
    t_need (t_bind_any (router, endpoint, proto) == 0);
    a = dealer_named ("X", endpoint);
    t_send (a, "a1", (char *) NULL);
    t_recv_print (router, "router");
    b = dealer_named ("X", endpoint);
    t_send (b, "b1", (char *) NULL);
    if (handover) {
        t_recv_print (router, "router");
        t_send (router, "X", "to X", (char *) NULL);
        t_recv_print (b, "b");
        t_recv_none (a, "a", 50);
    } else {
        t_recv_none (router, "router, of the second", 50);
        t_send (a, "a2", (char *) NULL);
        t_recv_print (router, "router");
        t_send (router, "X", "to X", (char *) NULL);
        t_recv_print (a, "a");
        t_recv_none (b, "b", 50);
    }
    puts ("-- other names are not affected");
    c = dealer_named ("Y", endpoint);
    t_send (c, "c1", (char *) NULL);
    t_recv_print (router, "router");
    zmq_close (a);
    zmq_close (b);
    zmq_close (c);
    zmq_close (router);
}

static void probe (const char *proto)
{
    static const int types[] = {ZMQ_REQ, ZMQ_DEALER, ZMQ_ROUTER};
    printf ("\n== PROBE_ROUTER over %s\n", proto);
    for (unsigned i = 0; i < T_COUNT (types); i++) {
        void *router = t_socket (ctx, ZMQ_ROUTER);
        void *peer = t_socket (ctx, types[i]);
        char endpoint[256];
        printf ("-- by %s\n", t_type_name (types[i]));
        RC (t_set_int (peer, ZMQ_PROBE_ROUTER, 1));
        zmq_setsockopt (peer, ZMQ_ROUTING_ID, "P", 1);
        t_need (t_bind_any (router, endpoint, proto) == 0);
        t_need (zmq_connect (peer, endpoint) == 0);
        t_recv_print (router, "router");
        if (types[i] != ZMQ_REQ) {
            t_send (router, "P", "hello", (char *) NULL);
            if (types[i] == ZMQ_ROUTER) {
                char id[16];
                RC (zmq_recv (peer, id, sizeof id, 0));
            }
            t_recv_print (peer, "peer");
        } else {
            t_send (peer, "after the probe", (char *) NULL);
            t_recv_print (router, "router");
        }
        zmq_close (peer);
        zmq_close (router);
    }
}

static void connect_id (const char *proto)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    void *one = t_socket (ctx, ZMQ_DEALER), *two = t_socket (ctx, ZMQ_DEALER);
    char first[256], second[256];

    printf ("\n== CONNECT_ROUTING_ID over %s\n", proto);
    zmq_setsockopt (one, ZMQ_ROUTING_ID, "own name", 8);
    t_need (t_bind_any (one, first, proto) == 0);
    t_need (t_bind_any (two, second, proto) == 0);
    t_set_int (router, ZMQ_ROUTER_MANDATORY, 1);
    RC (t_set_str (router, ZMQ_CONNECT_ROUTING_ID, "uno"));
    RC (zmq_connect (router, first));
    puts ("-- it can be used at once, before the connection is there");
    RC (zmq_send (router, "uno", 3, ZMQ_SNDMORE));
    RC (zmq_send (router, "early", 5, 0));
    t_recv_print (one, "one");
    t_send (one, "back", (char *) NULL);
    t_recv_print (router, "router");
    RC (zmq_send (router, "own name", 8, ZMQ_SNDMORE));
    puts ("-- the option holds for one connect only; a second use of the id");
    RC (zmq_connect (router, second));
    t_send (two, "who am I", (char *) NULL);
    {
        char id[16], part[16];
        RC (zmq_recv (router, id, sizeof id, 0));
        printf ("first byte %02x\n", id[0]);
        RC (zmq_recv (router, part, sizeof part, 0));
    }
    zmq_disconnect (router, second);
    zmq_close (one);
    zmq_close (two);
    zmq_close (router);
}

/* A RAW router talks bytes; ROUTER_RAW also turns MANDATORY on. */
static void raw (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    char endpoint[256], id[16];
    unsigned char bytes[64];
    int fd;

    puts ("\n== RAW over tcp");
    RC (t_set_int (router, ZMQ_ROUTER_RAW, 1));
    t_need (t_bind_any (router, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    RC (zmq_recv (router, id, sizeof id, 0));
    printf ("first byte %02x, more %d\n", id[0],
            t_get_int (router, ZMQ_RCVMORE));
    t_recv_print (router, "router, on connect");
    t_write (fd, "hello", 5);
    RC (zmq_recv (router, bytes, sizeof bytes, 0));
    t_recv_print (router, "router");
    zmq_send (router, id, 5, ZMQ_SNDMORE);
    RC (zmq_send (router, "world", 5, 0));
    printf ("peer: ");
    t_bytes (bytes, t_read (fd, bytes, 5, T_TIMEOUT_MS));
    puts ("\n-- an unknown id");
    RC (zmq_send (router, "nobody", 6, ZMQ_SNDMORE));
    RC (zmq_send (router, "x", 1, 0));
    puts ("-- an empty message closes the connection");
    RC (zmq_send (router, id, 5, ZMQ_SNDMORE));
    RC (zmq_send (router, "", 0, 0));
    while (!t_fd_poll (fd, POLLIN, 5))
        t_get_int (router, ZMQ_EVENTS); /* the closing needs this thread */
    RC (t_read_eof (fd, T_TIMEOUT_MS));
    close (fd);
    t_recv_none (router, "router, on disconnect", 50);
    zmq_close (router);
}

int main (void)
{
    static const char *const protos[] = {"inproc", "tcp"};
    t_init ();
    ctx = zmq_ctx_new ();
    values ();
    for (int i = 0; i < 2; i++) {
        mandatory (protos[i]);
        duplicate (protos[i], 0);
        duplicate (protos[i], 1);
        probe (protos[i]);
        connect_id (protos[i]);
    }
    raw ();
    zmq_ctx_term (ctx);
    return 0;
}
