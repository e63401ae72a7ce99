/*
 * The connection breaks while much is on its way out (OSV-2020-784, -910): the
 * peer resets it after so many bytes, with large and small messages queued, on
 * both sides of dialling, under each way to frame. The socket lives on, no
 * message is cut in two for the next peer, and the next peer is served.
 */
#include "../curve_raw.h"

static void *ctx;
static char body[300000];

/* Reset instead of an orderly end. */
static void reset (int fd)
{
    struct linger now = {1, 0};
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close (fd);
}

static int puller (int fd, bool curve)
{
    struct cr_peer p = {.fd = fd};
    t_need (fd >= 0);
    if (!curve) {
        t_need (w_handshake (fd, 1, "PULL", NULL));
        return fd;
    }
    t_need (w_greet (fd, 1, "CURVE") && cr_hello (&p, 1) && cr_welcome (&p));
    t_need (cr_initiate (&p, 2, "\xbSocket-Type\0\0\0\4PULL", 20) && cr_ready (&p));
    return fd;
}

/* Messages of two parts; some large, some small. */
static void fill (void *sock)
{
    for (int i = 0; i < 40; i++) {
        if (zmq_send (sock, "first", 5, ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1)
            return;
        zmq_send (sock, body, i % 3 ? sizeof body : 10, ZMQ_DONTWAIT);
    }
}

/* Receives a message; its first byte. False if it has not two parts. */
static bool two_parts (void *sock, char *begin)
{
    char part[16];
    if (zmq_recv (sock, part, sizeof part, 0) == -1 || t_get_int (sock, ZMQ_RCVMORE) != 1)
        return false;
    *begin = part[0];
    return zmq_recv (sock, part, sizeof part, 0) != -1 && t_get_int (sock, ZMQ_RCVMORE) == 0;
}

static void bound (bool curve)
{
    void *sock = t_socket (ctx, ZMQ_PUSH), *good = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    bool whole = true;
    printf ("PUSH, %s\n", curve ? "CURVE" : "NULL");
    t_set_int (sock, ZMQ_SNDHWM, 50);
    if (curve) {
        sec_curve_server (sock);
        sec_curve_client (good);
    }
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    for (int round = 0; round < 30; round++) {
        int fd = puller (t_raw_connect (endpoint), curve);
        t_need (t_poll_for (sock, ZMQ_POLLOUT, T_TIMEOUT_MS) & ZMQ_POLLOUT);
        fill (sock);
        t_read (fd, body, (size_t) round * 7919, 5);
        reset (fd);
    }
    t_need (zmq_connect (good, endpoint) == 0);
    t_settle (50);
    for (int i = 0; i < 10; i++) {
        char begin = 0;
        t_need (t_send (sock, "one", "two", (char *) NULL) == 3);
        while (whole && begin != 'o') /* some of the others may not have gone yet */
            whole = two_parts (good, &begin);
    }
    printf ("  whole: %d\n", whole);
    zmq_close (good);
    zmq_close (sock);
}

/* Dialling: after each reset it comes back. */
static void dialled (void)
{
    void *sock = t_socket (ctx, ZMQ_PUSH);
    unsigned char got[64];
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd, flags;
    size_t len;
    puts ("PUSH that dials");
    t_set_int (sock, ZMQ_RECONNECT_IVL, 1);
    t_set_int (sock, ZMQ_SNDHWM, 50);
    t_need (zmq_connect (sock, endpoint) == 0);
    for (int round = 0; round < 30; round++) {
        fd = puller (t_accept (listener, T_TIMEOUT_MS), false);
        fill (sock);
        t_read (fd, body, (size_t) round * 7919, 5);
        reset (fd);
    }
    fd = puller (t_accept (listener, T_TIMEOUT_MS), false);
    fill (sock);
    flags = w_read (fd, got, sizeof got, &len);
    printf ("  next: flags %02x ", flags);
    t_bytes (got, len);
    putchar ('\n');
    close (fd);
    close (listener);
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    cr_init ();
    ctx = zmq_ctx_new ();
    bound (false);
    bound (true);
    dialled ();
    zmq_ctx_term (ctx);
    return 0;
}
