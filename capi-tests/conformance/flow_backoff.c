/*
 * How a connecting socket comes back: the intervals of CONNECT_RETRIED grow from
 * RECONNECT_IVL to RECONNECT_IVL_MAX (printed without the random part below
 * RECONNECT_IVL), start anew after a success, and CONNECT_TIMEOUT ends an
 * attempt that gets no answer.
 */
#include "../wire.h"

static void *ctx;

static void intervals (void *mon, int n, int ivl)
{
    for (int i = 0; i < n; i++) {
        uint32_t value = 0;
        t_need (t_event (mon, T_TIMEOUT_MS, &value, NULL)
                == ZMQ_EVENT_CONNECT_RETRIED);
        printf (" %u", value / (unsigned) ivl * (unsigned) ivl);
    }
    putchar ('\n');
}

static void growing (int ivl, int max, int n)
{
    void *push = t_socket (ctx, ZMQ_PUSH);
    void *mon = t_monitor (ctx, push, ZMQ_EVENT_CONNECT_RETRIED);
    char endpoint[256];
    printf ("IVL %d, MAX %d:", ivl, max);
    t_set_int (push, ZMQ_RECONNECT_IVL, ivl);
    t_set_int (push, ZMQ_RECONNECT_IVL_MAX, max);
    close (t_tcp_listen (endpoint));
    t_need (zmq_connect (push, endpoint) == 0);
    intervals (mon, n, ivl);
    w_unmonitor (push, mon);
    zmq_close (push);
}

static void anew (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *pull = t_socket (ctx, ZMQ_PULL);
    void *mon = t_monitor (ctx, push, ZMQ_EVENT_CONNECT_RETRIED);
    char endpoint[256];
    puts ("-- starting anew after a success");
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    t_set_int (push, ZMQ_RECONNECT_IVL_MAX, 40);
    close (t_tcp_listen (endpoint));
    t_need (zmq_connect (push, endpoint) == 0);
    intervals (mon, 4, 10);
    t_need (zmq_bind (pull, endpoint) == 0);
    t_send (push, "x", (char *) NULL);
    t_recv_print (pull, "pull");
    while (t_event (mon, 0, NULL, NULL))
        ;
    zmq_close (pull);
    intervals (mon, 4, 10);
    w_unmonitor (push, mon);
    zmq_close (push);
}

/* A listener whose queue is full: the kernel does not answer. */
static void timeout (void)
{
    void *push = t_socket (ctx, ZMQ_PUSH), *mon;
    struct sockaddr_in addr;
    socklen_t len = sizeof addr;
    char endpoint[256];
    int listener = t_tcp_listen (endpoint), filler[8];
    puts ("-- CONNECT_TIMEOUT 100");
    t_need (listen (listener, 0) == 0);
    t_need (getsockname (listener, (struct sockaddr *) &addr, &len) == 0);
    for (int i = 0; i < 8; i++) {
        filler[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect (filler[i], (struct sockaddr *) &addr, len);
    }
    RC (t_set_int (push, ZMQ_CONNECT_TIMEOUT, 100));
    t_set_int (push, ZMQ_RECONNECT_IVL, 10);
    mon = t_monitor (ctx, push, ZMQ_EVENT_ALL);
    t_need (zmq_connect (push, endpoint) == 0);
    for (int i = 0; i < 6; i++)
        puts (t_event_name (t_event (mon, T_TIMEOUT_MS, NULL, NULL)));
    w_unmonitor (push, mon);
    zmq_close (push);
    for (int i = 0; i < 8; i++)
        close (filler[i]);
    close (listener);
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    growing (10, 0, 5);
    growing (10, 80, 7);
    growing (10, 5, 5);
    growing (20, 40, 4);
    anew ();
    timeout ();
    zmq_ctx_term (ctx);
    return 0;
}
