/*
 * A free function of zmq_msg_init_data that runs in a thread which waits in
 * zmq_recv or zmq_poll may call the library and block there: the wait's thread has
 * given back everything by then, so what the function waits for can come.
 */
#include "../dialogue.h"

static void *helper; /* a socket of the same context, with an echo of its own */
static pthread_t self;
static int calls, failures;

static void ask_and_free (void *data, void *hint)
{
    char part[8];
    (void) hint;
    free (data);
    __atomic_add_fetch (&calls, 1, __ATOMIC_SEQ_CST);
    /* In the background thread nobody may block. */
    if (!pthread_equal (pthread_self (), self))
        return;
    for (int i = 0; i < 3; i++) {
        zmq_pollitem_t item = {helper, 0, ZMQ_POLLIN, 0};
        if (zmq_send (helper, "ping", 4, 0) != 4 || (i % 2 && zmq_poll (&item, 1, 3000) != 1)
            || zmq_recv (helper, part, sizeof part, 0) != 4)
            failures++;
    }
}

int main (void)
{
    enum { SIZE = 3000000, ROUNDS = 40 };
    void *ctx = zmq_ctx_new (), *sock;
    struct echo echo, helpers;
    t_init ();
    t_watchdog (60);
    self = pthread_self ();
    echo_start (&echo, ZMQ_PAIR, "tcp");
    echo_start (&helpers, ZMQ_PAIR, "tcp");
    sock = t_socket (ctx, ZMQ_PAIR);
    t_timeouts (sock, 10000);
    t_set_int (sock, ZMQ_SNDBUF, 65536);
    t_need (zmq_connect (sock, echo.endpoint) == 0);
    helper = connect_to (ctx, ZMQ_PAIR, &helpers);
    t_timeouts (helper, 3000);
    for (int round = 0; round < ROUNDS && !failures; round++) {
        zmq_msg_t msg;
        char part[64];
        talk (sock, 50);
        /* Too large for the kernel's buffers: the rest is written while we wait. */
        zmq_msg_init_data (&msg, calloc (1, SIZE), SIZE, ask_and_free, NULL);
        t_need (zmq_msg_send (&msg, sock, 0) == SIZE);
        if (round % 2)
            t_need (t_poll_in (sock, 10000) == ZMQ_POLLIN);
        t_need (zmq_recv (sock, part, sizeof part, 0) == (int) sizeof part);
    }
    printf ("failures: %d\n", failures);
    zmq_close (sock);
    zmq_close (helper);
    echo_stop (&echo);
    echo_stop (&helpers);
    RC (zmq_ctx_term (ctx));
    printf ("freed: %d\n", calls);
    return 0;
}
