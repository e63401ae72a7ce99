/*
 * ZMTP 2.0 (RFC 15): a raw peer that announces revision 1 after the signature
 * talks to sockets of every type: the greeting step by step (with and without a
 * routing id, bound and connecting), frames, subscriptions as messages, a wrong
 * socket type, and revision 0 (2.0's greeting, 1.0's framing)
 * and revision 2.
 */
#include "../wire.h"

static void *ctx;

static const char signature[10] = {'\xff', 0, 0, 0, 0, 0, 0, 0, 1, '\x7f'};

/* Our side up to our identity frame, which is flags, length, bytes. */
static void greet (int fd, int revision, int type, size_t id_len)
{
    char byte;
    w_hex (fd, "unasked", 10);
    t_write (fd, signature, 10);
    w_hex (fd, "after the signature", 1);
    byte = (char) revision;
    t_write (fd, &byte, 1);
    w_hex (fd, "after the revision", 1);
    byte = (char) type;
    t_write (fd, &byte, 1);
    w_hex (fd, "after the type", 2 + id_len);
}

static void *bound (int type, const char *id, int peer, int *fd)
{
    void *sock = t_socket (ctx, type);
    printf ("\n== %s bound%s, peer of type %d\n", t_type_name (type),
            id ? " with an id" : "", peer);
    if (id)
        t_set_str (sock, ZMQ_ROUTING_ID, id);
    *fd = w_dial (sock);
    greet (*fd, 1, peer, id ? strlen (id) : 0);
    return sock;
}

static void all_types (void)
{
    int fd;
    void *sock = bound (ZMQ_PAIR, NULL, ZMQ_PAIR, &fd);
    char big[300];
    memset (big, 'b', sizeof big);
    W_LITERAL (fd, "\x00\x00" "\x01\x02" "hi\x00\x05" "there");
    t_recv_print (sock, "pair");
    w_frame (fd, 0, big, sizeof big);
    t_recv_print (sock, "pair");
    zmq_send (sock, big, sizeof big, ZMQ_SNDMORE);
    zmq_send (sock, "", 0, 0);
    w_print (fd, "peer");
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = bound (ZMQ_ROUTER, "me", ZMQ_DEALER, &fd);
    W_LITERAL (fd, "\x00\x03pid" "\x01\x00" "\x00\x02hi");
    t_recv_print (sock, "router");
    t_send (sock, "pid", "back", (char *) NULL);
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = bound (ZMQ_ROUTER, NULL, ZMQ_REQ, &fd);
    {
        char own[16];
        W_LITERAL (fd, "\x00\x00" "\x01\x00" "\x00\x02hi");
        RC (zmq_recv (sock, own, sizeof own, 0));
        printf ("first byte %02x\n", own[0]);
        t_recv_print (sock, "router, after the id");
    }
    w_end (sock, fd);

    sock = bound (ZMQ_REQ, "req", ZMQ_REP, &fd);
    W_LITERAL (fd, "\x00\x00");
    t_send (sock, "question", (char *) NULL);
    w_print (fd, "peer");
    w_print (fd, "peer");
    W_LITERAL (fd, "\x01\x00\x00\x06" "answer");
    t_recv_print (sock, "req");
    w_end (sock, fd);

    sock = bound (ZMQ_REP, NULL, ZMQ_REQ, &fd);
    W_LITERAL (fd, "\x00\x00" "\x01\x00\x00\x01q");
    t_recv_print (sock, "rep");
    t_send (sock, "a", (char *) NULL);
    w_print (fd, "peer");
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = bound (ZMQ_PUSH, NULL, ZMQ_PULL, &fd);
    W_LITERAL (fd, "\x00\x00");
    t_send (sock, "job", (char *) NULL);
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = bound (ZMQ_PULL, NULL, ZMQ_PUSH, &fd);
    W_LITERAL (fd, "\x00\x00" "\x00\x03job");
    t_recv_print (sock, "pull");
    w_end (sock, fd);

    sock = bound (ZMQ_XPUB, NULL, ZMQ_SUB, &fd);
    W_LITERAL (fd, "\x00\x00" "\x00\x02\x01s" "\x00\x02hi" "\x00\x02\x00s"
                   "\x00\x01\x01");
    for (int i = 0; i < 4; i++)
        t_recv_print (sock, "xpub");
    t_send (sock, "s1", (char *) NULL);
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = bound (ZMQ_SUB, "sub", ZMQ_PUB, &fd);
    t_set_str (sock, ZMQ_SUBSCRIBE, "top");
    W_LITERAL (fd, "\x00\x00");
    t_recv_none (sock, "sub", 50); /* its thread takes the connection over */
    w_print (fd, "peer");
    t_set_str (sock, ZMQ_UNSUBSCRIBE, "top");
    w_print (fd, "peer");
    zmq_setsockopt (sock, ZMQ_SUBSCRIBE, "", 0);
    w_print (fd, "peer");
    W_LITERAL (fd, "\x01\x01x\x00\x01y");
    t_recv_print (sock, "sub");
    w_end (sock, fd);

    sock = bound (ZMQ_XSUB, NULL, ZMQ_XPUB, &fd);
    W_LITERAL (fd, "\x00\x00");
    t_recv_none (sock, "xsub", 50);
    zmq_send (sock, "\x01z", 2, 0);
    w_print (fd, "peer");
    w_end (sock, fd);
}

