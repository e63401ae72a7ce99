/*
 * Threads that block in a call when the context goes away: zmq_ctx_shutdown
 * and zmq_ctx_term end them with ETERM. Also zmq_ctx_term interrupted by a
 * signal (EINTR, then called again), and a term that waits for a close.
 */
#include "../t.h"

enum { RECV, MSG_RECV, SEND, POLL, POLL_LONG, PROXY, CALLS };

static const char *const names[CALLS] = {"zmq_recv", "zmq_msg_recv", "zmq_send", "zmq_poll -1",
                                         "zmq_poll 60000", "zmq_proxy"};

typedef struct {
    void *ctx, *sock, *other;
    int call, rc, error;
    pthread_t thread;
} blocked;

static void *block (void *arg)
{
    blocked *self = arg;
    char buffer[8];
    zmq_pollitem_t item = {self->sock, 0, ZMQ_POLLIN, 0};
    zmq_msg_t msg;
    switch (self->call) {
        case RECV:
            self->rc = zmq_recv (self->sock, buffer, sizeof buffer, 0);
            break;
        case MSG_RECV:
            zmq_msg_init (&msg);
            self->rc = zmq_msg_recv (&msg, self->sock, 0);
            break;
        case SEND:
            self->rc = zmq_send (self->sock, "x", 1, 0);
            break;
        case POLL:
            self->rc = zmq_poll (&item, 1, -1);
            break;
        case POLL_LONG:
            self->rc = zmq_poll (&item, 1, 60000);
            break;
        case PROXY:
            self->rc = zmq_proxy (self->sock, self->other, NULL);
            break;
    }
    self->error = errno;
    zmq_close (self->sock);
    zmq_close (self->other);
    return NULL;
}

static void end_blocked (bool shutdown_first)
{
    blocked calls[CALLS];
    void *ctx = zmq_ctx_new ();
    printf ("%s\n", shutdown_first ? "zmq_ctx_shutdown, then zmq_ctx_term" : "zmq_ctx_term");
    for (int i = 0; i < CALLS; i++) {
        calls[i] = (blocked){ctx, zmq_socket (ctx, ZMQ_DEALER), zmq_socket (ctx, ZMQ_DEALER),
                             i,   0,                            0,
                             0};
        t_need (pthread_create (&calls[i].thread, NULL, block, &calls[i]) == 0);
    }
    t_settle (100);
    if (shutdown_first)
        RC (zmq_ctx_shutdown (ctx));
    RC (zmq_ctx_term (ctx));
    for (int i = 0; i < CALLS; i++) {
        pthread_join (calls[i].thread, NULL);
        printf ("  %s -> %d %s\n", names[i], calls[i].rc, t_errno (calls[i].error));
    }
}

static void on_signal (int sig)
{
    (void) sig;
}

static void *poke (void *arg)
{
    t_settle (100);
    pthread_kill (*(pthread_t *) arg, SIGUSR1);
    return NULL;
}

static void interrupted (void)
{
    struct sigaction action = {.sa_handler = on_signal};
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PAIR);
    pthread_t self = pthread_self (), thread;
    sigaction (SIGUSR1, &action, NULL);
    pthread_create (&thread, NULL, poke, &self);
    printf ("a socket is open and a signal comes\n");
    RC (zmq_ctx_term (ctx));
    pthread_join (thread, NULL);
    RC (zmq_send (sock, "x", 1, ZMQ_DONTWAIT));
    RP (zmq_socket (ctx, ZMQ_PAIR));
    RC (zmq_close (sock));
    RC (zmq_ctx_term (ctx));
}

static void *close_later (void *sock)
{
    t_settle (150);
    zmq_close (sock);
    return NULL;
}

static void waits_for_close (void)
{
    void *ctx = zmq_ctx_new (), *sock = t_socket (ctx, ZMQ_PAIR);
    long start = t_now_ms ();
    pthread_t thread;
    pthread_create (&thread, NULL, close_later, sock);
    RC (zmq_ctx_term (ctx));
    printf ("waited for the close: %d\n", t_now_ms () - start >= 140);
    pthread_join (thread, NULL);
}

int main (void)
{
    t_init ();
    end_blocked (true);
    end_blocked (false);
    interrupted ();
    waits_for_close ();
    return 0;
}
