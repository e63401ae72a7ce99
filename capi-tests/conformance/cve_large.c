/*
 * Lengths, by raw peers of every framing: messages of more than 8192 bytes from
 * ZMTP 1.0 peers, cut where it hurts (CVE-2020-36400, CVE-2021-20235), and
 * lengths near 2^63 and 2^64, where a sum wraps (libzmq issue 1488,
 * CVE-2019-6250). Large ones arrive whole, lengths that no memory holds end the
 * connection, other peers are served.
 */
#include "../wire.h"

static void *ctx, *sock;
static char endpoint[256];

enum { UNVERSIONED, V1, V2, V3, FRAMINGS };
static const char *const names[] = {"unversioned", "ZMTP 1.0", "ZMTP 2.0", "ZMTP 3.1"};

static void open_pull (void)
{
    sock = t_socket (ctx, ZMQ_PULL);
    t_need (t_bind_any (sock, endpoint, "tcp") == 0);
}

/* A PUSH of that age, past its greeting and identity. */
static int peer (int framing)
{
    unsigned char drop[64];
    int fd;
    if (framing == V3)
        return w_peer (endpoint, 1, "PUSH", NULL);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0 && t_read (fd, drop, 10, T_TIMEOUT_MS) == 10);
    if (framing == UNVERSIONED) {
        W_LITERAL (fd, "\1\0");
        return fd;
    }
    t_write (fd, "\xff\0\0\0\0\0\0\0\1\x7f", 10);
    t_need (t_read (fd, drop, 1, T_TIMEOUT_MS) == 1);
    /* revision, socket type, an empty identity */
    t_write (fd, framing == V1 ? "\0\x8\1\0" : "\1\x8\0\0", 4);
    return fd;
}

/* The header of a frame; how many bytes. */
static size_t header (int framing, unsigned char head[10], uint64_t length, bool more)
{
    bool old = framing <= V1;
    head[0] = old ? 0xff : W_LONG | more;
    for (int i = 0; i < 8; i++)
        head[1 + i] = (unsigned char) (length >> (56 - 8 * i));
    head[9] = more;
    return old ? 10 : 9;
}

static void large (int framing, size_t size, size_t piece)
{
    unsigned char *bytes = malloc (size + 10);
    int fd;
    printf ("%s, three messages of %zu bytes in pieces of %zu\n", names[framing], size, piece);
    open_pull ();
    fd = peer (framing);
    for (int i = 0; i < 3; i++) {
        size_t n = header (framing, bytes, size + (framing <= V1), i == 1);
        for (size_t k = 0; k < size; k++)
            bytes[n + k] = (unsigned char) (k * 7 + k / 251 + (size_t) i);
        for (size_t at = 0; at < n + size; at += piece)
            t_write (fd, bytes + at, n + size - at < piece ? n + size - at : piece);
    }
    t_recv_print (sock, "  received");
    t_recv_print (sock, "  received");
    close (fd);
    zmq_close (sock);
    free (bytes);
}

static void absurd (int framing, const char *what, uint64_t length)
{
    unsigned char head[10], body[9000];
    int fd, good;
    size_t n;
    printf ("%s, a length of %s\n", names[framing], what);
    memset (body, 'b', sizeof body);
    open_pull ();
    good = peer (V3);
    fd = peer (framing);
    n = header (framing, head, length, false);
    t_write (fd, head, n);
    t_write (fd, body, sizeof body);
    t_write (fd, body, sizeof body);
    printf ("  closed: %d\n", t_read_eof (fd, T_TIMEOUT_MS));
    w_text (good, 0, "good");
    t_recv_print (sock, "  received");
    close (fd);
    close (good);
    zmq_close (sock);
}

int main (void)
{
    static const size_t sizes[] = {8191, 8192, 8193, 20000, 1000000};
    static const size_t pieces[] = {8192, 8201, 1 << 20};
    t_init ();
    ctx = zmq_ctx_new ();
    for (int framing = 0; framing < FRAMINGS; framing++) {
        for (unsigned i = 0; i < T_COUNT (sizes); i++)
            for (unsigned k = 0; k < T_COUNT (pieces); k++)
                large (framing, sizes[i], pieces[k]);
        absurd (framing, "2^63", 1ull << 63);
        absurd (framing, "2^63 + 1", (1ull << 63) + 1);
        absurd (framing, "2^64 - 1", UINT64_MAX);
        absurd (framing, "2^64 - 8", UINT64_MAX - 7);
        absurd (framing, "2^64 - 64", UINT64_MAX - 63);
        absurd (framing, "2^64 - 8192", UINT64_MAX - 8191);
        if (framing <= V1)
            absurd (framing, "0", 0);
    }
    zmq_ctx_term (ctx);
    return 0;
}
