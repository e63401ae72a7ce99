/*
 * wire_null.h: the body of wire_null_30.c and wire_null_31.c, which define
 * MINOR: a raw peer of ZMTP 3.0 or 3.1 talks to a socket of every type, and
 * every frame that either side gets is printed.
 */
#ifndef WIRE_NULL_H
#define WIRE_NULL_H

#include "wire.h"

static void *ctx;

/* A bound socket and its raw peer. */
static void *open_bound (int type, const char *peer, const char *id, int *fd)
{
    void *sock = t_socket (ctx, type);
    char endpoint[256];
    printf ("\n== %s bound, %s peer\n", t_type_name (type), peer);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    *fd = w_peer (endpoint, MINOR, peer, id);
    return sock;
}

/* Frames of all lengths, both ways, and lengths in the long form. */
static void lengths (void)
{
    static const size_t sizes[] = {0, 1, 255, 256, 257, 8192, 65536};
    char *body = malloc (65536);
    int fd;
    void *sock = open_bound (ZMQ_PAIR, "PAIR", NULL, &fd);
    for (size_t i = 0; i < 65536; i++)
        body[i] = (char) (i % 251);
    for (unsigned i = 0; i < T_COUNT (sizes); i++) {
        zmq_send (sock, body, sizes[i], 0);
        w_print (fd, "peer");
        w_frame (fd, 0, body, sizes[i]);
        t_recv_print (sock, "pair");
        w_frame (fd, W_LONG, body, sizes[i]);
        t_recv_print (sock, "pair, long form");
    }
    zmq_send (sock, "a", 1, ZMQ_SNDMORE);
    zmq_send (sock, body, 300, ZMQ_SNDMORE);
    zmq_send (sock, "", 0, 0);
    for (int i = 0; i < 3; i++)
        w_print (fd, "peer");
    w_text (fd, W_MORE, "a");
    w_frame (fd, W_MORE, body, 300);
    w_text (fd, 0, "");
    t_recv_print (sock, "pair");
    free (body);
    w_end (sock, fd);
}

static void request_reply (void)
{
    int fd;
    void *sock = open_bound (ZMQ_REP, "REQ", NULL, &fd);
    w_text (fd, W_MORE, "");
    w_text (fd, W_MORE, "one");
    w_text (fd, 0, "two");
    t_recv_print (sock, "rep");
    t_send (sock, "three", "four", (char *) NULL);
    for (int i = 0; i < 3; i++)
        w_print (fd, "peer");
    w_end (sock, fd);

    sock = open_bound (ZMQ_REQ, "REP", NULL, &fd);
    t_send (sock, "one", "two", (char *) NULL);
    for (int i = 0; i < 3; i++)
        w_print (fd, "peer");
    w_text (fd, W_MORE, "");
    w_text (fd, W_MORE, "three");
    w_text (fd, 0, "four");
    t_recv_print (sock, "req");
    w_end (sock, fd);

    sock = open_bound (ZMQ_REQ, "ROUTER", NULL, &fd);
    t_set_int (sock, ZMQ_REQ_RELAXED, 1);
    t_send (sock, "one", (char *) NULL);
    w_print (fd, "peer");
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = open_bound (ZMQ_DEALER, "ROUTER", NULL, &fd);
    t_send (sock, "one", (char *) NULL);
    w_print (fd, "peer");
    w_text (fd, 0, "two");
    t_recv_print (sock, "dealer");
    w_end (sock, fd);
}

static void router (const char *peer, const char *id)
{
    int fd;
    void *sock = open_bound (ZMQ_ROUTER, peer, id, &fd);
    printf ("-- Identity %s\n", id ? *id ? id : "empty" : "absent");
    w_text (fd, W_MORE, "");
    w_text (fd, 0, "hello");
    if (id && *id) {
        t_recv_print (sock, "router");
        t_send (sock, id, "", "back", (char *) NULL);
    } else {
        char own[16];
        RC (zmq_recv (sock, own, sizeof own, 0));
        printf ("first byte %02x\n", own[0]);
        t_recv_print (sock, "router, after the id");
        zmq_send (sock, own, 5, ZMQ_SNDMORE);
        t_send (sock, "", "back", (char *) NULL);
    }
    w_print (fd, "peer");
    w_print (fd, "peer");
    w_end (sock, fd);
}

