/*
 * ZMQ_SOCKS_PROXY: a small SOCKS5 server (RFC 1928, 1929) in this program
 * prints every request byte of the connecting socket and then relays: IPv4,
 * host name and IPv6 destinations, a user name with password, and each refusal
 * (the socket tries again); proxy texts; the option read back.
 */
#include "../wire.h"

/* These two are drafts: the header has them only with ZMQ_BUILD_DRAFT_API. */
#define SOCKS_USERNAME 99
#define SOCKS_PASSWORD 100

static void *ctx;

/* What the server does: 0 all well, 1 wrong version in its greeting, 2 no
   acceptable method, 3 asks for a password, 4 refuses the password, 5 refuses
   the connection, 6 closes at once. */
typedef struct {
    int listener;
    int manner;
    int client;
    char host[64];  /* what the client asked for */
} server_t;

/* One reply, byte for byte. */
#define REPLY(fd, text) t_write (fd, text, sizeof (text) - 1)

static void show (const char *what, const unsigned char *bytes, size_t len)
{
    printf ("   %s: ", what);
    t_hex (bytes, len);
    putchar ('\n');
}

/* Speak with one client up to the relay; false when it was refused. */
static bool negotiate (server_t *s)
{
    unsigned char b[300];
    size_t len, port_at;
    s->client = t_accept (s->listener, T_TIMEOUT_MS);
    t_need (s->client >= 0);
    if (s->manner == 6)
        return false;
    t_read (s->client, b, 2, T_TIMEOUT_MS);
    len = 2 + t_read (s->client, b + 2, b[1], T_TIMEOUT_MS);
    show ("greeting", b, len);
    if (s->manner == 1)
        return REPLY (s->client, "\x04\x00"), false;
    if (s->manner == 2)
        return REPLY (s->client, "\x05\xff"), false;
    if (s->manner == 3 || s->manner == 4) {
        REPLY (s->client, "\x05\x02");
        if (t_read (s->client, b, 2, T_TIMEOUT_MS) < 2)
            return puts ("   no password sent"), false;
        len = 2 + t_read (s->client, b + 2, (size_t) b[1] + 1, T_TIMEOUT_MS);
        len += t_read (s->client, b + len, b[len - 1], T_TIMEOUT_MS);
        show ("password", b, len);
        if (s->manner == 4)
            return REPLY (s->client, "\x01\x01"), false;
        REPLY (s->client, "\x01\x00");
    } else
        REPLY (s->client, "\x05\x00");
    t_read (s->client, b, 5, T_TIMEOUT_MS);
    port_at = b[3] == 1 ? 8 : b[3] == 4 ? 20 : 5 + (size_t) b[4];
    t_read (s->client, b + 5, port_at + 2 - 5, T_TIMEOUT_MS);
    show ("request, less its port", b, port_at);
    if (s->manner == 5)
        return REPLY (s->client, "\x05\x05\x00\x01\0\0\0\0\0\0"), false;
    REPLY (s->client, "\x05\x00\x00\x01\x7f\0\0\x01\x12\x34");
    return true;
}

/* The client is now a ZMTP connection; the peer is made by hand. */
static void talk (server_t *s, void *push)
{
    t_need (w_handshake (s->client, 1, "PULL", NULL));
    t_send (push, "through the proxy", (char *) NULL);
    w_print (s->client, "   relayed");
}

static void run (const char *title, int manner, const char *user,
                 const char *password, const char *host)
{
    void *push = t_socket (ctx, ZMQ_PUSH);
    server_t s = {.manner = manner};
    char proxy[256], endpoint[300];
    printf ("\n== %s\n", title);
    s.listener = t_tcp_listen (proxy);
    RC_AS ("proxy", t_set_str (push, ZMQ_SOCKS_PROXY, proxy + 6));
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_set_int (push, ZMQ_IPV6, strchr (host, '[') != NULL);
    if (user) {
        RC (t_set_str (push, SOCKS_USERNAME, user));
        RC (t_set_str (push, SOCKS_PASSWORD, password));
    }
    snprintf (endpoint, sizeof endpoint, "tcp://%s:9", host);
    printf ("connect %s: ", endpoint);
    RC_AS ("rc", zmq_connect (push, endpoint));
    if (negotiate (&s))
        talk (&s, push);
    else {
        if (manner != 6)
            printf ("   closed by the client: %d\n",
                    t_read_eof (s.client, T_TIMEOUT_MS));
        close (s.client);
        puts ("   it comes again");
        s.manner = manner == 4 ? 3 : manner == 2 && user ? 3 : 0;
        if (negotiate (&s))
            talk (&s, push);
    }
    close (s.client);
    close (s.listener);
    zmq_close (push);
}

static void option (void)
{
    void *sock = t_socket (ctx, ZMQ_PUSH);
    char value[64];
    size_t size = sizeof value;
    puts ("== the option");
    RC (zmq_getsockopt (sock, ZMQ_SOCKS_PROXY, value, &size));
    printf ("[%zu] \"%s\"\n", size, value);
    RC (t_set_str (sock, ZMQ_SOCKS_PROXY, "127.0.0.1:1080"));
    size = sizeof value;
    RC (zmq_getsockopt (sock, ZMQ_SOCKS_PROXY, value, &size));
    printf ("[%zu] \"%s\"\n", size, value);
    RC (zmq_setsockopt (sock, ZMQ_SOCKS_PROXY, NULL, 0));
    size = sizeof value;
    RC (zmq_getsockopt (sock, ZMQ_SOCKS_PROXY, value, &size));
    printf ("[%zu] \"%s\"\n", size, value);
    RC (t_set_str (sock, ZMQ_SOCKS_PROXY, ""));
    RC (t_set_str (sock, ZMQ_SOCKS_PROXY, "no port"));
    RC (zmq_connect (sock, "tcp://127.0.0.1:9"));
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    option ();
    run ("no password, IPv4", 0, NULL, NULL, "127.0.0.1");
    run ("host name", 0, NULL, NULL, "some.host.example");
    run ("IPv6", 0, NULL, NULL, "[::1]");
    run ("wrong version", 1, NULL, NULL, "127.0.0.1");
    run ("no acceptable method", 2, NULL, NULL, "127.0.0.1");
    run ("connection refused by the server", 5, NULL, NULL, "127.0.0.1");
    run ("closed by the server", 6, NULL, NULL, "127.0.0.1");
    run ("password", 3, "user", "secret", "127.0.0.1");
    run ("password offered, not asked for", 0, "user", "secret", "127.0.0.1");
    run ("password refused", 4, "user", "wrong", "127.0.0.1");
    run ("empty password", 3, "user", "", "127.0.0.1");
    zmq_ctx_term (ctx);
    return 0;
}
