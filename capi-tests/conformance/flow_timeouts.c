/*
 * SNDTIMEO and RCVTIMEO: 0, some milliseconds and -1; DONTWAIT wins; the errno
 * is EAGAIN; a message that comes in time; changed between calls; in the middle
 * of a multipart message; and for every socket type with nobody there.
 */
#include "../wire.h"

static void *ctx;

static void timed (const char *what, int rc, int e, long start, long least)
{
    long ms = t_now_ms () - start;
    printf ("%s: %s, %s\n", what, rc < 0 ? t_errno (e) : "ok",
            ms < least ? "too early" : ms > least + 3000 ? "too late"
                                                        : "in time");
}

static void waits (int ms, int flags)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char byte;
    long start;
    int rc;
    printf ("-- %d ms%s\n", ms, flags ? " with DONTWAIT" : "");
    t_timeouts (pull, ms);
    t_timeouts (push, ms);
    start = t_now_ms ();
    rc = zmq_recv (pull, &byte, 1, flags);
    timed ("recv", rc, errno, start, flags ? 0 : ms);
    start = t_now_ms ();
    rc = zmq_send (push, &byte, 1, flags);
    timed ("send", rc, errno, start, flags ? 0 : ms);
    zmq_close (pull);
    zmq_close (push);
}

static void all_types (void)
{
    puts ("\n== every type alone, 15 ms");
    for (unsigned i = 0; i < T_COUNT (t_types); i++) {
        void *sock = t_socket (ctx, t_types[i]);
        char byte;
        int sent, got, e;
        t_timeouts (sock, 15);
        sent = zmq_send (sock, "x", 1, 0);
        e = errno;
        got = zmq_recv (sock, &byte, 1, 0);
        printf ("%s: send %s, recv %s\n", t_type_name (t_types[i]),
                sent < 0 ? t_errno (e) : "ok",
                got < 0 ? t_errno (errno) : "ok");
        zmq_close (sock);
    }
}

static void *send_later (void *sock)
{
    t_settle (60);
    t_send (sock, "in time", (char *) NULL);
    return NULL;
}

static void in_time (int ms)
{
    void *pull = t_socket (ctx, ZMQ_PULL), *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[256];
    pthread_t thread;
    printf ("-- a message after 60 ms, RCVTIMEO %d\n", ms);
    t_timeouts (pull, ms);
    t_need (t_bind_any (pull, endpoint, "inproc") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    pthread_create (&thread, NULL, send_later, push);
    t_recv_print (pull, "pull");
    pthread_join (thread, NULL);
    zmq_close (pull);
    zmq_close (push);
}

static void values (void)
{
    void *sock = zmq_socket (ctx, ZMQ_PAIR);
    static const int all[] = {-2, -1, 0, 1, 2147483647};
    puts ("== values");
    printf ("default %d %d\n", t_get_int (sock, ZMQ_SNDTIMEO),
            t_get_int (sock, ZMQ_RCVTIMEO));
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        int s = t_set_int (sock, ZMQ_SNDTIMEO, all[i]);
        int r = t_set_int (sock, ZMQ_RCVTIMEO, all[i]);
        printf ("%d: %d %d\n", all[i], s, r);
    }
    zmq_close (sock);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    values ();
    puts ("\n== with nobody there");
    waits (0, 0);
    waits (70, 0);
    waits (70, ZMQ_DONTWAIT);
    waits (-1, ZMQ_DONTWAIT);
    in_time (2000);
    in_time (-1);
    all_types ();
    zmq_ctx_term (ctx);
    return 0;
}
