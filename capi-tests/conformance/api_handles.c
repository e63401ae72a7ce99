/*
 * The functions with handles that are none: NULL, a block of zeros, a context
 * where a socket is expected and the reverse, a closed socket, a terminated
 * context, and NULL for other pointers. Each call runs in a child process of
 * its own. Calls that end the original with a signal are left out.
 */
#include "../t.h"

static bool begin (void)
{
    int status;
    pid_t child;
    fflush (stdout);
    child = fork ();
    t_need (child >= 0);
    if (child == 0) {
        alarm (3);
        return true;
    }
    t_need (waitpid (child, &status, 0) == child);
    if (WIFSIGNALED (status))
        printf ("^ ended by signal %d\n", WTERMSIG (status));
    else if (WEXITSTATUS (status))
        printf ("^ ended with %d\n", WEXITSTATUS (status));
    return false;
}

#define TRY(expr)                                                            \
    do {                                                                     \
        if (begin ()) {                                                      \
            RC (expr);                                                       \
            fflush (stdout);                                                 \
            _exit (0);                                                       \
        }                                                                    \
    } while (0)

#define TRY_PTR(expr)                                                        \
    do {                                                                     \
        if (begin ()) {                                                      \
            RP (expr);                                                       \
            fflush (stdout);                                                 \
            _exit (0);                                                       \
        }                                                                    \
    } while (0)

static char zeros[65536];
static char buffer[64];

static void no_socket (const char *what, void *bad)
{
    int value = 0;
    size_t size = sizeof value, count = 1;
    struct iovec iov = {buffer, 1};
    zmq_msg_t msg;
    zmq_pollitem_t item = {bad, 0, ZMQ_POLLIN, 0};
    zmq_msg_init (&msg);
    printf ("socket is %s\n", what);
    TRY (zmq_close (bad));
    TRY (zmq_bind (bad, "inproc://x"));
    TRY (zmq_connect (bad, "inproc://x"));
    TRY (zmq_unbind (bad, "inproc://x"));
    TRY (zmq_disconnect (bad, "inproc://x"));
    TRY (zmq_setsockopt (bad, ZMQ_LINGER, &value, sizeof value));
    TRY (zmq_getsockopt (bad, ZMQ_LINGER, &value, &size));
    TRY (zmq_send (bad, "x", 1, 0));
    TRY (zmq_send_const (bad, "x", 1, 0));
    TRY (zmq_recv (bad, buffer, sizeof buffer, 0));
    TRY (zmq_msg_send (&msg, bad, 0));
    TRY (zmq_msg_recv (&msg, bad, 0));
    TRY (zmq_sendmsg (bad, &msg, 0));
    TRY (zmq_recvmsg (bad, &msg, 0));
    TRY (zmq_sendiov (bad, &iov, 1, 0));
    TRY (zmq_recviov (bad, &iov, &count, 0));
    TRY (zmq_socket_monitor (bad, "inproc://m", ZMQ_EVENT_ALL));
    if (bad)
        TRY (zmq_poll (&item, 1, 0));
    zmq_msg_close (&msg);
}

static void no_context (const char *what, void *bad)
{
    printf ("context is %s\n", what);
    TRY_PTR (zmq_socket (bad, ZMQ_PAIR));
    TRY (zmq_ctx_get (bad, ZMQ_IO_THREADS));
    TRY (zmq_ctx_set (bad, ZMQ_IO_THREADS, 1));
    TRY (zmq_ctx_shutdown (bad));
    TRY (zmq_ctx_term (bad));
    TRY (zmq_ctx_destroy (bad));
    TRY (zmq_term (bad));
}

/* A good socket, made in the child: a context does not survive a fork. */
#define TRY_GOOD(expr)                                                       \
    do {                                                                     \
        if (begin ()) {                                                      \
            void *ctx = zmq_ctx_new (), *sock = zmq_socket (ctx, ZMQ_PAIR);  \
            (void) sock;                                                     \
            RC (expr);                                                       \
            fflush (stdout);                                                 \
            _exit (0);                                                       \
        }                                                                    \
    } while (0)

static void null_arguments (void)
{
    printf ("a good socket, nothing for the rest\n");
    TRY_GOOD (zmq_bind (sock, ""));
    TRY_GOOD (zmq_connect (sock, ""));
    TRY_GOOD (zmq_unbind (sock, ""));
    TRY_GOOD (zmq_disconnect (sock, ""));
    TRY_GOOD (zmq_unbind (sock, NULL));
    TRY_GOOD (zmq_disconnect (sock, NULL));
    TRY_GOOD (zmq_setsockopt (sock, ZMQ_LINGER, NULL, 0));
    TRY_GOOD (zmq_setsockopt (sock, ZMQ_ROUTING_ID, NULL, 0));
    TRY_GOOD (zmq_proxy (NULL, NULL, NULL));
    TRY_GOOD (zmq_proxy (sock, NULL, NULL));
    TRY_GOOD (zmq_proxy (NULL, sock, NULL));
    TRY_GOOD (zmq_proxy_steerable (NULL, NULL, NULL, NULL));
    TRY_GOOD (zmq_proxy_steerable (sock, NULL, NULL, NULL));
    TRY_GOOD (zmq_poll (NULL, 1, 0));
    TRY_GOOD (zmq_socket_monitor (sock, NULL, ZMQ_EVENT_ALL));
    TRY_GOOD (zmq_socket_monitor (sock, "", ZMQ_EVENT_ALL));
    TRY_GOOD (zmq_close (ctx));
    TRY_GOOD (zmq_ctx_term (sock));
    TRY_GOOD (zmq_close (sock));
    TRY_GOOD ((zmq_close (sock), zmq_close (sock)));
    TRY_GOOD ((zmq_close (sock), t_settle (20), zmq_close (sock)));
    TRY_GOOD ((zmq_close (sock), zmq_send (sock, "x", 1, 0)));
    TRY_GOOD ((zmq_close (sock), zmq_ctx_term (ctx), zmq_ctx_term (ctx)));
    TRY_GOOD ((zmq_close (sock), zmq_ctx_term (ctx), zmq_ctx_shutdown (ctx)));
    TRY_GOOD ((zmq_close (sock), zmq_ctx_term (ctx), zmq_close (sock)));
}

static void other_handles (void)
{
    void *bad = zeros, *null = NULL;
    printf ("timers and other handles\n");
    TRY (zmq_timers_destroy (&null));
    TRY (zmq_timers_destroy (&bad));
    for (int i = 0; i < 2; i++) {
        void *timers = i ? bad : NULL;
        printf ("timers %s\n", i ? "are zeros" : "NULL");
        TRY (zmq_timers_add (timers, 1, NULL, NULL));
        TRY (zmq_timers_cancel (timers, 1));
        TRY (zmq_timers_set_interval (timers, 1, 1));
        TRY (zmq_timers_reset (timers, 1));
        TRY (zmq_timers_timeout (timers));
        TRY (zmq_timers_execute (timers));
    }
}

int main (void)
{
    void *ctx, *sock;
    t_init ();
    no_socket ("NULL", NULL);
    no_socket ("zeros", zeros);
    no_context ("NULL", NULL);
    no_context ("zeros", zeros);
    ctx = zmq_ctx_new ();
    no_socket ("a context", ctx);
    sock = zmq_socket (ctx, ZMQ_PAIR);
    no_context ("a socket", sock);
    null_arguments ();
    zmq_close (sock);
    zmq_ctx_term (ctx);
    other_handles ();
    return 0;
}