static void pipeline (void)
{
    int fd;
    void *sock = open_bound (ZMQ_PUSH, "PULL", NULL, &fd);
    t_send (sock, "job", "part", (char *) NULL);
    w_print (fd, "peer");
    w_print (fd, "peer");
    puts ("-- what PULL must not send is dropped");
    w_text (fd, 0, "nonsense");
    t_send (sock, "job 2", (char *) NULL);
    w_print (fd, "peer");
    w_end (sock, fd);

    sock = open_bound (ZMQ_PULL, "PUSH", NULL, &fd);
    w_text (fd, W_MORE, "job");
    w_text (fd, 0, "part");
    t_recv_print (sock, "pull");
    w_end (sock, fd);
}

/* Subscriptions that arrive as commands and as messages. */
static void publishers (int type)
{
    int fd;
    void *sock = open_bound (type, "SUB", NULL, &fd);
    if (type == ZMQ_XPUB)
        t_set_int (sock, ZMQ_XPUB_VERBOSER, 1);
    w_command (fd, "SUBSCRIBE", "a", 1);
    w_text (fd, 0, "\x01" "b");
    if (type == ZMQ_XPUB) {
        t_recv_print (sock, "xpub");
        t_recv_print (sock, "xpub");
    } else
        t_settle (100);
    t_send (sock, "a1", (char *) NULL);
    t_send (sock, "b1", "tail", (char *) NULL);
    t_send (sock, "c1", (char *) NULL);
    for (int i = 0; i < 3; i++)
        w_print (fd, "peer");
    w_command (fd, "CANCEL", "a", 1);
    w_frame (fd, 0, "\x00" "b", 2);
    w_command (fd, "SUBSCRIBE", "", 0);
    if (type == ZMQ_XPUB)
        for (int i = 0; i < 3; i++)
            t_recv_print (sock, "xpub");
    else
        t_settle (100);
    t_send (sock, "c2", (char *) NULL);
    w_print (fd, "peer");
    w_command (fd, "CANCEL", "", 0);
    puts ("-- a user message, and a subscription in the long form");
    w_text (fd, 0, "user");
    w_frame (fd, W_LONG, "\x01z", 2);
    if (type == ZMQ_XPUB)
        for (int i = 0; i < 3; i++)
            t_recv_print (sock, "xpub");
    else
        t_settle (100);
    t_send (sock, "c3", (char *) NULL);
    t_send (sock, "z3", (char *) NULL);
    w_print (fd, "peer");
    w_end (sock, fd);
}

/* Subscriptions that are sent, before and after the connection. */
static void subscribers (int type)
{
    bool sub = type == ZMQ_SUB;
    void *sock = t_socket (ctx, type);
    char endpoint[256], longest[301];
    int listener = t_tcp_listen (endpoint), fd;
    printf ("\n== %s connecting, PUB peer\n", t_type_name (type));
    memset (longest, 'L', sizeof longest);
    longest[0] = 1;
    if (sub)
        t_set_str (sock, ZMQ_SUBSCRIBE, "before");
    else
        zmq_send (sock, "\x01" "before", 7, 0);
    t_need (zmq_connect (sock, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, MINOR, "PUB", NULL));
    w_print (fd, "peer");
    if (sub) {
        t_set_str (sock, ZMQ_SUBSCRIBE, "after");
        zmq_setsockopt (sock, ZMQ_SUBSCRIBE, "", 0);
        t_set_str (sock, ZMQ_SUBSCRIBE, "after");
        t_set_str (sock, ZMQ_UNSUBSCRIBE, "after");
        t_set_str (sock, ZMQ_UNSUBSCRIBE, "after");
        zmq_setsockopt (sock, ZMQ_SUBSCRIBE, longest + 1, 300);
        zmq_setsockopt (sock, ZMQ_UNSUBSCRIBE, "", 0);
    } else {
        zmq_send (sock, "\x01" "after", 6, 0);
        zmq_send (sock, "\x01", 1, 0);
        zmq_send (sock, "\x01" "after", 6, 0);
        zmq_send (sock, "\x00" "after", 6, 0);
        zmq_send (sock, "\x00" "after", 6, 0);
        zmq_send (sock, longest, 301, 0);
        zmq_send (sock, "\x00", 1, 0);
        t_send (sock, "user", "message", (char *) NULL);
    }
    for (int i = 0; i < (sub ? 6 : 8); i++)
        w_print (fd, "peer");
    w_quiet (fd, "peer", 20);
    puts ("-- messages: wanted, unwanted, wanted; XSUB takes them all");
    w_text (fd, 0, "before 1");
    w_text (fd, W_MORE, "unwanted");
    w_text (fd, 0, "before");
    w_text (fd, W_MORE, "before 2");
    w_text (fd, 0, "tail");
    for (int i = 0; i < (sub ? 2 : 3); i++)
        t_recv_print (sock, "got");
    close (listener);
    w_end (sock, fd);
}

