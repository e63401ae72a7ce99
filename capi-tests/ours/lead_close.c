/*
 * A socket is closed, or its context shut down, by another thread while its own
 * thread talks or blocks after a dialogue; and two threads receive from the same
 * socket. What the calls answer is known (ENOTSOCK, ETERM), everybody comes back,
 * and the context's other sockets work on.
 */
#include "../dialogue.h"

static void *ctx;

struct call {
    void *sock;
    bool polls;
    int err;
};

static void *until_error (void *arg)
{
    struct call *call = arg;
    for (int i = 0;; i++) {
        char part[8];
        zmq_pollitem_t item = {call->sock, 0, ZMQ_POLLIN, 0};
        if (zmq_send (call->sock, i < ROUND_TRIPS ? "ping" : "!hush", 4, 0) == -1
            || (call->polls && zmq_poll (&item, 1, -1) == -1)
            || zmq_recv (call->sock, part, sizeof part, 0) == -1)
            break;
    }
    call->err = errno;
    return NULL;
}

static void closed_under (bool polls, int ms)
{
    struct echo echo;
    struct call call = {.polls = polls};
    pthread_t thread;
    echo_start (&echo, ZMQ_PAIR, "tcp");
    call.sock = connect_to (ctx, ZMQ_PAIR, &echo);
    t_timeouts (call.sock, -1);
    pthread_create (&thread, NULL, until_error, &call);
    t_settle (ms);
    t_need (zmq_close (call.sock) == 0);
    pthread_join (thread, NULL);
    printf ("closed under %s: %s\n", polls ? "zmq_poll" : "zmq_recv", t_errno (call.err));
    others_work (t_socket (ctx, ZMQ_REP), t_socket (ctx, ZMQ_REQ));
    echo_stop (&echo);
}

/* Two threads share what comes; together they get all of it. */
struct share {
    void *sock;
    int got;
};

static void *take (void *arg)
{
    struct share *share = arg;
    char part[8];
    while (zmq_recv (share->sock, part, sizeof part, 0) == 4)
        share->got++;
    return NULL;
}

static void shared (void)
{
    void *other = zmq_ctx_new (), *push = t_socket (other, ZMQ_PUSH);
    void *pull = t_socket (ctx, ZMQ_PULL);
    struct share shares[2] = {{pull, 0}, {pull, 0}};
    pthread_t threads[2];
    char endpoint[256];
    t_timeouts (pull, 1000);
    t_need (t_bind_any (pull, endpoint, "tcp") == 0);
    t_need (zmq_connect (push, endpoint) == 0);
    for (int i = 0; i < 2; i++)
        pthread_create (&threads[i], NULL, take, &shares[i]);
    for (int i = 0; i < 2000; i++) {
        t_need (zmq_send (push, "part", 4, 0) == 4);
        if (i % 20 == 0)
            t_settle (1);
    }
    for (int i = 0; i < 2; i++)
        pthread_join (threads[i], NULL);
    printf ("together: %d\n", shares[0].got + shares[1].got);
    zmq_close (push);
    zmq_close (pull);
    zmq_ctx_term (other);
}

int main (void)
{
    t_init ();
    t_watchdog (60);
    ctx = zmq_ctx_new ();
    for (int ms = 1; ms < 400; ms *= 3) {
        closed_under (false, ms);
        closed_under (true, ms);
    }
    shared ();
    RC (zmq_ctx_term (ctx));
    return 0;
}
