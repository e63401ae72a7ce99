/*
 * Heartbeats: the PING that is sent (its TTL comes from HEARTBEAT_TTL in tenths
 * of a second, its context is empty), to peers of 3.1, 3.0 and 2.0; who answers
 * stays; who is silent is cut after HEARTBEAT_TIMEOUT, which is the interval by
 * default; other traffic is a sign of life; a peer's TTL binds us even without
 * any option; the values of the options.
 */
#include "../wire.h"

static void *ctx;

static void values (void)
{
    static const int ttl[] = {0, 99, 100, 150, 6553500, 6553599, 6553600, -1};
    void *sock = t_socket (ctx, ZMQ_PULL);
    puts ("== values");
    RC (t_get_int (sock, ZMQ_HEARTBEAT_IVL));
    RC (t_get_int (sock, ZMQ_HEARTBEAT_TTL));
    RC (t_get_int (sock, ZMQ_HEARTBEAT_TIMEOUT));
    for (unsigned i = 0; i < T_COUNT (ttl); i++) {
        int rc = t_set_int (sock, ZMQ_HEARTBEAT_TTL, ttl[i]);
        printf ("TTL %d: %s, reads %d\n", ttl[i], rc ? t_errno (errno) : "ok",
                t_get_int (sock, ZMQ_HEARTBEAT_TTL));
    }
    RC (t_set_int (sock, ZMQ_HEARTBEAT_IVL, -1));
    RC (t_set_int (sock, ZMQ_HEARTBEAT_TIMEOUT, -1));
    RC (t_set_int (sock, ZMQ_HEARTBEAT_TIMEOUT, 0));
    zmq_close (sock);
}

/* A bound PULL with these options. */
static void *open_pull (char endpoint[256], int ivl, int ttl, int timeout)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    printf ("\n== IVL %d, TTL %d, TIMEOUT %d\n", ivl, ttl, timeout);
    t_need (t_set_int (pull, ZMQ_HEARTBEAT_IVL, ivl) == 0);
    t_need (t_set_int (pull, ZMQ_HEARTBEAT_TTL, ttl) == 0);
    if (timeout >= 0)
        t_need (t_set_int (pull, ZMQ_HEARTBEAT_TIMEOUT, timeout) == 0);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    return pull;
}

/* Print the next PING and answer it, n times. */
static void answer (int fd, int n)
{
    for (int i = 0; i < n; i++) {
        if (!w_print (fd, "peer"))
            return;
        w_command (fd, "PONG", "", 0);
    }
}

static void pings (void)
{
    char endpoint[256];
    void *pull = open_pull (endpoint, 30, 0, 1000), *mon;
    int fd = w_peer (endpoint, 1, "PUSH", NULL);
    long start = t_now_ms ();
    answer (fd, 4);
    printf ("at the pace of the interval: %d\n", t_now_ms () - start >= 80);
    w_text (fd, 0, "x");
    t_recv_print (pull, "pull");
    close (fd);
    zmq_close (pull);

    pull = open_pull (endpoint, 30, 1250, 1000);
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    answer (fd, 2);
    close (fd);
    puts ("-- to a peer of 3.0");
    fd = w_peer (endpoint, 0, "PUSH", NULL);
    if (t_fd_poll (fd, POLLIN, 150))
        w_print (fd, "peer");
    else
        puts ("no PING");
    close (fd);
    puts ("-- to a peer of 2.0");
    fd = t_raw_connect (endpoint);
    W_LITERAL (fd, "\xff\0\0\0\0\0\0\0\x01\x7f\x01\x08\0\0");
    w_hex (fd, "greeting", 14);
    if (t_fd_poll (fd, POLLIN, 150))
        w_print (fd, "peer");
    else
        puts ("no PING");
    close (fd);
    zmq_close (pull);

    pull = open_pull (endpoint, 400, 0, -1);
    mon = t_monitor (ctx, pull, ZMQ_EVENT_ALL & ~ZMQ_EVENT_ACCEPTED);
    puts ("-- a silent peer");
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    w_print (fd, "peer");
    start = t_now_ms ();
    RC (t_read_eof (fd, T_TIMEOUT_MS));
    printf ("cut within four intervals: %d\n", t_now_ms () - start < 1600);
    t_event_print (mon, "event");
    t_event_print (mon, "event");
    close (fd);
    puts ("-- a peer that sends messages but no PONG");
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    for (int i = 0; i < 80; i++) {
        t_need (w_text (fd, 0, "alive"));
        t_need (zmq_recv (pull, NULL, 0, 0) == 5);
        t_settle (10);
    }
    RC (t_event_wait (mon, ZMQ_EVENT_HANDSHAKE_SUCCEEDED));
    RC (t_poll_in (mon, 0));
    close (fd);
    w_unmonitor (pull, mon);
    zmq_close (pull);
}

/* Our peer asks for a TTL, and then is silent. */
static void ttl_of_peer (void)
{
    void *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    long start;
    int fd;
    puts ("\n== a peer's TTL without any option");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    start = t_now_ms ();
    w_command (fd, "PING", "\0\x02hi", 4);
    w_print (fd, "peer");
    RC (t_read_eof (fd, T_TIMEOUT_MS));
    printf ("after its 0.2 s: %d, but within 1 s: %d\n",
            t_now_ms () - start >= 180, t_now_ms () - start < 1000);
    close (fd);
    puts ("-- a TTL of 0 asks for nothing; a later PING renews");
    fd = w_peer (endpoint, 1, "PUSH", NULL);
    w_command (fd, "PING", "\0\0", 2);
    w_print (fd, "peer");
    w_quiet (fd, "peer", 100);
    for (int i = 0; i < 8; i++) {
        w_command (fd, "PING", "\0\x03", 2);
        w_print (fd, "peer");
        t_settle (50);
    }
    close (fd);
    zmq_close (pull);
}

/* A connecting socket reconnects when its peer has gone silent. */
static void connecting (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *mon;
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd;
    puts ("\n== a connecting socket, IVL 60");
    t_set_int (push, ZMQ_HEARTBEAT_IVL, 60);
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    mon = t_monitor (ctx, push,
                     ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
    t_need (zmq_connect (push, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, 1, "PULL", NULL));
    w_print (fd, "peer");
    t_event_print (mon, "event");
    t_event_print (mon, "event");
    close (fd);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, 1, "PULL", NULL));
    t_event_print (mon, "event");
    close (fd);
    close (listener);
    w_unmonitor (push, mon);
    zmq_close (push);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    values ();
    pings ();
    ttl_of_peer ();
    connecting ();
    zmq_ctx_term (ctx);
    return 0;
}