/* PING of the peer: TTL of two bytes, then a context that comes back. */
static void ping (void)
{
    static const size_t contexts[] = {0, 1, 15, 16, 17, 40};
    unsigned char data[64];
    int fd;
    void *sock = open_bound (ZMQ_PULL, "PUSH", NULL, &fd);
    memset (data, 'c', sizeof data);
    data[0] = data[1] = 0;
    for (unsigned i = 0; i < T_COUNT (contexts); i++) {
        printf ("PING with %zu bytes of context\n", contexts[i]);
        w_command (fd, "PING", data, 2 + contexts[i]);
        w_print (fd, "peer");
    }
    puts ("-- an unasked PONG, and a PING in the middle of a message");
    w_command (fd, "PONG", "what", 4);
    w_text (fd, W_MORE, "first");
    w_command (fd, "PING", "\0\0mid", 5);
    w_text (fd, 0, "last");
    w_print (fd, "peer");
    t_recv_print (sock, "pull");
    w_end (sock, fd);
}

/* Several frames in one segment, and one byte at a time. */
static void segments (void)
{
    static const char bytes[] = "\x00\x01" "a" "\x01\x02" "bb" "\x00\x00"
                                "\x02\x00\x00\x00\x00\x00\x00\x00\x03" "ccc";
    int fd, one = 1;
    void *sock = open_bound (ZMQ_PULL, "PUSH", NULL, &fd);
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    W_LITERAL (fd, bytes);
    for (int i = 0; i < 3; i++)
        t_recv_print (sock, "at once");
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        t_write (fd, bytes + i, 1);
        t_settle (1);
    }
    for (int i = 0; i < 3; i++)
        t_recv_print (sock, "byte by byte");
    w_end (sock, fd);
}

/* Greeting and READY in one write, two messages in the next. */
static void all_at_once (void)
{
    unsigned char bytes[256];
    void *sock = t_socket (ctx, ZMQ_PULL);
    size_t n = 64;
    int fd;
    puts ("\n== PULL bound, greeting and READY in one segment");
    fd = w_dial (sock);
    w_greeting (bytes, MINOR, "NULL");
    bytes[n++] = W_COMMAND;
    n++;
    memcpy (bytes + n, "\x05READY", 6);
    bytes[65] = (unsigned char) (6 + w_property (bytes + n + 6, "Socket-Type",
                                                 "PUSH"));
    n += bytes[65];
    t_write (fd, bytes, n);
    w_hex (fd, "peer", 64);
    w_print (fd, "peer");
    W_LITERAL (fd, "\x01\x01x\x00\x01y");
    t_recv_print (sock, "pull");
    w_end (sock, fd);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    lengths ();
    request_reply ();
    router ("DEALER", NULL);
    router ("DEALER", "");
    router ("REQ", "name");
    pipeline ();
    publishers (ZMQ_XPUB);
    publishers (ZMQ_PUB);
    subscribers (ZMQ_SUB);
    subscribers (ZMQ_XSUB);
    ping ();
    segments ();
    all_at_once ();
    zmq_ctx_term (ctx);
    return 0;
}

#endif
