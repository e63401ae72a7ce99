/*
 * ZMTP 1.0 (RFC 13): a raw peer without any signature, whose first bytes are
 * the identity frame: length (flags included), flags, bytes. The socket's
 * signature has then been sent already, and is made so that an old peer takes
 * it for the head of a long identity frame. Also: messages of all lengths,
 * subscriptions, the subscribe-all that an old subscriber is given, and a
 * greeting cut into single bytes.
 */
#include "../wire.h"

static void *ctx;

static void *bound (int type, const char *id, int *fd)
{
    void *sock = t_socket (ctx, type);
    printf ("\n== %s bound%s\n", t_type_name (type), id ? " with an id" : "");
    if (id)
        t_set_str (sock, ZMQ_ROUTING_ID, id);
    *fd = w_dial (sock);
    w_hex (*fd, "unasked", 10);
    return sock;
}

static void all_types (void)
{
    int fd;
    void *sock = bound (ZMQ_PAIR, NULL, &fd);
    char big[300], bytes[320];
    memset (big, 'b', sizeof big);
    W_LITERAL (fd, "\x01\x00" "\x03\x01hi" "\x06\x00there" "\x01\x00");
    t_recv_print (sock, "pair");
    t_recv_print (sock, "pair");
    puts ("-- a long message: ff, eight bytes of length, flags");
    memcpy (bytes, "\xff\0\0\0\0\0\0\x01\x2d\x00", 10);
    memcpy (bytes + 10, big, 300);
    t_write (fd, bytes, 310);
    t_recv_print (sock, "pair");
    puts ("-- a short message in the long form");
    W_LITERAL (fd, "\xff\0\0\0\0\0\0\0\x02\x00x");
    t_recv_print (sock, "pair");
    zmq_send (sock, "", 0, ZMQ_SNDMORE);
    zmq_send (sock, big, 253, ZMQ_SNDMORE);
    zmq_send (sock, big, 254, ZMQ_SNDMORE);
    zmq_send (sock, big, 1, 0);
    w_hex (fd, "peer: empty", 2);
    w_hex (fd, "peer: head of 253", 2);
    t_read (fd, bytes, 253, T_TIMEOUT_MS);
    w_hex (fd, "peer: head of 254", 10);
    t_read (fd, bytes, 254, T_TIMEOUT_MS);
    w_hex (fd, "peer: last", 3);
    w_end (sock, fd);

    sock = bound (ZMQ_ROUTER, "me", &fd);
    W_LITERAL (fd, "\x04\x00pid" "\x01\x01" "\x03\x00hi");
    w_hex (fd, "id", 2);
    t_recv_print (sock, "router");
    t_send (sock, "pid", "", "back", (char *) NULL);
    w_hex (fd, "peer", 8);
    w_end (sock, fd);

    sock = bound (ZMQ_ROUTER, NULL, &fd);
    {
        char own[16];
        W_LITERAL (fd, "\x01\x00" "\x01\x01" "\x03\x00hi");
        RC (zmq_recv (sock, own, sizeof own, 0));
        printf ("first byte %02x\n", own[0]);
        t_recv_print (sock, "router, after the id");
    }
    w_end (sock, fd);

    sock = bound (ZMQ_REQ, NULL, &fd);
    W_LITERAL (fd, "\x01\x00");
    t_send (sock, "q", (char *) NULL);
    w_hex (fd, "peer", 5);
    W_LITERAL (fd, "\x01\x01\x02\x00" "a");
    t_recv_print (sock, "req");
    w_end (sock, fd);

    sock = bound (ZMQ_REP, NULL, &fd);
    W_LITERAL (fd, "\x01\x00" "\x01\x01\x02\x00q");
    t_recv_print (sock, "rep");
    t_send (sock, "a", (char *) NULL);
    w_hex (fd, "peer", 5);
    w_end (sock, fd);

    sock = bound (ZMQ_PUSH, "pusher", &fd);
    W_LITERAL (fd, "\x01\x00");
    w_hex (fd, "id", 6);
    t_send (sock, "job", "x", (char *) NULL);
    w_hex (fd, "peer", 8);
    w_end (sock, fd);

    sock = bound (ZMQ_PULL, NULL, &fd);
    W_LITERAL (fd, "\x01\x00" "\x04\x00job");
    t_recv_print (sock, "pull");
    w_end (sock, fd);

    sock = bound (ZMQ_SUB, NULL, &fd);
    t_set_str (sock, ZMQ_SUBSCRIBE, "top");
    W_LITERAL (fd, "\x01\x00");
    t_recv_none (sock, "sub", 50); /* its thread takes the connection over */
    w_hex (fd, "peer", 6);
    t_set_str (sock, ZMQ_UNSUBSCRIBE, "top");
    w_hex (fd, "peer", 6);
    W_LITERAL (fd, "\x04\x00top");
    t_recv_none (sock, "sub", 50);
    w_end (sock, fd);
}

/* A 1.0 subscriber gets everything without asking. */
static void publisher (void)
{
    int fd;
    void *sock = bound (ZMQ_XPUB, NULL, &fd);
    W_LITERAL (fd, "\x01\x00");
    t_recv_print (sock, "xpub");
    t_send (sock, "unasked", (char *) NULL);
    w_hex (fd, "peer", 9);
    puts ("-- it may subscribe as well");
    W_LITERAL (fd, "\x03\x00\x01s");
    t_recv_print (sock, "xpub");
    t_send (sock, "s", "1", (char *) NULL);
    w_hex (fd, "peer", 6);
    W_LITERAL (fd, "\x03\x00\x00s" "\x02\x00\x00");
    t_recv_print (sock, "xpub");
    t_recv_print (sock, "xpub");
    t_send (sock, "nobody", (char *) NULL);
    w_quiet (fd, "peer", 50);
    w_end (sock, fd);
}

static void connecting (void)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    int listener, fd;
    puts ("\n== DEALER connecting");
    fd = w_dialled (sock, &listener);
    w_hex (fd, "unasked", 10);
    W_LITERAL (fd, "\x01\x00" "\x06\x00hello");
    t_recv_print (sock, "dealer");
    t_send (sock, "back", (char *) NULL);
    w_hex (fd, "peer", 6);
    close (fd);
    close (listener);
    zmq_close (sock);
}

static void byte_by_byte (void)
{
    static const char bytes[] = "\x04\x00pid" "\x02\x01x\x03\x00yz";
    int fd;
    void *sock = bound (ZMQ_ROUTER, NULL, &fd);
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        t_write (fd, bytes + i, 1);
        t_settle (1);
    }
    t_recv_print (sock, "router");
    w_end (sock, fd);
}

/* An identity frame of nine bytes in the long form begins like a signature;
   its tenth byte decides. */
static void long_identity (void)
{
    int fd;
    void *sock = bound (ZMQ_ROUTER, NULL, &fd);
    W_LITERAL (fd, "\xff\0\0\0\0\0\0\0\x04\x00pid" "\x02\x00x");
    t_recv_print (sock, "router");
    w_end (sock, fd);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    all_types ();
    publisher ();
    connecting ();
    byte_by_byte ();
    long_identity ();
    zmq_ctx_term (ctx);
    return 0;
}
