/*
 * An old greeting is no way around security (CVE-2014-7202, CVE-2014-9721):
 * peers of ZMTP 1.0, 2.0 and without a version, and ZMTP 3 peers with another
 * mechanism, at sockets with each mechanism, in both roles. The raw peer goes on
 * as if nothing was wrong; no message passes, and good clients are served.
 */
#include "../sec.h"

static void *ctx;

enum { WITH_DOMAIN, PLAIN_SERVER, PLAIN_CLIENT, CURVE_SERVER, CURVE_CLIENT, KINDS };
static const char *const kinds[] = {"NULL with a domain", "PLAIN server", "PLAIN client", "CURVE server",
                                    "CURVE client"};

static void secure (void *sock, int kind)
{
    if (kind == WITH_DOMAIN)
        t_need (t_set_str (sock, ZMQ_ZAP_DOMAIN, "domain") == 0);
    if (kind == PLAIN_SERVER)
        t_need (t_set_int (sock, ZMQ_PLAIN_SERVER, 1) == 0);
    if (kind == PLAIN_CLIENT)
        sec_plain_client (sock, "user", "secret");
    if (kind == CURVE_SERVER)
        sec_curve_server (sock);
    if (kind == CURVE_CLIENT)
        sec_curve_client (sock);
}

#define SIGNATURE "\xff\0\0\0\0\0\0\0\1\x7f"
#define GREETING(name) SIGNATURE "\3\0" name

struct peer {
    const char *what;
    const void *bytes;
    size_t len;
};

#define PEER(what, text) {what, text, sizeof (text) - 1}

static const struct peer peers[] = {
    PEER ("unversioned", "\1\0" "\5\0evil"),
    PEER ("ZMTP 1.0", SIGNATURE "\0\0" "\1\0" "\5\0evil"),
    PEER ("ZMTP 2.0", SIGNATURE "\1\5" "\0\0" "\0\4evil"),
};

/* What is left when the greeting's answer is not looked at. */
static void try (int kind, const struct peer *peer)
{
    void *sock = t_socket (ctx, ZMQ_DEALER), *good, *mon;
    char endpoint[256];
    int fd;
    printf ("%s, %s peer\n", kinds[kind], peer->what);
    secure (sock, kind);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, sock, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    t_write (fd, peer->bytes, peer->len);
    t_event_print (mon, "  event");
    printf ("  closed: %d\n", t_read_eof (fd, T_TIMEOUT_MS));
    t_recv_none (sock, "  received", 10);
    good = t_socket (ctx, ZMQ_DEALER);
    secure (good, kind % 2 ? kind + 1 : kind ? kind - 1 : -1);
    t_need (zmq_connect (good, endpoint) == 0);
    t_send (good, "good", (char *) NULL);
    t_recv_print (sock, "  received");
    zmq_close (good);
    close (fd);
    t_monitor_end (sock, mon);
}

/* A ZMTP 3 peer that announces something else. */
static void mismatch (int kind, const char *name)
{
    void *sock = t_socket (ctx, ZMQ_DEALER), *mon;
    unsigned char greeting[64];
    char endpoint[256];
    int fd;
    printf ("%s, ZMTP 3 peer with %s\n", kinds[kind], name);
    secure (sock, kind);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    mon = t_monitor (ctx, sock, sec_events);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    w_greeting (greeting, 0, name);
    t_write (fd, greeting, 64);
    W_LITERAL (fd, "\4\x19\5READY\xbSocket-Type\0\0\0\3" "REP" "\0\4evil");
    t_event_print (mon, "  event");
    t_recv_none (sock, "  received", 10);
    close (fd);
    t_monitor_end (sock, mon);
}

int main (void)
{
    static const char *const names[] = {"NULL", "PLAIN", "CURVE", "GSSAPI", "curve", "CURVE2", ""};
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    for (int kind = 0; kind < KINDS; kind++) {
        for (unsigned i = 0; i < T_COUNT (peers); i++)
            try (kind, &peers[i]);
        for (unsigned i = 0; i < T_COUNT (names); i++)
            if (strncmp (kinds[kind], names[i], 4) != 0 || strlen (names[i]) != (kind ? 5 : 4))
                mismatch (kind, names[i]);
    }
    zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
