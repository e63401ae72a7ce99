/*
 * Who may not come in does not: every wrong credential and every mechanism that
 * does not match, by sockets of the library. Nothing that they send arrives, both
 * monitors say why, and two good clients, an old and a new one, are served while
 * the bad one is there.
 */
#include "../sec.h"

static void *ctx, *server, *good, *mon;
static char endpoint[256];

static const int events = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                          | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                          | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED;

static void accept_all (void)
{
    zap_reply ("1.0", "=", "200", "OK", "", "", (char *) NULL);
}

static void serve (int mechanism)
{
    server = t_socket (ctx, ZMQ_PULL);
    sec_server (server, mechanism);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    accept_all ();
    good = t_socket (ctx, ZMQ_PUSH);
    sec_client (good, mechanism);
    t_need (zmq_connect (good, endpoint) == 0);
    t_send (good, "first", (char *) NULL);
    t_recv_print (server, "good client");
    mon = t_monitor (ctx, server, events);
}

/* The next event that is none of the good clients. */
static void failure (void *monitor, const char *label)
{
    int event;
    do
        event = t_event_print (monitor, label);
    while (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
}

static void still_good (int mechanism)
{
    void *fresh = t_socket (ctx, ZMQ_PUSH);
    accept_all ();
    sec_client (fresh, mechanism);
    t_send (good, "good", (char *) NULL);
    t_recv_print (server, "  old client");
    t_need (zmq_connect (fresh, endpoint) == 0);
    t_send (fresh, "fresh", (char *) NULL);
    t_recv_print (server, "  new client");
    zmq_close (fresh);
    while (t_event (mon, T_TIMEOUT_MS, NULL, NULL) != ZMQ_EVENT_DISCONNECTED)
        ;
}

/* `bad` has its options. The old client's message goes first, so that what the
   bad one sent would have come by then. */
static void refuse (int mechanism, const char *what, void *bad)
{
    void *bad_mon = t_monitor (ctx, bad, events);
    printf ("%s server, %s\n", sec_names[mechanism], what);
    t_set_int (bad, ZMQ_RECONNECT_IVL, -1);
    t_need (zmq_connect (bad, endpoint) == 0);
    t_send (bad, "evil", (char *) NULL);
    failure (mon, "  server");
    failure (bad_mon, "  client");
    while (t_event (mon, 50, NULL, NULL))
        ;
    zap_print ();
    still_good (mechanism);
    t_recv_none (server, "  besides", 20);
    t_monitor_end (bad, bad_mon);
}

static void statuses (int mechanism, const char *what, void *(*make) (void))
{
    static const char *const codes[] = {"400", "500"};
    for (unsigned i = 0; i < T_COUNT (codes); i++) {
        char text[64];
        snprintf (text, sizeof text, "%s, the handler says %s", what, codes[i]);
        zap_reply ("1.0", "=", codes[i], "no", "", "", (char *) NULL);
        refuse (mechanism, text, make ());
    }
}

static void *plain_with (const char *user, const char *password)
{
    void *sock = t_socket (ctx, ZMQ_PUSH);
    sec_plain_client (sock, user, password);
    return sock;
}

static void *wrong_password (void)
{
    return plain_with ("user", "Secret");
}

static void *wrong_user (void)
{
    return plain_with ("root", "secret");
}

static void *curve_client (void)
{
    void *sock = t_socket (ctx, ZMQ_PUSH);
    sec_curve_client (sock);
    return sock;
}

static void *null_client (void)
{
    return t_socket (ctx, ZMQ_PUSH);
}

/* Keys that do not go together. */
static void *wrong_keys (int option, const char *key)
{
    void *sock = curve_client ();
    t_need (t_set_str (sock, option, key) == 0);
    return sock;
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    for (int m = 0; m < SEC_MECHANISMS; m++) {
        serve (m);
        if (m == SEC_NULL)
            statuses (m, "a client", null_client);
        if (m == SEC_PLAIN) {
            statuses (m, "wrong password", wrong_password);
            statuses (m, "wrong user", wrong_user);
        }
        if (m == SEC_CURVE) {
            statuses (m, "a key that is not wanted", curve_client);
            refuse (m, "wrong server key", wrong_keys (ZMQ_CURVE_SERVERKEY, sec_client_public));
            refuse (m, "a public key of somebody else", wrong_keys (ZMQ_CURVE_PUBLICKEY, sec_server_public));
            refuse (m, "a secret key of somebody else", wrong_keys (ZMQ_CURVE_SECRETKEY, sec_server_secret));
        }
        for (int other = 0; other < SEC_MECHANISMS; other++)
            if (other != m) {
                void *bad = t_socket (ctx, ZMQ_PUSH);
                sec_client (bad, other);
                refuse (m, sec_names[other], bad);
            }
        zmq_close (good);
        t_monitor_end (server, mon);
    }
    zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
