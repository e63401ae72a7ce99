/*
 * ZMQ_FD together with ZMQ_EVENTS, as an event loop uses them: the descriptor
 * becomes readable when something may have happened; reading ZMQ_EVENTS makes
 * it quiet, also while messages are left; the next arrival on a drained socket
 * makes it readable again. Never waits longer than needed.
 */
#include "../t.h"

static int fd_of (void *sock)
{
    int fd = -1;
    size_t size = sizeof fd;
    t_need (zmq_getsockopt (sock, ZMQ_FD, &fd, &size) == 0);
    return fd;
}

/* Readable, now or soon? */
static int ready (void *sock, int ms)
{
    return t_fd_poll (fd_of (sock), POLLIN, ms) & POLLIN ? 1 : 0;
}

/* EVENTS until the descriptor is quiet. */
static int drain (void *sock)
{
    int events = 0;
    for (int i = 0; i < 100; i++) {
        events = t_get_int (sock, ZMQ_EVENTS);
        if (!ready (sock, 0))
            break;
    }
    return events;
}

/* Let the connection settle: wait until the socket can send. */
static void connected (void *sock)
{
    t_need (t_poll_for (sock, ZMQ_POLLOUT, 2000) == ZMQ_POLLOUT);
}

/* Readable within ms? EVENTS; and quiet after that? */
static void look (void *sock, const char *when, int ms)
{
    int before = ready (sock, ms), events = drain (sock), after = ready (sock, 0);
    printf ("%s: readable %d, EVENTS %d, then readable %d\n", when, before, events, after);
}

static void one_way (void *ctx, const char *proto)
{
    void *in = t_socket (ctx, ZMQ_DEALER), *out = t_socket (ctx, ZMQ_DEALER);
    char endpoint[256];
    printf ("%s\n", proto);
    t_need (t_bind_any (in, endpoint, proto) == 0);
    drain (in);
    look (in, "alone", 20);
    t_need (zmq_connect (out, endpoint) == 0);
    connected (in);
    connected (out);
    drain (in);
    look (in, "connected", 20);

    t_send (out, "1", (char *) NULL);
    printf ("a message: readable %d", ready (in, 1000));
    printf (", still readable %d\n", ready (in, 0));
    look (in, "looked at", 0);
    look (in, "looked at again", 0);
    t_recv_flags (in, "taken", ZMQ_DONTWAIT);
    look (in, "taken", 0);
    t_recv_flags (in, "no more", ZMQ_DONTWAIT);

    t_send (out, "2", (char *) NULL);
    look (in, "another", 1000);
    t_recv_flags (in, "taken", ZMQ_DONTWAIT);
    t_recv_flags (in, "no more", ZMQ_DONTWAIT);

    for (int i = 0; i < 3; i++)
        t_send (out, "n", (char *) NULL);
    t_settle (50);
    look (in, "three messages", 1000);
    t_recv_flags (in, "first", ZMQ_DONTWAIT);
    look (in, "two left", 0);
    t_recv_flags (in, "second", ZMQ_DONTWAIT);
    t_recv_flags (in, "third", ZMQ_DONTWAIT);
    t_recv_flags (in, "no more", ZMQ_DONTWAIT);
    look (in, "all taken", 0);

    printf ("received without looking at EVENTS\n");
    t_send (out, "x", (char *) NULL);
    t_recv_print (in, "blocking");
    t_recv_flags (in, "no more", ZMQ_DONTWAIT);
    t_send (out, "y", (char *) NULL);
    look (in, "another", 1000);
    t_recv_flags (in, "taken", ZMQ_DONTWAIT);
    zmq_close (in);
    zmq_close (out);
}

/* A full pipe: the sender's descriptor tells of new room. */
static void room (void *ctx)
{
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    t_set_int (in, ZMQ_RCVHWM, 2);
    t_set_int (out, ZMQ_SNDHWM, 2);
    zmq_bind (in, "inproc://room");
    zmq_connect (out, "inproc://room");
    drain (out);
    look (out, "room", 0);
    while (zmq_send (out, "x", 1, ZMQ_DONTWAIT) == 1)
        ;
    look (out, "full", 0);
    for (int i = 0; i < 4; i++)
        t_recv_flags (in, "taken", ZMQ_DONTWAIT);
    look (out, "emptied", 1000);
    RC (t_send (out, "more", (char *) NULL));
    zmq_close (in);
    zmq_close (out);
}

/* The end of the context is an event too. */
static void termination (void)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PULL);
    int fd = fd_of (sock);
    look (sock, "before shutdown", 20);
    RC (zmq_ctx_shutdown (ctx));
    printf ("readable %d\n", t_fd_poll (fd, POLLIN, 1000) & POLLIN ? 1 : 0);
    RC (zmq_getsockopt (sock, ZMQ_EVENTS, &fd, &(size_t){sizeof fd}));
    zmq_close (sock);
    zmq_ctx_term (ctx);
}

int main (void)
{
    void *ctx;
    t_init ();
    ctx = zmq_ctx_new ();
    one_way (ctx, "inproc");
    one_way (ctx, "tcp");
    one_way (ctx, "ipc");
    room (ctx);
    termination ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
