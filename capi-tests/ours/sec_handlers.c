/*
 * ZAP handlers that misbehave: of a socket type that cannot answer, closing
 * when asked, answering late, twice, or in another order; clients that leave
 * while the handler thinks; PLAIN where no domain may be asked about. The
 * process lives, the client concerned is refused, the next one is served. (The
 * original aborts or hangs at most of these.)
 */
#include "../sec.h"

#define ENFORCE_DOMAIN 93 /* ZMQ_ZAP_ENFORCE_DOMAIN, a draft for the header */

static void *ctx;

struct pair {
    void *server, *client, *mon;
};

static struct pair open_pair (int patience, bool plain)
{
    struct pair p = {t_socket (ctx, ZMQ_DEALER), t_socket (ctx, ZMQ_DEALER), NULL};
    char endpoint[256];
    if (plain) {
        t_set_int (p.server, ZMQ_PLAIN_SERVER, 1);
        sec_plain_client (p.client, "user", "secret");
    } else
        t_set_str (p.server, ZMQ_ZAP_DOMAIN, "domain");
    t_set_int (p.server, ZMQ_HANDSHAKE_IVL, patience);
    t_set_int (p.client, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (p.server, endpoint, "tcp") == 0);
    p.mon = t_monitor (ctx, p.server, sec_events);
    t_need (zmq_connect (p.client, endpoint) == 0);
    t_set_int (p.client, ZMQ_SNDTIMEO, 0);
    t_send (p.client, "hello", (char *) NULL);
    return p;
}

static void close_pair (struct pair *p)
{
    zmq_close (p->client);
    t_monitor_end (p->server, p->mon);
}

/* What becomes of one client. */
static void outcome (struct pair *p)
{
    zmq_msg_t msg;
    t_event_print (p->mon, "  server");
    t_set_int (p->server, ZMQ_RCVTIMEO, 100);
    zmq_msg_init (&msg);
    if (zmq_msg_recv (&msg, p->server, 0) == 5)
        printf ("  hello from %s\n", zmq_msg_gets (&msg, "User-Id") ? zmq_msg_gets (&msg, "User-Id") : "somebody");
    else
        puts ("  nothing came");
    zmq_msg_close (&msg);
    close_pair (p);
}

static void one (const char *what, int patience, bool plain)
{
    struct pair p;
    puts (what);
    p = open_pair (patience, plain);
    outcome (&p);
}

static void wrong_types (void)
{
    static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_DEALER, ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB};
    for (unsigned i = 0; i < T_COUNT (types); i++) {
        void *sock = t_socket (ctx, types[i]);
        t_need (zmq_bind (sock, ZAP_ENDPOINT) == 0);
        one (t_type_name (types[i]), 100, i % 2);
        zmq_close (sock);
    }
}

/* A request at a ROUTER: who asks, and the client's user name. */
static void asked (void *router, unsigned char route[5])
{
    zmq_msg_t msg;
    t_need (zmq_recv (router, route, 5, 0) == 5);
    do {
        zmq_msg_init (&msg);
        t_need (zmq_msg_recv (&msg, router, 0) >= 0);
        zmq_msg_close (&msg);
    } while (t_get_int (router, ZMQ_RCVMORE));
}

static void answer (void *router, const unsigned char route[5], const char *user)
{
    zmq_send (router, route, 5, ZMQ_SNDMORE);
    t_send (router, "", "1.0", "1", "200", "OK", user, "", (char *) NULL);
}

static void other_orders (void)
{
    void *router = t_socket (ctx, ZMQ_ROUTER);
    unsigned char route[2][5];
    struct pair p[2];
    t_need (zmq_bind (router, ZAP_ENDPOINT) == 0);
    puts ("two questions, answered in reverse");
    for (int i = 0; i < 2; i++) {
        p[i] = open_pair (2000, true);
        asked (router, route[i]);
    }
    answer (router, route[1], "second");
    answer (router, route[0], "first");
    outcome (&p[0]);
    outcome (&p[1]);

    puts ("two answers");
    p[0] = open_pair (2000, true);
    asked (router, route[0]);
    answer (router, route[0], "once");
    answer (router, route[0], "twice");
    outcome (&p[0]);

    puts ("an answer that comes too late");
    p[0] = open_pair (50, true);
    asked (router, route[0]);
    t_settle (150);
    answer (router, route[0], "late");
    outcome (&p[0]);

    puts ("clients that leave meanwhile");
    for (int i = 0; i < 50; i++) {
        p[0] = open_pair (2000, i % 2);
        asked (router, route[0]);
        close_pair (&p[0]);
        if (i % 3 == 0)
            answer (router, route[0], "nobody");
    }
    puts ("a server that closes, messages of its own waiting");
    {
        void *server = t_socket (ctx, ZMQ_PUSH), *client = t_socket (ctx, ZMQ_PULL);
        char endpoint[256];
        t_set_int (server, ZMQ_PLAIN_SERVER, 1);
        t_set_int (server, ZMQ_LINGER, 2000);
        sec_plain_client (client, "user", "secret");
        t_need (t_bind_any (client, endpoint, "tcp") == 0);
        t_need (zmq_connect (server, endpoint) == 0);
        t_send (server, "last words", (char *) NULL);
        asked (router, route[0]);
        zmq_close (server);
        t_settle (50);
        answer (router, route[0], "heir");
        t_recv_print (client, "  client");
        zmq_close (client);
    }
    zmq_close (router);
}

int main (void)
{
    struct pair p;
    t_init ();
    ctx = zmq_ctx_new ();
    wrong_types ();
    other_orders ();
    zap_start (ctx, ZMQ_REP);
    zap_manner (ZAP_CLOSES);
    one ("a handler that closes when it is asked", 1000, true);
    zap_stop ();
    zap_start (ctx, ZMQ_REP);
    one ("the next handler", 1000, true);
    zap_manner (ZAP_IS_SILENT);
    one ("a handler that is silent", 100, false);
    puts ("a context that ends while the handler thinks");
    p = open_pair (10000, true);
    t_settle (50);
    close_pair (&p);

    zap_reply ("1.0", "=", "200", "OK", "the user", "", (char *) NULL);
    puts ("PLAIN by the strict rule, without a domain");
    {
        void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
        char endpoint[256];
        void *mon = t_monitor (ctx, server, sec_events);
        t_set_int (server, ZMQ_PLAIN_SERVER, 1);
        t_set_int (server, ENFORCE_DOMAIN, 1);
        sec_plain_client (client, "user", "secret");
        t_set_int (client, ZMQ_RECONNECT_IVL, -1);
        t_need (t_bind_any (server, endpoint, "tcp") == 0);
        t_need (zmq_connect (client, endpoint) == 0);
        t_event_print (mon, "  server");
        zmq_close (client);
        t_monitor_end (server, mon);
    }
    zap_stop ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