/* A command frame is none in 2.0: the flag is not looked at. */
static void no_commands (void)
{
    int fd;
    void *sock = bound (ZMQ_PULL, NULL, ZMQ_PUSH, &fd);
    W_LITERAL (fd, "\x00\x00" "\x04\x05\x04PING" "\x00\x01x");
    t_recv_print (sock, "pull");
    t_recv_none (sock, "pull", 50);
    w_end (sock, fd);
}

/* The type of the peer is not checked. */
static void wrong_type (int type, int peer)
{
    int fd;
    void *sock = bound (type, NULL, peer, &fd);
    W_LITERAL (fd, "\x00\x00" "\x00\x01x");
    t_recv_print (sock, "socket");
    w_end (sock, fd);
}

static void connecting (void)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    int listener, fd;
    puts ("\n== DEALER connecting, ROUTER peer");
    fd = w_dialled (sock, &listener);
    greet (fd, 1, ZMQ_ROUTER, 0);
    W_LITERAL (fd, "\x00\x02id" "\x00\x05hello");
    t_recv_print (sock, "dealer");
    t_send (sock, "back", (char *) NULL);
    w_print (fd, "peer");
    close (listener);
    w_end (sock, fd);
}

/* Revision 0 goes on with the framing of 1.0. */
static void revision_0 (void)
{
    void *sock = t_socket (ctx, ZMQ_ROUTER);
    int fd;
    puts ("\n== revision 0");
    t_set_str (sock, ZMQ_ROUTING_ID, "me");
    fd = w_dial (sock);
    greet (fd, 0, ZMQ_DEALER, 2);
    W_LITERAL (fd, "\x04\x00pid" "\x02\x01x\x02\x00y");
    t_recv_print (sock, "router");
    t_send (sock, "pid", "back", "again", (char *) NULL);
    w_hex (fd, "peer", 13);
    w_end (sock, fd);
}

/* Revision 2 does not exist; it is answered as 3.x. */
static void revision_2 (void)
{
    void *sock = t_socket (ctx, ZMQ_PULL);
    int fd;
    puts ("\n== revision 2");
    fd = w_dial (sock);
    w_hex (fd, "unasked", 10);
    t_write (fd, signature, 10);
    W_LITERAL (fd, "\x02");
    w_hex (fd, "then", 54);
    w_end (sock, fd);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    all_types ();
    no_commands ();
    wrong_type (ZMQ_PULL, ZMQ_PULL);
    wrong_type (ZMQ_PAIR, ZMQ_PUSH);
    wrong_type (ZMQ_PULL, 99);
    connecting ();
    revision_0 ();
    revision_2 ();
    zmq_ctx_term (ctx);
    return 0;
}
