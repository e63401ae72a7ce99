/*
 * Two sockets of the library, each mechanism: good and wrong credentials, the
 * handler's four answers, what both monitors say, whether a message passes and
 * what it says about its sender; every mechanism against every other; and good
 * clients beside a silent and a talkative raw connection (CVE-2020-15166).
 */
#include "../sec.h"

static void *ctx;

/* Whether the client is told when it is refused. */
static bool told = true;

/* Connect, tell both ends' events, send one message each way. */
static void meet (const char *what, void *server, void *client, const char *proto)
{
    void *mon, *client_mon;
    char endpoint[256];
    int event;
    printf ("%s\n", what);
    t_timeouts (server, 50);
    t_timeouts (client, 50);
    t_set_int (client, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (server, endpoint, proto) == 0);
    mon = t_monitor (ctx, server, sec_events);
    client_mon = t_monitor (ctx, client, sec_events);
    t_need (zmq_connect (client, endpoint) == 0);
    event = t_event_print (mon, "  server");
    /* A connection that is refused without a word the original may leave open. */
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED || told)
        t_event_print (client_mon, "  client");
    zap_print ();
    t_send (client, "to the server", "part 2", (char *) NULL);
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        zmq_msg_t msg;
        zmq_msg_init (&msg);
        t_timeouts (server, T_TIMEOUT_MS);
        t_timeouts (client, T_TIMEOUT_MS);
        if (zmq_msg_recv (&msg, server, 0) >= 0) {
            const char *user = zmq_msg_gets (&msg, "User-Id");
            printf ("  from %s\n", user ? user : "somebody");
        }
        zmq_msg_close (&msg);
        t_recv_print (server, "  server");
        t_send (server, "to the client", (char *) NULL);
        t_recv_print (client, "  client");
    } else
        t_recv_print (server, "  server");
    t_monitor_end (client, client_mon);
    t_monitor_end (server, mon);
}

static void plain (const char *what, int mechanism, const char *proto)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    sec_server (server, mechanism);
    sec_client (client, mechanism);
    printf ("%s, ", sec_names[mechanism]);
    meet (what, server, client, proto);
}

static void mismatch (int of_server, int of_client)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    sec_server (server, of_server);
    sec_client (client, of_client);
    printf ("%s server, ", sec_names[of_server]);
    meet (sec_names[of_client], server, client, "tcp");
}

/* Both are servers, or both clients. */
static void same_role (int mechanism)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    t_set_int (server, ZMQ_HANDSHAKE_IVL, 100);
    t_set_int (client, ZMQ_HANDSHAKE_IVL, 300);
    sec_server (server, mechanism);
    sec_server (client, mechanism);
    printf ("%s, ", sec_names[mechanism]);
    meet ("two servers", server, client, "tcp");
}

/* The side that binds is the client. */
static void reversed (int mechanism)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
    sec_client (server, mechanism);
    sec_server (client, mechanism);
    printf ("%s, ", sec_names[mechanism]);
    meet ("the client binds", server, client, "tcp");
}

static void wrong_keys (void)
{
    for (int i = 0; i < 4; i++) {
        static const char *const what[] = {"wrong server key", "public key of another", "no keys but the server's",
                                           "server without a key"};
        void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER);
        if (i < 3)
            sec_curve_server (server);
        else
            t_set_int (server, ZMQ_CURVE_SERVER, 1);
        if (i == 2)
            t_set_str (client, ZMQ_CURVE_SERVERKEY, sec_server_public);
        else
            sec_curve_client (client);
        if (i == 0)
            t_set_str (client, ZMQ_CURVE_SERVERKEY, sec_client_public);
        if (i == 1)
            t_set_str (client, ZMQ_CURVE_PUBLICKEY, sec_server_public);
        meet (what[i], server, client, "tcp");
    }
}

/* Raw connections that say nothing, and that talk nonsense, come first. */
static void beside_bad_ones (int mechanism)
{
    static const char nonsense[] = "\xff\0\0\0\0\0\0\0\1\x7f\3\1" "CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    void *server = t_socket (ctx, ZMQ_PULL), *client = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    int fds[8];
    char byte;
    printf ("%s, beside bad connections\n", sec_names[mechanism]);
    sec_server (server, mechanism);
    sec_client (client, mechanism);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    for (unsigned i = 0; i < T_COUNT (fds); i++) {
        fds[i] = t_raw_connect (endpoint);
        t_need (fds[i] >= 0);
        if (i % 4 == 1)
            t_write (fds[i], nonsense, sizeof nonsense - 1);
        if (i % 4 == 2)
            t_write (fds[i], "GET / HTTP/1.0\r\n\r\n", 18);
        if (i % 4 == 3) {
            t_write (fds[i], "\xff\0\0\0\0\0\0\0\1\x7f\3\1", 12);
            t_write (fds[i], sec_names[mechanism], strlen (sec_names[mechanism]));
        }
    }
    t_need (zmq_connect (client, endpoint) == 0);
    t_send (client, "good", (char *) NULL);
    t_recv_print (server, "  server");
    /* The first one says nothing at all and waits for its turn still. */
    errno = 0;
    while (recv (fds[0], &byte, 1, MSG_DONTWAIT) == 1)
        ;
    printf ("  a silent one is there still: %d\n", errno == EAGAIN);
    for (unsigned i = 0; i < T_COUNT (fds); i++)
        close (fds[i]);
    zmq_close (client);
    zmq_close (server);
}

int main (void)
{
    static const char *const statuses[] = {"300", "400", "500"};
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    puts ("-- no handler");
    for (int m = 0; m < SEC_MECHANISMS; m++)
        told = m != SEC_PLAIN, plain ("tcp", m, "tcp");
    told = true;
    zap_start (ctx, ZMQ_REP);
    puts ("-- a handler");
    for (int m = 0; m < SEC_MECHANISMS; m++) {
        zap_reply ("1.0", "=", "200", "OK", "joe", "", (char *) NULL);
        plain ("tcp", m, "tcp");
        plain ("ipc", m, "ipc");
        if (m != SEC_NULL) {
            reversed (m);
            same_role (m);
        }
        beside_bad_ones (m);
        for (unsigned i = 0; i < T_COUNT (statuses); i++) {
            zap_reply ("1.0", "=", statuses[i], "no", "", "", (char *) NULL);
            told = i > 0;
            plain (statuses[i], m, "tcp");
        }
        zap_reply ("1.0", "=", "200", "OK", "", "", (char *) NULL);
        for (int of_client = 0; of_client < SEC_MECHANISMS; of_client++)
            if (of_client != m)
                mismatch (m, of_client);
    }
    wrong_keys ();
    zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
