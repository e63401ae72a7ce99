/*
 * Raw connections that never finish a handshake have no part in what a secured
 * socket does (CVE-2020-15166): eight of them come first, silent, with half a
 * greeting, with garbage, or stopping at each step of the handshake. A good
 * client is served in both directions while they stay; no message is handed to
 * one of them, and nobody waits for them.
 */
#include "../curve_raw.h"

static void *ctx;

/* Further with each number, but never to the end. */
static int bad_one (const char *endpoint, int mechanism, int number)
{
    static unsigned char garbage[3000];
    unsigned char greeting[64], answer[512];
    struct cr_peer p = {.fd = t_raw_connect (endpoint)};
    t_need (p.fd >= 0);
    w_greeting (greeting, 1, sec_names[mechanism]);
    memset (garbage, 0xa5, sizeof garbage);
    switch (number) {
        case 1:
            W_LITERAL (p.fd, "\xff");
            break;
        case 2:
            W_LITERAL (p.fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            break;
        case 3:
            t_write (p.fd, garbage, sizeof garbage);
            break;
        case 4:
            t_write (p.fd, greeting, 63);
            break;
        case 5:
            t_need (w_greet (p.fd, 1, sec_names[mechanism]));
            break;
        case 6: /* a command that is announced and does not come */
            t_need (w_greet (p.fd, 1, sec_names[mechanism]));
            W_LITERAL (p.fd, "\6\0\0\0\0\0\0\x40\0\5READY");
            break;
        case 7:
            t_need (w_greet (p.fd, 1, sec_names[mechanism]));
            if (mechanism == SEC_PLAIN)
                w_command (p.fd, "HELLO", "\4user\6secret", 12);
            if (mechanism == SEC_CURVE)
                t_need (cr_hello (&p, 1) && cr_welcome (&p));
            t_read (p.fd, answer, mechanism == SEC_PLAIN ? 10 : 0, T_TIMEOUT_MS);
            break;
    }
    return p.fd;
}

struct pair {
    int server, client;
    bool server_first;
};

/* One question and one answer; a server that begins must not lose its message
   to somebody who has not shown who he is. */
static void exchange (const struct pair *pair, void *server, void *client)
{
    bool one_way = pair->server == ZMQ_PUSH || pair->server == ZMQ_PULL;
    if (!pair->server_first) {
        t_send (client, "question", (char *) NULL);
        if (t_recv_print (server, "  server") == -1)
            return;
    }
    if (pair->server == ZMQ_ROUTER || (one_way && !pair->server_first))
        return;
    t_send (server, "answer", (char *) NULL);
    t_recv_print (client, "  client");
}

static void try (int mechanism, const struct pair *pair)
{
    void *server = t_socket (ctx, pair->server), *client = t_socket (ctx, pair->client);
    char endpoint[256];
    int fds[16];
    printf ("%s, %s and %s\n", sec_names[mechanism], t_type_name (pair->server), t_type_name (pair->client));
    sec_server (server, mechanism);
    sec_client (client, mechanism);
    t_set_str (client, ZMQ_ROUTING_ID, "me");
    t_set_int (server, ZMQ_SNDHWM, 10);
    t_set_int (server, ZMQ_RCVHWM, 10);
    t_need (t_bind_any (server, endpoint, "tcp") == 0);
    for (int i = 0; i < 16; i++)
        fds[i] = bad_one (endpoint, mechanism, i % 8);
    t_need (zmq_connect (client, endpoint) == 0);
    exchange (pair, server, client);
    exchange (pair, server, client);
    zmq_close (client);
    for (int i = 0; i < 16; i++)
        close (fds[i]);
    zmq_close (server);
}

int main (void)
{
    static const struct pair pairs[] = {
        {ZMQ_PULL, ZMQ_PUSH, false},     {ZMQ_PUSH, ZMQ_PULL, true},   {ZMQ_REP, ZMQ_REQ, false},
        {ZMQ_ROUTER, ZMQ_DEALER, false}, {ZMQ_DEALER, ZMQ_DEALER, true}, {ZMQ_DEALER, ZMQ_DEALER, false},
    };
    t_init ();
    t_watchdog (60);
    cr_init ();
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    for (int mechanism = 0; mechanism < SEC_MECHANISMS; mechanism++)
        for (unsigned i = 0; i < T_COUNT (pairs); i++)
            try (mechanism, &pairs[i]);
    zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
