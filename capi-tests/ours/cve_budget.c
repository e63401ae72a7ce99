/*
 * What somebody may make us keep before we know who he is: a frame of the
 * handshake has at most 64 KiB, whatever ZMQ_MAXMSGSIZE says, and so has the
 * identity of an old peer. A longer one ends the connection by its header alone.
 * (The original goes by ZMQ_MAXMSGSIZE, which has no limit by default.)
 */
#include "../sec.h"

static void *ctx;

/* Of the peer: a mechanism's number, or this. */
enum { OLD = SEC_MECHANISMS, KINDS };

static void try (int kind, uint64_t length)
{
    void *sock = t_socket (ctx, ZMQ_PULL), *good;
    unsigned char head[9] = {W_LONG | W_COMMAND};
    char endpoint[256];
    int fd;
    printf ("%s, a first frame of %llu bytes\n", kind == OLD ? "ZMTP 2.0" : sec_names[kind], (unsigned long long) length);
    if (kind != SEC_NULL) /* which would ask the handler */
        sec_server (sock, kind);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    if (kind == OLD)
        W_LITERAL (fd, "\xff\0\0\0\0\0\0\0\1\x7f\1\x8");
    else
        t_need (w_greet (fd, 1, sec_names[kind]));
    if (kind == OLD)
        head[0] = W_LONG;
    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char) (length >> (56 - 8 * i));
    t_write (fd, head, sizeof head);
    printf ("  closed: %d\n", t_read_eof (fd, length > 65536 ? T_TIMEOUT_MS : 50));
    close (fd);
    good = t_socket (ctx, ZMQ_PUSH);
    sec_client (good, kind);
    t_need (zmq_connect (good, endpoint) == 0);
    t_send (good, "good", (char *) NULL);
    t_recv_print (sock, "  received");
    zmq_close (good);
    zmq_close (sock);
}

int main (void)
{
    static const uint64_t lengths[] = {65536, 65537, 1u << 20, 1ull << 40};
    t_init ();
    ctx = zmq_ctx_new ();
    zap_start (ctx, ZMQ_REP);
    for (int kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < T_COUNT (lengths); i++)
            try (kind, lengths[i]);
    zap_stop ();
    zmq_ctx_term (ctx);
    return 0;
}
