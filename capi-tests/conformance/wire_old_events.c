/*
 * Monitor events of connections to peers of ZMTP 2.0 and 1.0: no handshake
 * event comes when they are ready; what comes when the peer goes.
 */
#include "../wire.h"

static void *ctx;

static void greet (int fd, int version)
{
    char head[32];
    t_read (fd, head, 10, T_TIMEOUT_MS);
    if (version == 2) {
        W_LITERAL (fd, "\xff\0\0\0\0\0\0\0\x01\x7f\x01\x05\x00\x00\x00\x02hi");
        t_read (fd, head, 4, T_TIMEOUT_MS); /* nothing unread: no reset */
    } else
        W_LITERAL (fd, "\x01\x00\x03\x00hi");
}

static void show (int version, bool connects)
{
    void *sock = t_socket (ctx, ZMQ_DEALER);
    void *mon = t_monitor (ctx, sock,
                           ZMQ_EVENT_ALL & ~ZMQ_EVENT_CONNECT_DELAYED);
    int fd, listener = -1;
    printf ("\n== DEALER %s, peer of version %d\n",
            connects ? "connecting" : "bound", version);
    fd = connects ? w_dialled (sock, &listener) : w_dial (sock);
    if (!connects)
        t_event_print (mon, "event");
    greet (fd, version);
    t_recv_print (sock, "dealer");
    t_event_print (mon, "event");
    puts ("-- the peer closes");
    close (fd);
    t_event_print (mon, "event");
    if (connects) {
        close (listener);
        t_event_print (mon, "event");
    } else
        printf ("another event: %d\n", t_poll_in (mon, 50) != 0);
    w_unmonitor (sock, mon);
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    for (int version = 1; version <= 2; version++) {
        show (version, false);
        show (version, true);
    }
    zmq_ctx_term (ctx);
    return 0;
}
