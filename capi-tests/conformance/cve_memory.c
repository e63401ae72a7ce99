/*
 * What a peer does again and again costs no memory for ever: messages and
 * garbage to a PUB (CVE-2021-20237), subscriptions that come and go, a
 * subscriber that never reads; half messages, half handshakes and their ends on
 * both sides of a connection (CVE-2021-20234).
 */
#include "../memory.h"
#include "../curve_raw.h"

#define MB (1024u * 1024u)

static void *ctx, *sock;
static char endpoint[256], body[65536];
static int fd = -1, listener = -1;

static void open_socket (int type)
{
    sock = t_socket (ctx, type);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
}

/* What the peer sent before this has been worked off: its PING is answered. */
static void barrier (void)
{
    unsigned char pong[64];
    size_t len;
    w_command (fd, "PING", "\0\0", 2);
    while (w_read (fd, pong, sizeof pong, &len) == 0)
        ;
}

/* Messages of 64 KiB to a PUB, which wants none; every tenth has three parts. */
static void message_to_pub (int number)
{
    for (int part = 0; part < 2; part++)
        w_frame (fd, number % 10 ? 0 : W_MORE, body, sizeof body);
    w_frame (fd, 0, body, 1000);
    barrier ();
    t_need (zmq_send (sock, "x", 1, 0) == 1);
}

/* The same from somebody with metadata, by a new connection each time. */
static void connection_to_pub (int number)
{
    int peer = w_peer (endpoint, number % 2, "SUB", NULL);
    w_frame (peer, 0, body, 40000);
    w_text (peer, 0, "\1topic");
    t_need (zmq_send (sock, "x", 1, 0) == 1);
    close (peer);
}

static void topics_to_pub (int number)
{
    char topic[4000];
    memset (topic, 't', sizeof topic);
    for (int i = 0; i < 20; i++) {
        memcpy (topic, &number, sizeof number);
        memcpy (topic + sizeof number, &i, sizeof i);
        topic[0] = 1;
        w_frame (fd, 0, topic, sizeof topic);
        topic[0] = 0;
        w_frame (fd, 0, topic, sizeof topic);
    }
    barrier ();
    t_need (zmq_send (sock, "x", 1, 0) == 1);
}

/* Its pipe is full soon and then drops. */
static void deaf_subscriber (int number)
{
    (void) number;
    for (int i = 0; i < 10; i++)
        t_need (zmq_send (sock, body, 8000, ZMQ_DONTWAIT) == 8000);
}

static void half_message (int number)
{
    int peer = w_peer (endpoint, 1, "PUSH", NULL);
    static const char head[9] = "\2\0\0\0\0\0\1\0";
    if (number % 2)
        w_frame (peer, W_MORE, body, sizeof body);
    t_write (peer, head, sizeof head);
    t_write (peer, body, 60000);
    close (peer);
    t_get_int (sock, ZMQ_EVENTS); /* lets the socket part with the pipe */
}

/* Every length of a handshake, NULL or CURVE. */
static bool secure;

static void half_handshake (int number)
{
    unsigned char greeting[64];
    struct cr_peer p = {.fd = t_raw_connect (endpoint)};
    t_need (p.fd >= 0);
    w_greeting (greeting, 1, secure ? "CURVE" : "NULL");
    if (number % 4 == 0) {
        t_write (p.fd, greeting, (size_t) (number % 64));
    } else if (number % 4 == 1) {
        /* a command that is announced and does not come */
        t_write (p.fd, greeting, 64);
        W_LITERAL (p.fd, "\6\0\0\0\0\0\0\xff\xff\5HELLO");
    } else if (secure) {
        t_need (w_greet (p.fd, 1, "CURVE"));
        t_need (cr_hello (&p, 1) && cr_welcome (&p));
        if (number % 4 == 2)
            cr_initiate (&p, 2, body, sizeof body - 2000);
    } else {
        t_write (p.fd, greeting, 64);
        w_frame (p.fd, W_COMMAND, body, 60000);
    }
    close (p.fd);
}

/* The library is the client of a server that goes half way. */
static void half_server (int number)
{
    struct cr_peer p = {.server = true};
    p.fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (p.fd >= 0);
    if (secure && number % 3) {
        t_need (w_greet (p.fd, 1, "CURVE"));
        t_need (cr_await_hello (&p));
        if (number % 3 == 1)
            cr_say_welcome (&p);
    } else if (!secure && number % 3) {
        t_need (w_handshake (p.fd, 1, "PUSH", NULL));
        w_frame (p.fd, W_MORE, body, sizeof body);
        if (number % 3 == 1)
            W_LITERAL (p.fd, "\2\0\0\0\0\0\1\0\0half");
    } else
        W_LITERAL (p.fd, "\xff\0\0\0\0");
    close (p.fd);
}

static void publisher (const char *what, void (*round) (int), bool subscribed, int rounds)
{
    open_socket (ZMQ_PUB);
    fd = w_peer (endpoint, 1, "SUB", NULL);
    if (subscribed)
        w_command (fd, "SUBSCRIBE", "", 0);
    barrier ();
    memory_flat (what, round, rounds, 4 * MB);
    zmq_close (sock);
    close (fd);
}

static void server (const char *what, void (*round) (int), bool curve, int rounds)
{
    secure = curve;
    sock = t_socket (ctx, ZMQ_PULL);
    if (curve)
        sec_curve_server (sock);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    memory_flat (what, round, rounds, 4 * MB);
    t_recv_none (sock, "  received", 10);
    zmq_close (sock);
}

static void client (const char *what, bool curve)
{
    secure = curve;
    listener = t_tcp_listen (endpoint);
    sock = t_socket (ctx, ZMQ_PULL);
    t_set_int (sock, ZMQ_RECONNECT_IVL, 1);
    if (curve)
        sec_curve_client (sock);
    t_need (zmq_connect (sock, endpoint) == 0);
    memory_flat (what, half_server, 150, 4 * MB);
    t_recv_none (sock, "  received", 10);
    close (listener);
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    cr_init ();
    ctx = zmq_ctx_new ();
    memset (body, 'b', sizeof body);
    publisher ("messages to a PUB", message_to_pub, false, 400);
    publisher ("topics that come and go", topics_to_pub, false, 400);
    publisher ("a subscriber that does not read", deaf_subscriber, true, 4000);
    open_socket (ZMQ_PUB);
    memory_flat ("connections to a PUB", connection_to_pub, 400, 4 * MB);
    zmq_close (sock);
    server ("half messages", half_message, false, 400);
    server ("half handshakes", half_handshake, false, 400);
    server ("half handshakes, CURVE", half_handshake, true, 400);
    client ("servers that go half way", false);
    client ("servers that go half way, CURVE", true);
    zmq_ctx_term (ctx);
    return 0;
}
