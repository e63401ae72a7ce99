/*
 * Socket monitor: handshakes that fail. A raw peer that closes, sends garbage,
 * an old greeting, another mechanism or a wrong socket type; a security
 * mechanism on one side only; a peer that is silent until the handshake times out.
 */
#include "../t.h"

static void *ctx;

/* A 64-byte greeting: version, mechanism, not as server. */
static void greeting (unsigned char out[64], int major, int minor, const char *mechanism)
{
    memset (out, 0, 64);
    out[0] = 0xff;
    out[8] = 1;
    out[9] = 0x7f;
    out[10] = (unsigned char) major;
    out[11] = (unsigned char) minor;
    memcpy (out + 12, mechanism, strlen (mechanism));
}

/* Events until the connection is given up, without the listening. */
static void report (void *mon)
{
    int event;
    do
        event = t_event_print (mon, "  server");
    while (event && event != ZMQ_EVENT_DISCONNECTED && event != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
           && event != ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL || event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        if (t_poll_in (mon, 50) & ZMQ_POLLIN)
            t_event_print (mon, "  server");
}

static void raw (const char *what, int server_type, const void *bytes, size_t size, bool hang_up)
{
    void *server = t_socket (ctx, server_type), *mon;
    char endpoint[256];
    int fd;
    printf ("%s\n", what);
    t_set_int (server, ZMQ_HANDSHAKE_IVL, 200);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, server, ZMQ_EVENT_ALL);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    t_write (fd, bytes, size);
    if (hang_up) {
        shutdown (fd, SHUT_WR);
        t_read_eof (fd, 100);
        close (fd);
    }
    report (mon);
    if (!hang_up) {
        printf ("  server closed it: %d\n", t_read_eof (fd, 500));
        close (fd);
    }
    t_monitor_end (server, mon);
}

static const int handshake = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                             | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                             | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                             | ZMQ_EVENT_MONITOR_STOPPED;

static void two_sockets (const char *what, int server_option, int client_option)
{
    void *server = t_socket (ctx, ZMQ_DEALER), *client = t_socket (ctx, ZMQ_DEALER), *mon, *client_mon;
    char endpoint[256];
    printf ("%s\n", what);
    if (server_option)
        t_set_int (server, server_option, 1);
    if (client_option) {
        t_set_str (client, ZMQ_PLAIN_USERNAME, "user");
        t_set_str (client, ZMQ_PLAIN_PASSWORD, "secret");
    }
    t_set_int (client, ZMQ_RECONNECT_IVL, -1);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, server, handshake);
    client_mon = t_monitor (ctx, client, handshake);
    t_need (zmq_connect (client, endpoint) == 0);
    t_event_print (mon, "  server");
    t_event_print (client_mon, "  client");
    t_monitor_end (client, client_mon);
    t_monitor_end (server, mon);
}

int main (void)
{
    static const char ready[] = "\4\x19\5READY\xbSocket-Type\0\0\0\3SUB";
    static const char http[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    unsigned char null[64], plain[64], unknown[64], pub[64 + sizeof ready - 1];
    t_init ();
    ctx = zmq_ctx_new ();
    greeting (null, 3, 0, "NULL");
    greeting (plain, 3, 0, "PLAIN");
    greeting (unknown, 3, 0, "NONSENSE");
    memcpy (pub, null, 64);
    memcpy (pub + 64, ready, sizeof ready - 1);

    raw ("closes at once", ZMQ_DEALER, "", 0, true);
    raw ("closes after a few bytes", ZMQ_DEALER, null, 5, true);
    raw ("closes after the greeting", ZMQ_DEALER, null, 64, true);
    raw ("silent", ZMQ_DEALER, "", 0, false);
    raw ("silent after the greeting", ZMQ_DEALER, null, 64, false);
    raw ("another mechanism", ZMQ_DEALER, plain, 64, false);
    raw ("an unknown mechanism", ZMQ_DEALER, unknown, 64, false);
    raw ("a socket type that does not fit", ZMQ_DEALER, pub, sizeof pub, false);
    raw ("http", ZMQ_DEALER, http, sizeof http - 1, true);
    two_sockets ("both NULL", 0, 0);
    two_sockets ("PLAIN server, NULL client", ZMQ_PLAIN_SERVER, 0);
    two_sockets ("NULL server, PLAIN client", 0, 1);
    RC (zmq_ctx_term (ctx));
    return 0;
}
