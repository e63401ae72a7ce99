/*
 * zmq_ctx_shutdown and what each call says afterwards (ETERM, mostly), on a
 * context with and without sockets; shutdown twice; then close and term. A
 * socket notices the shutdown when it looks at its mailbox, which a send or
 * receive need not do at once: so getsockopt of EVENTS comes first.
 */
#include "../t.h"

static void each_call (void *sock, void *other)
{
    char buffer[16] = "x", endpoint[256];
    size_t size = sizeof endpoint;
    int value = 0;
    size_t value_size = sizeof value;
    zmq_pollitem_t item = {sock, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0};
    zmq_msg_t msg;

    RC (zmq_getsockopt (sock, ZMQ_EVENTS, &value, &value_size));
    RC (zmq_send (sock, buffer, 1, 0));
    RC (zmq_send (sock, buffer, 1, ZMQ_DONTWAIT));
    RC (zmq_send_const (sock, buffer, 1, 0));
    RC (zmq_recv (sock, buffer, 1, 0));
    RC (zmq_recv (sock, buffer, 1, ZMQ_DONTWAIT));
    zmq_msg_init_size (&msg, 3);
    RC (zmq_msg_send (&msg, sock, 0));
    printf ("size still %zu\n", zmq_msg_size (&msg));
    RC (zmq_sendmsg (sock, &msg, 0));
    RC (zmq_msg_recv (&msg, sock, 0));
    RC (zmq_recvmsg (sock, &msg, 0));
    printf ("size still %zu\n", zmq_msg_size (&msg));
    zmq_msg_close (&msg);
    RC (zmq_bind (sock, "inproc://late"));
    RC (zmq_bind (sock, "nonsense"));
    RC (zmq_connect (sock, "inproc://late"));
    RC (zmq_unbind (sock, "inproc://early"));
    RC (zmq_disconnect (sock, "inproc://early"));
    RC (zmq_setsockopt (sock, ZMQ_LINGER, &value, sizeof value));
    RC (zmq_setsockopt (sock, 12345, &value, sizeof value));
    size = sizeof value;
    RC (zmq_getsockopt (sock, ZMQ_LINGER, &value, &size));
    RC (zmq_getsockopt (sock, ZMQ_EVENTS, &value, &size));
    RC (zmq_getsockopt (sock, ZMQ_FD, &value, &size));
    size = sizeof endpoint;
    RC (zmq_getsockopt (sock, ZMQ_LAST_ENDPOINT, endpoint, &size));
    RC (zmq_socket_monitor (sock, "inproc://monitor", ZMQ_EVENT_ALL));
    RC (zmq_socket_monitor (sock, NULL, 0));
    RC (zmq_socket_monitor (sock, "tcp://127.0.0.1:*", ZMQ_EVENT_ALL));
    RC (zmq_poll (&item, 1, 0));
    RC (zmq_poll (&item, 1, -1));
    RC (zmq_proxy (sock, other, NULL));
    RC (zmq_proxy_steerable (sock, other, NULL, NULL));
}

static void types_after (void *ctx)
{
    for (int type = 0; type < 12; type++) {
        void *sock;
        errno = 0;
        sock = zmq_socket (ctx, type);
        printf ("%s: %s %s\n", t_type_name (type), t_ptr (sock), t_errno (errno));
    }
    RP (zmq_socket (ctx, 99));
}

int main (void)
{
    void *ctx, *a, *b;
    t_init ();

    printf ("no socket was ever made\n");
    ctx = zmq_ctx_new ();
    RC (zmq_ctx_shutdown (ctx));
    RC (zmq_ctx_shutdown (ctx));
    RP (zmq_socket (ctx, ZMQ_PAIR));
    RC (zmq_ctx_set (ctx, ZMQ_IO_THREADS, 2));
    RC (zmq_ctx_get (ctx, ZMQ_IO_THREADS));
    RC (zmq_ctx_term (ctx));

    printf ("all sockets were closed\n");
    ctx = zmq_ctx_new ();
    RC (zmq_close (t_socket (ctx, ZMQ_PAIR)));
    RC (zmq_ctx_shutdown (ctx));
    RP (zmq_socket (ctx, ZMQ_PAIR));
    RC (zmq_ctx_term (ctx));

    printf ("open sockets, a message on the way\n");
    ctx = zmq_ctx_new ();
    a = t_socket (ctx, ZMQ_PAIR);
    b = t_socket (ctx, ZMQ_PAIR);
    RC (zmq_bind (a, "inproc://early"));
    RC (zmq_connect (b, "inproc://early"));
    RC (t_send (b, "waiting", (char *) NULL));
    RC (t_send (a, "waiting", (char *) NULL));
    t_recv_print (b, "b");
    RC (t_send (a, "not read", (char *) NULL));
    RC (zmq_ctx_shutdown (ctx));
    RC (zmq_poll (&(zmq_pollitem_t){b, 0, ZMQ_POLLIN, 0}, 1, -1));
    t_recv_print (b, "b, a message was there");
    each_call (a, b);
    types_after (ctx);
    RC (zmq_ctx_get (ctx, ZMQ_MAX_SOCKETS));
    RC (zmq_ctx_set (ctx, ZMQ_MAX_SOCKETS, 5));
    RC (zmq_ctx_shutdown (ctx));
    RC (zmq_close (a));
    RC (zmq_close (b));
    RC (zmq_ctx_term (ctx));
    return 0;
}
