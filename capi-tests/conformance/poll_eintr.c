/*
 * Signals: a call that waits returns EINTR after a handler ran, with and
 * without SA_RESTART, with and without a timeout; zmq_sleep does not. Ignored
 * signals change nothing.
 */
#include "../t.h"

static volatile sig_atomic_t handled;
static pthread_t main_thread;

static void on_signal (int sig)
{
    (void) sig;
    handled++;
}

static void *poke (void *arg)
{
    t_settle (40);
    pthread_kill (main_thread, SIGUSR1);
    return arg;
}

#define INTERRUPTED(expr)                                                    \
    do {                                                                     \
        pthread_t thread_;                                                   \
        int before_ = handled;                                               \
        pthread_create (&thread_, NULL, poke, NULL);                         \
        RC (expr);                                                           \
        printf ("  handled %d\n", handled - before_);                        \
        pthread_join (thread_, NULL);                                        \
    } while (0)

static void calls (void *ctx)
{
    void *in = t_socket (ctx, ZMQ_PULL), *out = t_socket (ctx, ZMQ_PUSH);
    char buffer[8], endpoint[256];
    zmq_pollitem_t item = {in, 0, ZMQ_POLLIN, 0}, two[2] = {{in, 0, ZMQ_POLLIN, 0},
                                                            {out, 0, ZMQ_POLLIN, 0}};
    zmq_msg_t msg;
    t_need (t_bind_any (in, endpoint, "tcp") == 0);
    zmq_msg_init (&msg);
    t_timeouts (in, -1);
    t_timeouts (out, -1);
    INTERRUPTED (zmq_recv (in, buffer, sizeof buffer, 0));
    INTERRUPTED (zmq_msg_recv (&msg, in, 0));
    INTERRUPTED (zmq_send (out, "x", 1, 0));
    INTERRUPTED (zmq_poll (&item, 1, -1));
    INTERRUPTED (zmq_poll (&item, 1, 5000));
    INTERRUPTED (zmq_poll (two, 2, -1));
    INTERRUPTED (zmq_poll (NULL, 0, 5000));
    t_timeouts (in, 5000);
    t_timeouts (out, 5000);
    INTERRUPTED (zmq_recv (in, buffer, sizeof buffer, 0));
    INTERRUPTED (zmq_send (out, "x", 1, 0));
    printf ("all still works\n");
    t_need (zmq_connect (out, endpoint) == 0);
    RC (t_send (out, "hello", (char *) NULL));
    t_recv_print (in, "in");
    INTERRUPTED (zmq_recv (in, buffer, sizeof buffer, 0));
    RC (t_send (out, "again", (char *) NULL));
    t_recv_print (in, "in");
    zmq_close (in);
    zmq_close (out);
}

static void ignored (void *ctx)
{
    void *in = t_socket (ctx, ZMQ_PULL);
    char buffer[8];
    signal (SIGUSR1, SIG_IGN);
    t_timeouts (in, 100);
    INTERRUPTED (zmq_recv (in, buffer, sizeof buffer, 0));
    zmq_close (in);
}

int main (void)
{
    struct sigaction action = {.sa_handler = on_signal};
    void *ctx;
    t_init ();
    main_thread = pthread_self ();
    ctx = zmq_ctx_new ();
    sigaction (SIGUSR1, &action, NULL);
    printf ("without SA_RESTART\n");
    calls (ctx);
    action.sa_flags = SA_RESTART;
    sigaction (SIGUSR1, &action, NULL);
    printf ("with SA_RESTART\n");
    calls (ctx);
    printf ("ignored\n");
    ignored (ctx);
    RC (zmq_ctx_term (ctx));
    return 0;
}
