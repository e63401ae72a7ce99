/*
 * Socket options that tell a state: EVENTS, RCVMORE, LAST_ENDPOINT, FD, TYPE,
 * THREAD_SAFE, and IPV6 with its mirror IPV4ONLY; before and after bind,
 * connect, messages, unbind and disconnect. Then defaults that come from the
 * context, and NULL pointers.
 */
#include "../opt.h"

static void *ctx;

static void state (void *sock, const char *when)
{
    char endpoint[256];
    printf ("%s: EVENTS %d RCVMORE %d LAST_ENDPOINT \"%s\"\n", when, t_get_int (sock, ZMQ_EVENTS),
            t_get_int (sock, ZMQ_RCVMORE), t_mask (t_last_endpoint (sock, endpoint)));
}

static void pair_life (void)
{
    char endpoint[256], small[8];
    size_t size = sizeof small;
    void *a = t_socket (ctx, ZMQ_PAIR), *b = t_socket (ctx, ZMQ_PAIR);
    state (a, "new");
    RC (zmq_bind (a, "inproc://state"));
    state (a, "bound");
    memset (small, 'x', sizeof small);
    RC (zmq_getsockopt (a, ZMQ_LAST_ENDPOINT, small, &size));
    printf ("size %zu, buffer %.8s\n", size, small);
    size = strlen ("inproc://state");
    RC (zmq_getsockopt (a, ZMQ_LAST_ENDPOINT, endpoint, &size));
    size++;
    RC (zmq_getsockopt (a, ZMQ_LAST_ENDPOINT, endpoint, &size));
    printf ("size %zu\n", size);
    RC (zmq_connect (b, "inproc://state"));
    state (b, "connected");
    state (a, "peer connected");
    RC (t_send (b, "one", "two", (char *) NULL));
    state (a, "message waits");
    t_need (zmq_recv (a, small, sizeof small, 0) == 3);
    state (a, "first part taken");
    t_need (zmq_recv (a, small, sizeof small, 0) == 3);
    state (a, "second part taken");
    RC (zmq_send (a, "p", 1, ZMQ_SNDMORE));
    state (a, "half sent");
    state (b, "peer has half sent");
    RC (zmq_send (a, "q", 1, 0));
    state (b, "peer has sent all");
    RC (zmq_bind (a, "nonsense://x"));
    state (a, "after a failed bind");
    RC (zmq_bind (a, "inproc://state2"));
    state (a, "bound twice");
    RC (zmq_unbind (a, "inproc://state2"));
    state (a, "unbound");
    RC (zmq_disconnect (b, "inproc://state"));
    state (b, "disconnected");
    zmq_close (b);
    state (a, "peer closed");
    zmq_close (a);
}

static void tcp_life (void)
{
    char endpoint[256], last[256];
    void *a = t_socket (ctx, ZMQ_DEALER), *b = t_socket (ctx, ZMQ_DEALER);
    RC (zmq_bind (a, "tcp://127.0.0.1:*"));
    state (a, "tcp bound");
    t_last_endpoint (a, endpoint);
    RC (zmq_connect (b, endpoint));
    state (b, "tcp connected");
    printf ("POLLOUT comes: %d\n", t_poll_for (a, ZMQ_POLLOUT, 2000));
    state (a, "tcp peer there");
    RC (zmq_unbind (a, endpoint));
    printf ("tcp unbound: \"%s\"\n", t_mask (t_last_endpoint (a, last)));
    RC (zmq_disconnect (b, endpoint));
    state (b, "tcp disconnected");
    RC (t_bind_any (b, endpoint, "ipc"));
    state (b, "ipc bound");
    zmq_close (a);
    zmq_close (b);
}

static void fixed (void)
{
    void *sock = t_socket (ctx, ZMQ_SUB);
    int value = 1, fd = t_get_int (sock, ZMQ_FD);
    size_t size = sizeof value;
    printf ("FD valid: %d, the same again: %d\n", fd >= 0 && fcntl (fd, F_GETFD) != -1,
            fd == t_get_int (sock, ZMQ_FD));
    printf ("FD close-on-exec: %d\n", (fcntl (fd, F_GETFD) & FD_CLOEXEC) != 0);
    RC (t_set_int (sock, ZMQ_FD, 1));
    RC (t_set_int (sock, ZMQ_TYPE, 1));
    RC (t_set_int (sock, ZMQ_EVENTS, 1));
    RC (t_set_int (sock, ZMQ_RCVMORE, 1));
    RC (t_set_int (sock, ZMQ_THREAD_SAFE, 1));
    RC (zmq_getsockopt (sock, ZMQ_SUBSCRIBE, &value, &size));
    printf ("IPV4ONLY %d IPV6 %d\n", t_get_int (sock, ZMQ_IPV4ONLY), t_get_int (sock, ZMQ_IPV6));
    RC (t_set_int (sock, ZMQ_IPV4ONLY, 0));
    printf ("IPV4ONLY %d IPV6 %d\n", t_get_int (sock, ZMQ_IPV4ONLY), t_get_int (sock, ZMQ_IPV6));
    RC (t_set_int (sock, ZMQ_IPV6, 0));
    printf ("IPV4ONLY %d IPV6 %d\n", t_get_int (sock, ZMQ_IPV4ONLY), t_get_int (sock, ZMQ_IPV6));
    zmq_close (sock);
}

/* A long long: MAXMSGSIZE and AFFINITY over their whole range. */
static void wide (void)
{
    static const int64_t values[] = {INT64_MIN, -2, -1, 0, 1, 1000, INT32_MAX, INT64_MAX};
    void *sock = t_socket (ctx, ZMQ_SUB);
    for (size_t i = 0; i < T_COUNT (values); i++)
        printf ("MAXMSGSIZE %lld: %s\n", (long long) values[i],
                opt_set_get (sock, ZMQ_MAXMSGSIZE, &values[i], sizeof values[i]));
    for (size_t i = 0; i < T_COUNT (values); i++)
        printf ("AFFINITY %lld: %s\n", (long long) values[i],
                opt_set_get (sock, ZMQ_AFFINITY, &values[i], sizeof values[i]));
    zmq_close (sock);
}

static void from_context (void)
{
    void *other = zmq_ctx_new (), *sock;
    sock = zmq_socket (other, ZMQ_PUSH);
    printf ("LINGER %d IPV6 %d\n", t_get_int (sock, ZMQ_LINGER), t_get_int (sock, ZMQ_IPV6));
    RC (zmq_ctx_set (other, ZMQ_BLOCKY, 0));
    RC (zmq_ctx_set (other, ZMQ_IPV6, 1));
    printf ("after: LINGER %d IPV6 %d\n", t_get_int (sock, ZMQ_LINGER),
            t_get_int (sock, ZMQ_IPV6));
    zmq_close (sock);
    for (int type = 0; type < 12; type++) {
        sock = zmq_socket (other, type);
        printf ("%s: LINGER %d IPV6 %d IPV4ONLY %d\n", t_type_name (type),
                t_get_int (sock, ZMQ_LINGER), t_get_int (sock, ZMQ_IPV6),
                t_get_int (sock, ZMQ_IPV4ONLY));
        zmq_close (sock);
    }
    RC (zmq_ctx_term (other));
}

int main (void)
{
    t_init ();
    ctx = zmq_ctx_new ();
    pair_life ();
    tcp_life ();
    fixed ();
    wide ();
    from_context ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
