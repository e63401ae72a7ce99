/*
 * What the handler answers: every status, what a good reply leaves in the
 * messages, and replies that are malformed in every way. The server's events
 * tell how it took them; the NULL mechanism with a domain is enough for that.
 */
#include "../sec.h"

static void *ctx;
static const char *prop_names[] = {"User-Id", "Hello", "hello", "World", "Peer-Address", "Socket-Type"};

/* One connection; its events, and what a message says about it. */
static void try (const char *what, const char *domain)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER), *mon;
    char endpoint[256];
    int event;
    printf ("%s\n", what);
    t_need (t_set_str (server, ZMQ_ZAP_DOMAIN, domain) == 0);
    t_set_str (server, ZMQ_ROUTING_ID, "the server");
    t_set_str (client, ZMQ_ROUTING_ID, "the client");
    t_set_int (client, ZMQ_RECONNECT_IVL, -1);
    t_set_int (server, ZMQ_HANDSHAKE_IVL, 300);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, server, sec_events);
    t_need (zmq_connect (client, endpoint) == 0);
    event = t_event_print (mon, "  server");
    zap_print ();
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        zmq_msg_t msg;
        t_send (client, "hi", (char *) NULL);
        zmq_msg_init (&msg);
        t_need (zmq_msg_recv (&msg, server, 0) == 2);
        for (unsigned i = 0; i < T_COUNT (prop_names); i++) {
            const char *value = zmq_msg_gets (&msg, prop_names[i]);
            printf ("  %s: %s\n", prop_names[i], value ? value : "-");
        }
        zmq_msg_close (&msg);
    } else {
        t_set_int (server, ZMQ_RCVTIMEO, 20);
        t_set_int (client, ZMQ_SNDTIMEO, 0);
        t_send (client, "never", (char *) NULL);
        t_recv_print (server, "  server");
    }
    zmq_close (client);
    t_monitor_end (server, mon);
}

#define REPLY(what, ...)                                                       \
    do {                                                                       \
        zap_reply (__VA_ARGS__, (char *) NULL);                                \
        try (what, "domain");                                                  \
    } while (0)

int main (void)
{
    static const char two[] = "\5Hello\0\0\0\5World\5World\0\0\0\0";
    static const char user[] = "\7User-Id\0\0\0\4root";
    static const char address[] = "\xcPeer-Address\0\0\0\1x";
    static const char type[] = "\xbSocket-Type\0\0\0\3PUB";
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    try ("200", "domain");
    try ("200, a domain with spaces", "a b  ");
    REPLY ("200 without a name", "1.0", "=", "200", "", "", "");
    REPLY ("200 with two properties", "1.0", "=", "200", "OK", "joe", "");
    zap_metadata (two, sizeof two - 1);
    try ("200 with two properties", "domain");
    zap_metadata (user, sizeof user - 1);
    try ("200 with a second name", "domain");
    zap_metadata (address, sizeof address - 1);
    try ("200 with another address", "domain");
    zap_metadata (type, sizeof type - 1);
    try ("200 with another type", "domain");
    zap_metadata (two, 8);
    try ("metadata cut short", "domain");
    zap_metadata (two, sizeof two - 2);
    try ("metadata with a stray byte", "domain");
    zap_metadata ("\0\0\0\0\0", 5);
    try ("metadata with an empty name", "domain");
    REPLY ("300", "1.0", "=", "300", "", "", "");
    REPLY ("400", "1.0", "=", "400", "", "", "");
    REPLY ("500", "1.0", "=", "500", "", "", "");
    REPLY ("300 with a name", "1.0", "=", "300", "", "joe", "");
    REPLY ("another version", "1.1", "=", "200", "", "", "");
    REPLY ("no version", "", "=", "200", "", "", "");
    REPLY ("another id", "1.0", "2", "200", "", "", "");
    REPLY ("no id", "1.0", "", "200", "", "", "");
    REPLY ("status 201", "1.0", "=", "201", "", "", "");
    REPLY ("status 600", "1.0", "=", "600", "", "", "");
    REPLY ("status 100", "1.0", "=", "100", "", "", "");
    REPLY ("status 20", "1.0", "=", "20", "", "", "");
    REPLY ("status 2000", "1.0", "=", "2000", "", "", "");
    REPLY ("status OK", "1.0", "=", "OK!", "", "", "");
    REPLY ("no status", "1.0", "=", "", "", "", "");
    REPLY ("one frame", "1.0");
    REPLY ("three frames", "1.0", "=", "200");
    REPLY ("five frames", "1.0", "=", "200", "OK", "");
    REPLY ("seven frames", "1.0", "=", "200", "OK", "", "", "");
    zap_stop ();

    puts ("-- a ROUTER");
    zap_start (ctx, ZMQ_ROUTER);
    try ("200", "domain");
    REPLY ("no delimiter", "1.0", "=", "200", "OK", "joe", "");
    REPLY ("a delimiter that is none", "x", "1.0", "=", "200", "OK", "joe", "");
    REPLY ("400", "", "1.0", "=", "400", "", "", "");
    REPLY ("five frames", "", "1.0", "=", "200", "OK", "");
    REPLY ("seven frames", "", "1.0", "=", "200", "OK", "", "", "");
    REPLY ("an empty message", "");
    zap_manner (ZAP_IS_SILENT);
    try ("no answer", "domain");
    zap_reply ("", "1.0", "=", "200", "OK", "joe", "", (char *) NULL);
    try ("and then one", "domain");
    zap_stop ();
    puts ("-- nobody");
    try ("no handler", "domain");
    zmq_ctx_term (ctx);
    return 0;
}
