/*
 * ZMQ_LINGER: what becomes of unsent messages when a socket is closed, with
 * linger 0, some milliseconds and -1 (the default), with a peer, without one
 * and with one that comes late; how long zmq_ctx_term takes, coarsely; linger
 * set late; zmq_disconnect; and ZMQ_BLOCKY.
 */
#include "../wire.h"

/* At least and at most so many ms, as words. */
static void took (long start, long least, long most)
{
    long ms = t_now_ms () - start;
    printf ("%s\n", ms < least ? "too early" : ms > most ? "too late"
                                                         : "in time");
}

static void values (void)
{
    static const int all[] = {0, 1, -1, -2, 100000};
    void *ctx = zmq_ctx_new (), *sock = zmq_socket (ctx, ZMQ_PUSH);
    puts ("== values");
    RC (t_get_int (sock, ZMQ_LINGER) + 100);
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        int rc = t_set_int (sock, ZMQ_LINGER, all[i]);
        printf ("%d: %s, reads %d\n", all[i], rc ? t_errno (errno) : "ok",
                t_get_int (sock, ZMQ_LINGER));
    }
    zmq_close (sock);
    zmq_ctx_term (ctx);
    puts ("-- ZMQ_BLOCKY 0 makes 0 the default");
    ctx = zmq_ctx_new ();
    RC (zmq_ctx_set (ctx, ZMQ_BLOCKY, 0));
    sock = zmq_socket (ctx, ZMQ_PUSH);
    printf ("linger %d\n", t_get_int (sock, ZMQ_LINGER));
    zmq_close (sock);
    zmq_ctx_term (ctx);
}

/* Nobody is there. */
static void no_peer (int linger, long least, long most)
{
    void *ctx = zmq_ctx_new (), *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    long start;
    printf ("\n== nobody there, linger %d\n", linger);
    close (t_tcp_listen (endpoint));
    t_set_int (push, ZMQ_LINGER, linger);
    t_need (zmq_connect (push, endpoint) == 0);
    RC (t_send (push, "lost", (char *) NULL));
    start = t_now_ms ();
    RC (zmq_close (push));
    printf ("close: ");
    took (start, 0, 2500);
    RC (zmq_ctx_term (ctx));
    printf ("term: ");
    took (start, least, most);
}

/* A reader that begins only when the writer is closed. */
static void slow_peer (const char *proto, int linger)
{
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (other, ZMQ_PULL);
    char endpoint[256];
    int got = 0;
    printf ("\n== 2000 messages to a slow reader over %s, linger %d\n", proto,
            linger);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_set_int (push, ZMQ_LINGER, linger);
    t_set_int (push, ZMQ_SNDHWM, 0);
    t_set_int (pull, ZMQ_RCVHWM, 10);
    t_need (zmq_connect (push, endpoint) == 0);
    for (int i = 0; i < 2000; i++)
        zmq_send (push, "0123456789", 10, i % 2 ? 0 : ZMQ_SNDMORE);
    RC (zmq_close (push));
    while (got < 2000 && zmq_recv (pull, NULL, 0, 0) == 10)
        got++;
    printf ("got all: %d\n", got == 2000);
    RC (zmq_ctx_term (ctx));
    zmq_close (pull);
    zmq_ctx_term (other);
}

/* The peer appears while we linger. */
static void late_peer (void)
{
    void *ctx = zmq_ctx_new (), *other = zmq_ctx_new ();
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (other, ZMQ_PULL);
    char endpoint[256];
    puts ("\n== the peer comes after the close, linger -1");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    zmq_unbind (pull, endpoint);
    t_set_int (push, ZMQ_LINGER, -1);
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "1", (char *) NULL);
    t_send (push, "2", "tail", (char *) NULL);
    RC (zmq_close (push));
    while (zmq_bind (pull, endpoint) == -1)
        t_settle (1);
    t_recv_print (pull, "pull");
    t_recv_print (pull, "pull");
    RC (zmq_ctx_term (ctx));
    zmq_close (pull);
    zmq_ctx_term (other);
}

/* A bound socket has nobody to send to: its linger does not matter. */
static void bound_only (void)
{
    void *ctx = zmq_ctx_new (), *push = zmq_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    long start = t_now_ms ();
    puts ("\n== bound, nobody there, linger -1");
    t_need (t_bind_any (push, endpoint, "tcp") == 0);
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    RC (zmq_close (push));
    RC (zmq_ctx_term (ctx));
    took (start, 0, 2500);
}

/* Received but unread messages never hold anything up. */
static void unread (void)
{
    void *ctx = zmq_ctx_new ();
    void *push = zmq_socket (ctx, ZMQ_PUSH), *pull = zmq_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    long start = t_now_ms ();
    puts ("\n== unread messages, linger -1 on both sides");
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "1", (char *) NULL);
    t_send (push, "2", (char *) NULL);
    t_poll_in (pull, T_TIMEOUT_MS);
    RC (zmq_close (pull));
    RC (zmq_close (push));
    RC (zmq_ctx_term (ctx));
    took (start, 0, 2500);
}

/* zmq_disconnect leaves what is queued to linger as well. */
static void disconnected (const char *proto)
{
    void *ctx = zmq_ctx_new (), *push = t_socket (ctx, ZMQ_PUSH);
    void *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    int got = 0;
    printf ("\n== disconnect with 500 messages under way over %s\n", proto);
    t_set_int (push, ZMQ_LINGER, -1);
    t_set_int (push, ZMQ_SNDHWM, 0);
    t_set_int (pull, ZMQ_RCVHWM, 5);
    t_need (t_bind_any (pull, endpoint, proto) == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    for (int i = 0; i < 500; i++)
        zmq_send (push, "x", 1, ZMQ_DONTWAIT);
    RC (zmq_disconnect (push, endpoint));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    while (got < 500 && zmq_recv (pull, NULL, 0, 0) == 1)
        got++;
    printf ("got %d\n", got);
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (ctx);
}

/* The linger that counts is the one at zmq_close. */
static void set_late (void)
{
    void *ctx = zmq_ctx_new (), *push = zmq_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    long start;
    puts ("\n== linger -1 at connect, 0 at close");
    close (t_tcp_listen (endpoint));
    t_need (zmq_connect (push, endpoint) == 0);
    t_send (push, "lost", (char *) NULL);
    t_set_int (push, ZMQ_LINGER, 0);
    start = t_now_ms ();
    zmq_close (push);
    RC (zmq_ctx_term (ctx));
    took (start, 0, 2500);
}

int main (void)
{
    t_init ();
    values ();
    no_peer (0, 0, 2500);
    no_peer (150, 130, 2500);
    slow_peer ("tcp", -1);
    slow_peer ("tcp", 1500);
    slow_peer ("ipc", 1500);
    late_peer ();
    bound_only ();
    unread ();
    disconnected ("inproc");
    disconnected ("tcp");
    set_late ();
    return 0;
}
