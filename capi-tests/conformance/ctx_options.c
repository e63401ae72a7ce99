/*
 * Context options: every number from -2 to 130 with many values, set and read
 * back; each on a fresh context without sockets, then again after its first
 * socket. ZMQ_SOCKET_LIMIT depends on the system: only its sign is shown.
 */
#include "../t.h"

static const int values[] = {INT_MIN, -2, -1, 0, 1, 2, 3, 7, 100, 1023, 1024, 65535, 65536,
                             1000000, INT_MAX};

static void show_get (void *ctx, int option)
{
    int rc;
    errno = 0;
    rc = zmq_ctx_get (ctx, option);
    if (rc == -1)
        printf (" -1 %s", t_errno (errno));
    else if (option == ZMQ_SOCKET_LIMIT)
        printf (" %s", rc > 0 ? "positive" : "?");
    else
        printf (" %d", rc);
}

/* Thread priorities and affinities are only stored until the first socket; so
   the second round leaves them alone. */
static bool touches_threads (int option)
{
    return option >= ZMQ_THREAD_PRIORITY && option <= ZMQ_THREAD_AFFINITY_CPU_REMOVE
           && option != ZMQ_MAX_MSGSZ && option != ZMQ_MSG_T_SIZE;
}

static void sweep (int option, bool after_socket)
{
    for (size_t i = 0; i < T_COUNT (values); i++) {
        void *ctx = zmq_ctx_new (), *sock = NULL;
        int rc;
        if (after_socket)
            sock = zmq_socket (ctx, ZMQ_PAIR);
        if (i == 0) {
            printf ("%d%s at first:", option, after_socket ? " with a socket" : "");
            show_get (ctx, option);
            putchar ('\n');
        }
        errno = 0;
        rc = zmq_ctx_set (ctx, option, values[i]);
        if (rc == 0 || i == 0 || values[i] == 1) {
            printf ("  %d: %s", values[i], rc == 0 ? "ok," : t_errno (errno));
            show_get (ctx, option);
            putchar ('\n');
        }
        if (sock)
            zmq_close (sock);
        t_need (zmq_ctx_term (ctx) == 0);
    }
}

int main (void)
{
    t_init ();
    for (int option = -2; option <= 130; option++)
        sweep (option, false);
    for (int option = 0; option <= 10; option++)
        if (!touches_threads (option))
            sweep (option, true);
    sweep (ZMQ_IPV6, true);
    sweep (ZMQ_BLOCKY, true);
    return 0;
}
