/*
 * ZMQ_FD in detail, over inproc where nothing is left to chance: whether the
 * descriptor is readable after each step of a script, before and after a look
 * at ZMQ_EVENTS. A stricter sister of poll_fd.
 */
#include "../t.h"

static void *a, *b;

static int readable (void *sock)
{
    int fd = t_get_int (sock, ZMQ_FD);
    return t_fd_poll (fd, POLLIN, 0) & POLLIN ? 1 : 0;
}

static void step (const char *what)
{
    int fd_a = readable (a), fd_b = readable (b);
    int events_a = t_get_int (a, ZMQ_EVENTS), events_b = t_get_int (b, ZMQ_EVENTS);
    int after_a = readable (a), after_b = readable (b);
    printf ("%s: a fd %d, EVENTS %d, fd %d; b fd %d, EVENTS %d, fd %d\n", what, fd_a, events_a,
            after_a, fd_b, events_b, after_b);
}

static void script (void *ctx, int type_a, int type_b)
{
    char endpoint[32];
    snprintf (endpoint, sizeof endpoint, "inproc://detail-%d", type_a);
    printf ("%s and %s\n", t_type_name (type_a), t_type_name (type_b));
    a = t_socket (ctx, type_a);
    b = t_socket (ctx, type_b);
    step ("new");
    zmq_bind (a, endpoint);
    step ("bound");
    zmq_connect (b, endpoint);
    step ("connected");
    t_send (b, "1", (char *) NULL);
    step ("b sent");
    t_send (b, "2", (char *) NULL);
    step ("b sent again");
    t_recv_flags (a, "a", ZMQ_DONTWAIT);
    step ("a took one");
    t_recv_flags (a, "a", ZMQ_DONTWAIT);
    step ("a took the other");
    t_recv_flags (a, "a", ZMQ_DONTWAIT);
    step ("a found none");
    t_send (b, "3", (char *) NULL);
    step ("b sent");
    zmq_send (b, "4", 1, ZMQ_SNDMORE);
    step ("b sent half");
    zmq_send (b, "5", 1, 0);
    step ("b sent the rest");
    t_recv_flags (a, "a", ZMQ_DONTWAIT);
    t_recv_flags (a, "a", ZMQ_DONTWAIT);
    step ("a took both");
    zmq_disconnect (b, endpoint);
    printf ("b disconnected: a fd %d", readable (a));
    printf (", EVENTS %d; b EVENTS %d\n", t_get_int (a, ZMQ_EVENTS), t_get_int (b, ZMQ_EVENTS));
    zmq_close (a);
    zmq_close (b);
}

int main (void)
{
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    script (ctx, ZMQ_PAIR, ZMQ_PAIR);
    script (ctx, ZMQ_PULL, ZMQ_PUSH);
    script (ctx, ZMQ_DEALER, ZMQ_DEALER);
    RC (zmq_ctx_term (ctx));
    return 0;
}
