/*
 * ZMQ_IMMEDIATE: without it a connecting socket queues at once; with it only a
 * completed connection takes messages: sending blocks, poll says no, messages
 * go only to peers that are there, and what is queued when the peer goes is
 * lost with it.
 */
#include "../wire.h"

static void *ctx;

static void nobody (int immediate, const char *proto)
{
    void *push = t_socket (ctx, ZMQ_PUSH);
    char endpoint[300];
    printf ("\n== nobody there over %s, IMMEDIATE %d\n", proto, immediate);
    RC (t_set_int (push, ZMQ_IMMEDIATE, immediate));
    if (strcmp (proto, "tcp") == 0)
        close (t_tcp_listen (endpoint));
    else if (strcmp (proto, "ipc") == 0)
        snprintf (endpoint, sizeof endpoint, "ipc://%s/nobody", t_tmpdir ());
    else
        snprintf (endpoint, sizeof endpoint, "inproc://nobody%d", immediate);
    RC_AS ("connect", zmq_connect (push, endpoint));
    RC (t_get_int (push, ZMQ_EVENTS));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    t_timeouts (push, 30);
    RC (zmq_send (push, "x", 1, 0));
    zmq_close (push);
}

/* Two servers, of which one is missing. */
static void half_there (int immediate)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char there[256], missing[256];
    int got = 0;
    printf ("\n== one of two is there, IMMEDIATE %d\n", immediate);
    t_set_int (push, ZMQ_IMMEDIATE, immediate);
    close (t_tcp_listen (missing));
    t_need (t_bind_any (pull, there, "tcp") == 0);
    t_need (zmq_connect (push, missing) == 0);
    t_need (zmq_connect (push, there) == 0);
    t_poll_for (push, ZMQ_POLLOUT, T_TIMEOUT_MS);
    for (int i = 0; i < 10; i++)
        t_send (push, "x", (char *) NULL);
    while (got < 10 && (t_poll_in (pull, got < 5 ? 2000 : 100) & ZMQ_POLLIN))
        got += zmq_recv (pull, NULL, 0, 0) == 1;
    printf ("got %d\n", got);
    zmq_close (push);
    zmq_close (pull);
}

/* The server comes later. */
static void later (int immediate)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    char endpoint[256];
    printf ("\n== the server comes later, IMMEDIATE %d\n", immediate);
    t_set_int (push, ZMQ_IMMEDIATE, immediate);
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    zmq_unbind (pull, endpoint);
    t_need (zmq_connect (push, endpoint) == 0);
    RC (zmq_send (push, "early", 5, ZMQ_DONTWAIT));
    while (zmq_bind (pull, endpoint) == -1)
        t_settle (1);
    RC (t_send (push, "late", (char *) NULL));
    t_recv_print (pull, "pull");
    if (!immediate)
        t_recv_print (pull, "pull");
    zmq_close (push);
    zmq_close (pull);
}

/* The peer goes: writable until then, not afterwards. */
static void goes (int immediate)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *mon;
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), fd;
    printf ("\n== the peer goes, IMMEDIATE %d\n", immediate);
    t_set_int (push, ZMQ_IMMEDIATE, immediate);
    mon = t_monitor (ctx, push, ZMQ_EVENT_CONNECT_RETRIED);
    t_need (zmq_connect (push, endpoint) == 0);
    fd = t_accept (listener, T_TIMEOUT_MS);
    t_need (w_handshake (fd, 1, "PULL", NULL));
    RC (t_poll_for (push, ZMQ_POLLOUT, T_TIMEOUT_MS));
    t_send (push, "x", (char *) NULL);
    w_print (fd, "peer");
    close (listener);
    close (fd);
    RC (t_event_wait (mon, ZMQ_EVENT_CONNECT_RETRIED));
    t_settle (20);
    RC (t_get_int (push, ZMQ_EVENTS));
    RC (zmq_send (push, "x", 1, ZMQ_DONTWAIT));
    w_unmonitor (push, mon);
    zmq_close (push);
}

/* A REQ of which the only peer is not there. */
static void types (void)
{
    static const int all[] = {ZMQ_REQ, ZMQ_DEALER, ZMQ_PAIR, ZMQ_PUB,
                              ZMQ_ROUTER};
    puts ("\n== other types, nobody there, IMMEDIATE 1");
    for (unsigned i = 0; i < T_COUNT (all); i++) {
        void *sock = t_socket (ctx, all[i]);
        char endpoint[256];
        int rc;
        close (t_tcp_listen (endpoint));
        t_set_int (sock, ZMQ_IMMEDIATE, 1);
        t_need (zmq_connect (sock, endpoint) == 0);
        printf ("%s: events %d, ", t_type_name (all[i]),
                t_get_int (sock, ZMQ_EVENTS));
        rc = zmq_send (sock, "x", 1, ZMQ_DONTWAIT);
        printf ("send %s\n", rc < 0 ? t_errno (errno) : "ok");
        zmq_close (sock);
    }
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    for (int immediate = 0; immediate < 2; immediate++) {
        nobody (immediate, "tcp");
        nobody (immediate, "ipc");
        nobody (immediate, "inproc");
        half_there (immediate);
        later (immediate);
        goes (immediate);
    }
    types ();
    zmq_ctx_term (ctx);
    return 0;
}
