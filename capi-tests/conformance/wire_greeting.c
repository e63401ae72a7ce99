/*
 * The greeting and READY of every socket type, byte for byte, on the binding
 * and on the connecting side: what is sent unasked, and what after 9, 10, 11,
 * 63 and 64 bytes of the peer's greeting; READY with and without a routing id;
 * a peer with a higher minor or major version; ipc.
 */
#include "../wire.h"

static void *ctx;

/* Exactly the bytes that are expected now, and then no more. */
static void reply (int fd, const char *when, size_t len)
{
    w_hex (fd, when, len);
    if (t_fd_poll (fd, POLLIN, 10))
        printf ("%s: more than expected\n", when);
}

static void steps (int fd, int major, int minor)
{
    unsigned char ours[64];
    w_greeting (ours, minor, "NULL");
    ours[10] = (unsigned char) major;
    reply (fd, "unasked", 10);
    t_write (fd, ours, 9);
    reply (fd, "after 9", 0);
    t_write (fd, ours + 9, 1);
    reply (fd, "after 10", 1);
    t_write (fd, ours + 10, 1);
    reply (fd, "after 11", 53);
    t_write (fd, ours + 11, 52);
    reply (fd, "after 63", 0);
    t_write (fd, ours + 63, 1);
}

static void versions (const char *proto, int major, int minor)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256];
    int fd;
    printf ("\n== %s, peer says %d.%d\n", proto, major, minor);
    t_need (t_bind_any (sock, endpoint, proto) == 0);
    fd = t_raw_connect (endpoint);
    t_need (fd >= 0);
    steps (fd, major, minor);
    w_print (fd, "after 64");
    w_ready (fd, "ROUTER", NULL);
    w_text (fd, 0, "hello");
    t_recv_print (sock, "dealer");
    t_send (sock, "world", (char *) NULL);
    w_print (fd, "peer");
    close (fd);
    zmq_close (sock);
}

static void connecting (void)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    int listener, fd;
    puts ("\n== connecting");
    fd = w_dialled (sock, &listener);
    steps (fd, 3, 1);
    w_print (fd, "after 64");
    w_ready (fd, "ROUTER", NULL);
    w_text (fd, 0, "hello");
    t_recv_print (sock, "dealer");
    close (fd);
    close (listener);
    zmq_close (sock);
}

/* READY of every type; bound and connected ones do not differ. */
static void ready (int type, const char *id, bool connects)
{
    void *sock = t_socket (ctx, type);
    char label[32];
    int listener = -1, fd;
    if (id)
        t_set_str (sock, ZMQ_ROUTING_ID, id);
    fd = connects ? w_dialled (sock, &listener) : w_dial (sock);
    snprintf (label, sizeof label, "%s%s", t_type_name (type),
              id ? " with id" : "");
    t_need (w_greet (fd, 1, "NULL"));
    w_print (fd, label);
    close (fd);
    if (listener >= 0)
        close (listener);
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    versions ("tcp", 3, 1);
    versions ("tcp", 3, 0);
    versions ("tcp", 3, 7);
    versions ("tcp", 4, 0);
    versions ("tcp", 255, 255);
    versions ("ipc", 3, 1);
    connecting ();
    for (int connects = 0; connects < 2; connects++) {
        printf ("\n== READY, %s\n", connects ? "connecting" : "bound");
        for (unsigned i = 0; i < T_COUNT (t_types); i++) {
            if (t_types[i] == ZMQ_STREAM)
                continue;
            ready (t_types[i], NULL, connects);
            ready (t_types[i], "id\x01", connects);
        }
    }
    zmq_ctx_term (ctx);
    return 0;
}
