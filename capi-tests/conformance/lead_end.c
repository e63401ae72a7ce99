/*
 * How a call ends that blocks right after a quick dialogue, while the thread may
 * be doing the I/O work itself: time is over, a signal handler ran, the context
 * is shut down or terminated; in zmq_recv and in zmq_poll, soon after the
 * dialogue and later.
 */
#include "../dialogue.h"

#include <stdatomic.h>

static void on_usr1 (int sig)
{
    (void) sig;
}

static void *ctx;

/* A call that blocks, its thread, and whom it waits for. */
struct call {
    atomic_bool begun; /* the dialogue is over, the call comes next */
    void *sock;
    bool polls;
    int rc, err;
    struct echo echo;
    pthread_t thread;
};

static int block (void *sock, bool polls)
{
    char part[16];
    zmq_pollitem_t item = {sock, 0, ZMQ_POLLIN, 0};
    return polls ? zmq_poll (&item, 1, -1)
                 : zmq_recv (sock, part, sizeof part, 0);
}

static void *talk_and_block (void *arg)
{
    struct call *call = arg;
    talk (call->sock, ROUND_TRIPS);
    t_need (zmq_send (call->sock, "!hush", 5, 0) == 5);
    call->begun = true;
    call->rc = block (call->sock, call->polls);
    call->err = errno;
    return NULL;
}

/* Talks over `proto`, then blocks, in a thread of its own. */
static void begin (struct call *call, const char *proto, void *(*body) (void *))
{
    ctx = zmq_ctx_new ();
    echo_start (&call->echo, ZMQ_PAIR, proto);
    call->sock = connect_to (ctx, ZMQ_PAIR, &call->echo);
    t_timeouts (call->sock, -1);
    pthread_create (&call->thread, NULL, body, call);
}

/* Waits until the call has begun, and `ms` more. */
static void await_begun (struct call *call, int ms)
{
    while (!call->begun)
        t_settle (1);
    t_settle (ms * t_patience ());
}

static void print (const char *how, struct call *call)
{
    printf ("%s, in %s: %d %s\n", how, call->polls ? "zmq_poll" : "zmq_recv",
            call->rc, t_errno (call->err));
}

static void timeouts (const char *proto)
{
    struct echo echo;
    void *sock;
    ctx = zmq_ctx_new ();
    echo_start (&echo, ZMQ_PAIR, proto);
    sock = connect_to (ctx, ZMQ_PAIR, &echo);
    printf ("-- timeouts over %s\n", proto);
    for (int ms = 0; ms < 40; ms = ms * 3 + 1) {
        char part[8];
        zmq_pollitem_t item = {sock, 0, ZMQ_POLLIN, 0};
        long start;
        t_timeouts (sock, 10000);
        talk (sock, ROUND_TRIPS);
        t_timeouts (sock, ms);
        start = t_now_ms ();
        RC (zmq_recv (sock, part, sizeof part, 0));
        printf ("not early: %d\n", t_now_ms () - start >= ms);
        t_timeouts (sock, 10000);
        talk (sock, ROUND_TRIPS);
        start = t_now_ms ();
        RC (zmq_poll (&item, 1, ms));
        printf ("not early: %d\n", t_now_ms () - start >= ms);
    }
    zmq_close (sock);
    RC (zmq_ctx_term (ctx));
    echo_stop (&echo);
}

/* Ends the blocked call of another thread after `ms`. */
static void ends (const char *proto, bool polls, int how, int ms)
{
    static const char *const names[] = {"signal", "shutdown", "term"};
    struct call call = {.polls = polls};
    begin (&call, proto, talk_and_block);
    await_begun (&call, ms);
    if (how == 0)
        while (pthread_tryjoin_np (call.thread, NULL) == EBUSY) {
            /* One that comes before the call waits is lost. */
            t_settle (20);
            pthread_kill (call.thread, SIGUSR1);
        }
    else {
        zmq_ctx_shutdown (ctx);
        pthread_join (call.thread, NULL);
    }
    print (names[how], &call);
    zmq_close (call.sock);
    RC (zmq_ctx_term (ctx));
    echo_stop (&call.echo);
}

/* As `ends`, by zmq_ctx_term itself; the socket's thread closes it. */
static void *talk_block_and_close (void *arg)
{
    struct call *call = arg;
    talk_and_block (call);
    zmq_close (call->sock);
    return NULL;
}

static void term (const char *proto, bool polls)
{
    struct call call = {.polls = polls};
    begin (&call, proto, talk_block_and_close);
    await_begun (&call, 50);
    RC (zmq_ctx_term (ctx));
    pthread_join (call.thread, NULL);
    print ("term", &call);
    echo_stop (&call.echo);
}

int main (void)
{
    static const char *const protos[] = {"tcp", "ipc"};
    struct sigaction action = {.sa_handler = on_usr1, .sa_flags = SA_RESTART};
    t_init ();
    sigaction (SIGUSR1, &action, NULL);
    for (unsigned i = 0; i < T_COUNT (protos); i++) {
        timeouts (protos[i]);
        for (int polls = 0; polls < 2; polls++) {
            printf ("-- %s over %s\n", polls ? "zmq_poll" : "zmq_recv", protos[i]);
            ends (protos[i], polls, 0, 0);
            ends (protos[i], polls, 1, 150);
            term (protos[i], polls);
        }
    }
    return 0;
}
